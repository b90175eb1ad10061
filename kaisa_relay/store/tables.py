"""The tables, for statements that SQLAlchemy composes. `migrations/` creates them.

Rule 1: the workspace comes first in every key but the inbox's, whose rows may belong to nobody.
Rule 2: instants are microseconds (`instants`); JSON is text; personal data is keyed by contact.
"""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

METADATA: Final = MetaData()

# SQLite gives its fast row ids only to a key that is called INTEGER.
ROW_ID: Final = BigInteger().with_variant(Integer, "sqlite")


def _table(name: str, *parts: Any) -> Table:
    """Declare a table that SQLite keeps in the order of its composite key."""
    return Table(name, METADATA, *parts, sqlite_with_rowid=False)


def _number(name: str, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


def _text(name: str, nullable: bool = False) -> Column[str]:
    return Column(name, Text, nullable=nullable)


# --- configuration: written by `accounts` ---------------------------------------------------

workspace: Final = Table(
    "workspace",
    METADATA,
    Column("id", ROW_ID, primary_key=True, autoincrement=False),
    _text("name"),
    _text("settings"),
    _number("owner", nullable=True),
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
    _number("id"),
    _text("app"),
    _text("portfolio"),
    _text("waba"),
    _text("phone_number_id"),
    _text("phone"),
    Column("token", LargeBinary, nullable=False),
    Column("throughput", Integer, nullable=False, server_default=text("80")),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    PrimaryKeyConstraint("workspace", "id", name="pk_channel"),
    UniqueConstraint("app", "phone_number_id", name="uq_channel_phone_number_id"),
)

api_key: Final = _table(
    "api_key",
    Column("workspace", BigInteger, ForeignKey("workspace.id"), nullable=False),
    _number("id"),
    _text("name"),
    _text("prefix"),
    Column("hash", LargeBinary, nullable=False),
    _text("scopes"),
    _number("created_at"),
    _number("expires_at", nullable=True),
    _number("last_used_at", nullable=True),
    _number("revoked_at", nullable=True),
    PrimaryKeyConstraint("workspace", "id", name="pk_api_key"),
    UniqueConstraint("hash", name="uq_api_key_hash"),
)

config_version: Final = Table(
    "config_version",
    METADATA,
    Column("id", ROW_ID, primary_key=True, autoincrement=False),
    _number("version"),
)
"""One row (id 1), raised by whoever changes configuration; nodes look at it every second."""

node: Final = Table(
    "node",
    METADATA,
    Column("node_id", ROW_ID, primary_key=True, autoincrement=False),
    _number("lease_until", nullable=True),
    _number("alive_at"),
)

# --- what comes in --------------------------------------------------------------------------

inbox: Final = Table(
    "inbox",
    METADATA,
    Column("id", ROW_ID, primary_key=True, autoincrement=False),
    _number("workspace", nullable=True),
    _number("channel", nullable=True),
    _text("kind"),
    _text("dedup", nullable=True),
    Column("body", LargeBinary),
    _number("received_at"),
    _text("state"),
    _text("stream", nullable=True),
    _text("reason", nullable=True),
    UniqueConstraint("channel", "dedup", name="uq_inbox_channel_dedup"),
)
NEW: Final = text("state = 'new'")
PARKED: Final = text("state = 'parked'")
Index("ix_inbox_new", inbox.c.workspace, inbox.c.id, sqlite_where=NEW, postgresql_where=NEW)
Index(
    "ix_inbox_parked",
    inbox.c.workspace,
    inbox.c.stream,
    sqlite_where=PARKED,
    postgresql_where=PARKED,
)

# --- what happened --------------------------------------------------------------------------

event: Final = _table(
    "event",
    _number("workspace"),
    _number("seq"),
    _number("epoch"),
    _text("stream"),
    _number("version"),
    _text("kind"),
    Column("format", SmallInteger, nullable=False),
    _number("at"),
    _text("data"),
    PrimaryKeyConstraint("workspace", "seq", name="pk_event"),
    UniqueConstraint("workspace", "stream", "version", name="uq_event_stream_version"),
)

content: Final = _table(
    "content",
    _number("workspace"),
    _number("message"),
    _number("conversation", nullable=True),
    _number("contact"),
    _text("author", nullable=True),
    _text("wamid", nullable=True),
    _text("data"),
    PrimaryKeyConstraint("workspace", "message", name="pk_content"),
)
Index("ix_content_contact", content.c.workspace, content.c.contact)

# --- what goes out --------------------------------------------------------------------------

send: Final = _table(
    "send",
    _number("workspace"),
    _number("channel"),
    _number("id"),
    _number("conversation", nullable=True),
    _number("message"),
    _number("contact"),
    _text("phone", nullable=True),
    _text("bsuid", nullable=True),
    _text("purpose"),
    _text("state"),
    Column("attempt", Integer, nullable=False),
    _number("due_at", nullable=True),
    _text("outgoing"),
    PrimaryKeyConstraint("workspace", "id", name="pk_send"),
)
Index("ix_send_channel", send.c.workspace, send.c.channel, send.c.id)

leg: Final = _table(
    "leg",
    _number("workspace"),
    _number("send"),
    _number("message"),
    _number("conversation", nullable=True),
    _number("channel"),
    _number("contact"),
    _text("purpose"),
    Column("rank", SmallInteger, nullable=False),
    _text("wamid", nullable=True),
    Column("code", Integer),
    PrimaryKeyConstraint("workspace", "send", "message", name="pk_leg"),
)
KNOWN: Final = text("wamid is not null")
Index("ix_leg_message", leg.c.workspace, leg.c.message)
Index("ix_leg_wamid", leg.c.workspace, leg.c.wamid, sqlite_where=KNOWN, postgresql_where=KNOWN)

# --- how things stand -----------------------------------------------------------------------

pair: Final = _table(
    "pair",
    _number("workspace"),
    _number("contact"),
    _number("channel"),
    _number("conversation", nullable=True),
    _text("role", nullable=True),
    _number("last_conversation", nullable=True),
    _number("inbound_at", nullable=True),
    PrimaryKeyConstraint("workspace", "contact", "channel", name="pk_pair"),
)

conversation: Final = _table(
    "conversation",
    _number("workspace"),
    _number("id"),
    _text("phase"),
    _text("reason", nullable=True),
    _number("channel"),
    _number("visitor"),
    _number("agent", nullable=True),
    _number("created_at"),
    _number("due_at", nullable=True),
    _number("version"),
    _text("snapshot"),
    PrimaryKeyConstraint("workspace", "id", name="pk_conversation"),
)
LIVE: Final = text("due_at is not null")
Index(
    "ix_conversation_due",
    conversation.c.workspace,
    conversation.c.due_at,
    sqlite_where=LIVE,
    postgresql_where=LIVE,
)
Index("ix_conversation_phase", conversation.c.workspace, conversation.c.phase, conversation.c.id)

token: Final = _table(
    "token",
    _number("workspace"),
    _text("value"),
    _number("conversation"),
    _number("channel"),
    _number("until"),
    _text("url"),
    _number("used_by", nullable=True),
    PrimaryKeyConstraint("workspace", "value", name="pk_token"),
)
Index("ix_token_conversation", token.c.workspace, token.c.conversation)
Index("ix_token_until", token.c.until)

idempotency: Final = _table(
    "idempotency",
    _number("workspace"),
    _text("key"),
    Column("hash", LargeBinary, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    _number("until"),
    PrimaryKeyConstraint("workspace", "key", name="pk_idempotency"),
)
Index("ix_idempotency_until", idempotency.c.until)

# --- who is who -----------------------------------------------------------------------------

contact: Final = _table(
    "contact",
    _number("workspace"),
    _number("id"),
    _text("name"),
    _text("language"),
    _text("phone", nullable=True),
    _text("bsuid", nullable=True),
    PrimaryKeyConstraint("workspace", "id", name="pk_contact"),
)

identity: Final = _table(
    "identity",
    _number("workspace"),
    _text("portfolio"),
    _text("kind"),
    _text("value"),
    _number("contact"),
    PrimaryKeyConstraint("workspace", "portfolio", "kind", "value", name="pk_identity"),
)
Index("ix_identity_contact", identity.c.workspace, identity.c.contact)

metadata: Final = _table(
    "metadata",
    _number("workspace"),
    _number("conversation"),
    _number("contact"),
    Column("data", LargeBinary, nullable=False),
    PrimaryKeyConstraint("workspace", "conversation", name="pk_metadata"),
)
Index("ix_metadata_contact", metadata.c.workspace, metadata.c.contact)
