"""Triggers, the endpoints that they name, and what is delivered; the rules of `tables` hold here.

Rule 1: a delivery is written in the transaction that moves its subscriber's cursor past its event.
"""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    literal_column,
    text,
)

from kaisa_relay.store.columns import index, number, words
from kaisa_relay.store.metadata import keyed_table

trigger: Final = keyed_table(
    "trigger_rule",
    number("workspace"),
    number("id"),
    words("name"),
    Column("version", Integer, nullable=False),
    Column("enabled", Boolean, nullable=False),
    number("since"),
    number("changed_at"),
    PrimaryKeyConstraint("workspace", "id", name="pk_trigger_rule"),
)
"""`since` is the last event that came before it was there, or enabled: only later ones start it."""

trigger_version: Final = keyed_table(
    "trigger_version",
    number("workspace"),
    number("trigger_id"),
    Column("version", Integer, nullable=False),
    words("definition"),
    number("at"),
    PrimaryKeyConstraint("workspace", "trigger_id", "version", name="pk_trigger_version"),
)

endpoint: Final = keyed_table(
    "endpoint",
    number("workspace"),
    number("id"),
    words("url"),
    Column("secret", LargeBinary, nullable=False),
    Column("former_secret", LargeBinary),
    number("former_until", nullable=True),
    number("created_at"),
    number("disabled_at", nullable=True),
    words("disabled_by", nullable=True),
    Column("kind", Text, nullable=False, server_default="webhook"),
    words("options", nullable=True),
    PrimaryKeyConstraint("workspace", "id", name="pk_endpoint"),
)
"""Both secrets are sealed; the former one signs beside the new one until its time is over.

`options` is a JSON object of what else a kind needs to be told, none of it secret.
"""

delivery: Final = keyed_table(
    "delivery",
    number("workspace"),
    number("id"),
    number("trigger_id"),
    Column("version", Integer, nullable=False),
    number("seq"),
    number("conversation", nullable=True),
    Column("step", Integer, nullable=False),
    Column("action", Integer, nullable=False),
    number("endpoint"),
    words("state"),
    number("first_due_at"),
    number("due_at"),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    number("done_at", nullable=True),
    number("send", nullable=True),
    PrimaryKeyConstraint("workspace", "id", name="pk_delivery"),
)
"""What the event with number `seq` started; it is tried for so long since `first_due_at`.

`send` is what it became in its channel's outbox, where it goes out on WhatsApp.
"""
WAITING: Final = text("state = 'waiting'")
IS_WAITING: Final = delivery.c.state == literal_column("'waiting'")
"""In the words of the indexes: with a parameter SQLite would not see that one of them fits."""
index(
    "ix_delivery_waiting",
    delivery.c.workspace,
    delivery.c.endpoint,
    delivery.c.due_at,
    where=WAITING,
)
index(
    "ix_delivery_conversation",
    delivery.c.conversation,
    delivery.c.trigger_id,
    where=WAITING,
)
ENDED: Final = text("done_at is not null")
HAS_ENDED: Final = delivery.c.done_at.is_not(None)
index("ix_delivery_done", delivery.c.done_at, where=ENDED)
Index(
    "uq_delivery_started",
    delivery.c.workspace,
    delivery.c.trigger_id,
    delivery.c.seq,
    delivery.c.step,
    delivery.c.action,
    unique=True,
)

attempt: Final = keyed_table(
    "delivery_attempt",
    number("workspace"),
    number("delivery"),
    Column("number", Integer, nullable=False),
    number("at"),
    number("took"),
    Column("status", Integer),
    words("why", nullable=True),
    words("answer", nullable=True),
    PrimaryKeyConstraint("workspace", "delivery", "number", name="pk_delivery_attempt"),
)
"""One try: when, how many microseconds it took, and what came back."""

trigger_start: Final = keyed_table(
    "trigger_start",
    number("workspace"),
    number("trigger_id"),
    number("contact"),
    number("seq"),
    number("at"),
    PrimaryKeyConstraint("workspace", "trigger_id", "contact", "seq", name="pk_trigger_start"),
)
"""When a trigger with a limit started for a visitor, and by which event."""
index("ix_trigger_start_at", trigger_start.c.at)

outreach_count: Final = keyed_table(
    "outreach_count",
    number("workspace"),
    words("way"),
    Column("day", Integer, nullable=False),
    Column("count", Integer, nullable=False),
    PrimaryKeyConstraint("workspace", "way", "day", name="pk_outreach_count"),
)
"""What has left each way on a day of UTC (counted from 1 January of the year 1)."""

suppression: Final = keyed_table(
    "suppression",
    number("workspace"),
    number("id"),
    words("way"),
    words("address"),
    words("source"),
    number("at"),
    PrimaryKeyConstraint("workspace", "id", name="pk_suppression"),
)
"""Who is not to be written to, and by which way; kept when a person is erased, to be obeyed."""
Index(
    "uq_suppression_address",
    suppression.c.workspace,
    suppression.c.way,
    suppression.c.address,
    unique=True,
)

subscriber: Final = keyed_table(
    "subscriber",
    number("workspace"),
    words("name"),
    number("seq"),
    PrimaryKeyConstraint("workspace", "name", name="pk_subscriber"),
)
"""The last event that somebody who follows the journal has dealt with."""
