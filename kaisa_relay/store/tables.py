"""The tables, for statements that SQLAlchemy composes. `migrations/` creates them.

Rule 1: the workspace comes first in every key but the inbox's, whose rows may belong to nobody.
Rule 2: instants are microseconds (`instants`); JSON is text; personal data is keyed by contact.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from kaisa_relay.store import engagement_table as engagement_table
from kaisa_relay.store.agent_table import agent as agent
from kaisa_relay.store.audit_table import audit as audit
from kaisa_relay.store.block_table import block as block
from kaisa_relay.store.columns import ROW_ID, index, number, unique, words
from kaisa_relay.store.erasure_table import erasure as erasure
from kaisa_relay.store.export_table import export_job as export_job
from kaisa_relay.store.file_table import file as file
from kaisa_relay.store.health_table import channel_health as channel_health
from kaisa_relay.store.metadata import METADATA as METADATA
from kaisa_relay.store.metadata import keyed_table as _table
from kaisa_relay.store.token_table import token as token
from kaisa_relay.store.user_table import user_account as user_account
from kaisa_relay.store.user_table import user_session as user_session
from kaisa_relay.store.view_table import view as view

# --- configuration: written by `accounts` ---------------------------------------------------

workspace: Final = Table(
    "workspace",
    METADATA,
    Column("id", ROW_ID, primary_key=True, autoincrement=False),
    words("name"),
    words("settings"),
    number("owner", nullable=True),
    Column("epoch", BigInteger, nullable=False, server_default=text("0")),
    Column("head", BigInteger, nullable=False, server_default=text("0")),
)
"""`head` is the last sequence number given out; `owner` the node that raised `epoch`."""

app: Final = _table(
    "app",
    Column("id", Text, primary_key=True),
    Column("secrets", LargeBinary, nullable=False),
    Column("verify_token", LargeBinary, nullable=False),
)
"""A Meta app; both secrets are encrypted by `accounts`."""

channel: Final = _table(
    "channel",
    Column("workspace", BigInteger, ForeignKey("workspace.id"), nullable=False),
    number("id"),
    words("app"),
    words("portfolio"),
    words("waba"),
    words("phone_number_id"),
    words("phone"),
    Column("token", LargeBinary, nullable=False),
    Column("throughput", Integer, nullable=False, server_default=text("80")),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("draining", Boolean, nullable=False, server_default=text("false")),
    PrimaryKeyConstraint("workspace", "id", name="pk_channel"),
    UniqueConstraint("app", "phone_number_id", name="uq_channel_phone_number_id"),
)

api_key: Final = _table(
    "api_key",
    Column("workspace", BigInteger, ForeignKey("workspace.id"), nullable=False),
    number("id"),
    words("name"),
    words("prefix"),
    Column("hash", LargeBinary, nullable=False),
    words("scopes"),
    number("created_at"),
    number("expires_at", nullable=True),
    number("last_used_at", nullable=True),
    number("revoked_at", nullable=True),
    PrimaryKeyConstraint("workspace", "id", name="pk_api_key"),
    UniqueConstraint("hash", name="uq_api_key_hash"),
)

config_version: Final = Table(
    "config_version",
    METADATA,
    Column("id", ROW_ID, primary_key=True, autoincrement=False),
    number("version"),
)
"""One row (id 1), raised by whoever changes configuration; nodes look at it every second."""

node: Final = Table(
    "node",
    METADATA,
    Column("node_id", ROW_ID, primary_key=True, autoincrement=False),
    number("lease_until", nullable=True),
    number("alive_at"),
)

# --- what comes in --------------------------------------------------------------------------

inbox: Final = Table(
    "inbox",
    METADATA,
    Column("id", ROW_ID, primary_key=True, autoincrement=False),
    number("workspace", nullable=True),
    number("channel", nullable=True),
    words("kind"),
    words("dedup", nullable=True),
    Column("body", LargeBinary),
    number("received_at"),
    words("state"),
    words("stream", nullable=True),
    words("reason", nullable=True),
    UniqueConstraint("channel", "dedup", name="uq_inbox_channel_dedup"),
)
NEW: Final = text("state = 'new'")
PARKED: Final = text("state = 'parked'")
index("ix_inbox_new", inbox.c.workspace, inbox.c.id, where=NEW)
index("ix_inbox_parked", inbox.c.workspace, inbox.c.stream, where=PARKED)

# --- what happened --------------------------------------------------------------------------

event: Final = _table(
    "event",
    number("workspace"),
    number("seq"),
    number("epoch"),
    Column("topic", SmallInteger, nullable=False),
    number("stream", nullable=True),
    number("send", nullable=True),
    number("version"),
    Column("kind", SmallInteger, nullable=False),
    Column("format", SmallInteger, nullable=False),
    number("at"),
    words("data"),
    PrimaryKeyConstraint("workspace", "seq", name="pk_event"),
)
OWN: Final = text("send is null")
unique(
    "uq_event_stream_version",
    *(event.c.workspace, event.c.topic, event.c.stream, event.c.version),
    where=OWN,
)
"""`topic` says whose id `stream` is: a conversation's, a message's, an agent's, or a
channel's. The events of a send have `send` beside its conversation; `leg` guards their versions,
the ranks."""

content: Final = _table(
    "content",
    number("workspace"),
    number("message"),
    number("conversation", nullable=True),
    number("contact"),
    words("author", nullable=True),
    words("wamid", nullable=True),
    words("data"),
    PrimaryKeyConstraint("workspace", "message", name="pk_content"),
)
index("ix_content_contact", content.c.workspace, content.c.contact)

# --- what goes out --------------------------------------------------------------------------

send: Final = _table(
    "send",
    number("workspace"),
    number("channel"),
    number("id"),
    number("conversation", nullable=True),
    number("message"),
    number("contact"),
    words("phone", nullable=True),
    words("bsuid", nullable=True),
    words("purpose"),
    words("state"),
    Column("attempt", Integer, nullable=False),
    number("due_at", nullable=True),
    words("outgoing"),
    PrimaryKeyConstraint("workspace", "id", name="pk_send"),
)
index("ix_send_channel", send.c.workspace, send.c.channel, send.c.id)

leg: Final = _table(
    "leg",
    number("workspace"),
    number("send"),
    number("message"),
    number("conversation", nullable=True),
    number("channel"),
    number("contact"),
    words("purpose"),
    Column("rank", SmallInteger, nullable=False),
    words("wamid", nullable=True),
    Column("code", Integer),
    PrimaryKeyConstraint("workspace", "send", "message", name="pk_leg"),
)
KNOWN: Final = text("wamid is not null")
index("ix_leg_message", leg.c.workspace, leg.c.message)
index("ix_leg_wamid", leg.c.workspace, leg.c.wamid, where=KNOWN)

# --- how things stand -----------------------------------------------------------------------

pair: Final = _table(
    "pair",
    number("workspace"),
    number("contact"),
    number("channel"),
    number("conversation", nullable=True),
    words("role", nullable=True),
    number("last_conversation", nullable=True),
    number("inbound_at", nullable=True),
    PrimaryKeyConstraint("workspace", "contact", "channel", name="pk_pair"),
)

conversation: Final = _table(
    "conversation",
    number("workspace"),
    number("id"),
    words("phase"),
    words("reason", nullable=True),
    number("channel"),
    number("visitor"),
    number("agent", nullable=True),
    number("created_at"),
    number("due_at", nullable=True),
    number("version"),
    words("snapshot"),
    PrimaryKeyConstraint("workspace", "id", name="pk_conversation"),
)
LIVE: Final = text("due_at is not null")
index("ix_conversation_due", conversation.c.workspace, conversation.c.due_at, where=LIVE)
ACCEPTED: Final = text("agent is not null")
_by_visitor: Final = (conversation.c.workspace, conversation.c.visitor, conversation.c.id)
index("ix_conversation_visitor", *_by_visitor, where=ACCEPTED)
index("ix_conversation_phase", conversation.c.workspace, conversation.c.phase, conversation.c.id)

idempotency: Final = _table(
    "idempotency",
    number("workspace"),
    words("key"),
    Column("hash", LargeBinary, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    number("until"),
    PrimaryKeyConstraint("workspace", "key", name="pk_idempotency"),
)
index("ix_idempotency_until", idempotency.c.until)

# --- who is who -----------------------------------------------------------------------------

contact: Final = _table(
    "contact",
    number("workspace"),
    number("id"),
    words("name"),
    words("language"),
    words("phone", nullable=True),
    words("bsuid", nullable=True),
    PrimaryKeyConstraint("workspace", "id", name="pk_contact"),
)

identity: Final = _table(
    "identity",
    number("workspace"),
    words("portfolio"),
    words("kind"),
    words("value"),
    number("contact"),
    PrimaryKeyConstraint("workspace", "portfolio", "kind", "value", name="pk_identity"),
)
index("ix_identity_contact", identity.c.workspace, identity.c.contact)

metadata: Final = _table(
    "metadata",
    number("workspace"),
    number("conversation"),
    number("contact"),
    Column("data", LargeBinary, nullable=False),
    PrimaryKeyConstraint("workspace", "conversation", name="pk_metadata"),
)
index("ix_metadata_contact", metadata.c.workspace, metadata.c.contact)
