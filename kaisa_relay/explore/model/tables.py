"""The read model's tables: what conversations came to, in columns that lists and reports ask for.

Rule 1: everything here is made of the journal, so all of it may be dropped and made again.
Rule 2: what somebody wrote, and what a customer's backend said of them, stands in `said` and
`label` alone, with the conversation that it goes with; names and numbers are the relay's own rows.
Instants are microseconds of Unix time, spans microseconds; ids are the journal's.
"""

from typing import Any, Final

from sqlalchemy import (
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
)

from kaisa_relay.store.columns import index, number, words

LAYOUT: Final = 4
"""Raise it with any change of these tables or of what is written into them: what was made by
another layout is made again."""

SCHEMA: Final = "explore"
"""A schema on PostgreSQL; on SQLite the name under which the second file is attached."""

METADATA: Final = MetaData(schema=SCHEMA)


def _table(name: str, *columns: Any) -> Table:
    return Table(name, METADATA, *columns, sqlite_with_rowid=False)


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


cursor: Final = _table(
    "cursor",
    number("workspace"),
    number("seq"),
    number("at", nullable=True),
    PrimaryKeyConstraint("workspace", name="pk_cursor"),
)
"""The last event of each workspace that the other tables know, and when it happened."""

conversation: Final = _table(
    "conversation",
    number("workspace"),
    number("id"),
    # how it stands
    words("status"),
    words("reason", nullable=True),
    words("outcome", nullable=True),
    Column("value", Float),
    words("currency", nullable=True),
    # who and where
    number("channel"),
    number("visitor"),
    number("form"),
    number("agent", nullable=True),
    words("language"),
    words("strategy"),
    # when
    number("created_at"),
    number("started_at", nullable=True),
    number("offered_at", nullable=True),
    number("queued_at", nullable=True),
    number("accepted_at", nullable=True),
    number("replied_at", nullable=True),
    number("ended_at", nullable=True),
    number("last_at"),
    # how often
    *(
        _count(name)
        for name in (
            "offers", "declined", "missed", "unreached", "transfers", "resumed", "links",
            "recovered",
        )
    ),
    *(number(name) for name in ("from_visitor", "from_agent", "from_team", "undelivered")),
    PrimaryKeyConstraint("workspace", "id", name="pk_conversation"),
)  # fmt: skip
"""One row each. `offered_at` is the first offer, `accepted_at` the first yes, `replied_at` the
agent's first words after it; `agent` who has it or had it last. Counts of messages are of what was
written; `undelivered` is those that will not arrive."""

for _column in ("status", "outcome", "channel", "visitor", "form", "language"):
    _by = conversation.c[_column]
    index(f"ix_conversation_{_column}", conversation.c.workspace, _by, conversation.c.id)
for _column in ("started_at", "accepted_at", "ended_at", "last_at", "value"):
    _by = conversation.c[_column]
    index(f"ix_conversation_{_column}", conversation.c.workspace, _by, conversation.c.id)
_agents: Final = tuple(conversation.c[name] for name in ("workspace", "agent", "id"))
BESIDE_AGENTS: Final = tuple(
    conversation.c[name]
    for name in ("channel", "visitor", "created_at", "accepted_at", "replied_at", "ended_at")
)
"""What reports of agents and of pairs ask for: SQLite reads it by agent from the index alone."""
Index("ix_conversation_agent", *_agents, *BESIDE_AGENTS).ddl_if(dialect="sqlite")
Index("ix_conversation_agent_id", *_agents).ddl_if(dialect="postgresql")
index(
    "ix_conversation_created_at",
    *(conversation.c[name] for name in ("workspace", "created_at", "id")),
)

message: Final = _table(
    "message",
    number("workspace"),
    number("conversation"),
    number("id"),
    words("writer"),
    words("kind"),
    number("contact", nullable=True),
    number("at"),
    number("send", nullable=True),
    Column("template", SmallInteger, nullable=False),
    number("held_at", nullable=True),
    number("sent_at", nullable=True),
    number("delivered_at", nullable=True),
    number("read_at", nullable=True),
    number("failed_at", nullable=True),
    number("code", nullable=True),
    PrimaryKeyConstraint("workspace", "conversation", "id", name="pk_message"),
)
"""What was written, and what came of its last send. `writer` is visitor, agent, team or relay;
`kind` the type of the message, or which of the relay's own it is; `contact` who it goes to where
that is one person; `template` is 1 for what goes out as a template."""

offer: Final = _table(
    "offer",
    number("workspace"),
    number("conversation"),
    number("number"),
    number("agent"),
    words("why", nullable=True),
    Column("template", SmallInteger, nullable=False),
    number("created_at"),
    number("offered_at"),
    number("sent_at", nullable=True),
    number("ended_at", nullable=True),
    words("end", nullable=True),
    number("code", nullable=True),
    PrimaryKeyConstraint("workspace", "conversation", "number", name="pk_offer"),
)
"""`end` is accepted, declined, expired, failed or rescinded; None while it is open. `created_at`
is the conversation's."""
index("ix_offer_agent", *(offer.c[name] for name in ("workspace", "agent", "end", "created_at")))

recovery: Final = _table(
    "recovery",
    number("workspace"),
    number("conversation"),
    number("link"),
    words("stage"),
    number("trigger_id", nullable=True),
    number("version", nullable=True),
    number("step", nullable=True),
    number("at"),
    PrimaryKeyConstraint("workspace", "conversation", "link", "stage", name="pk_recovery"),
)
"""A link back here: `stage` is made, or how far it led (wrote, accepted)."""
index("ix_recovery_at", *(recovery.c[name] for name in ("workspace", "at")))
index("ix_recovery_trigger", *(recovery.c[name] for name in ("workspace", "trigger_id")))

label: Final = _table(
    "label",
    number("workspace"),
    words("key"),
    words("value"),
    number("conversation"),
    Column("number", Float),
    PrimaryKeyConstraint("workspace", "key", "value", "conversation", name="pk_label"),
)
"""A member of a conversation's metadata, nested ones with dots; `number` where it is one."""
index("ix_label_conversation", *(label.c[name] for name in ("workspace", "conversation")))
index(
    "ix_label_number",
    *(label.c[name] for name in ("workspace", "key", "number", "conversation")),
)

_said_columns: Final = ("workspace", "conversation", "contact")
said: Final = Table(
    "said",
    METADATA,
    number("message"),
    *(number(name) for name in _said_columns),
    words("body"),
    PrimaryKeyConstraint("message", name="pk_said"),
)
"""What people wrote, to be found by its words."""
_said_in_fts: Final = Table(
    "said",
    MetaData(schema=SCHEMA),
    Column("rowid", Integer, key="message", primary_key=True),
    *(number(name) for name in _said_columns),
    words("body"),
)


def said_on(dialect: str) -> Table:
    """Return `said` as this database has it: on SQLite it is a table of FTS5 (`layout`)."""
    return _said_in_fts if dialect == "sqlite" else said
