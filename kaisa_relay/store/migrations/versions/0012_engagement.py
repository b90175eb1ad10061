"""Triggers, endpoints, deliveries, and how far whoever follows the journal has come.

Rule 1: a revision that has been released is never changed.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

from kaisa_relay.store.migrations.columns import KEY_ORDER, integer, number, octets, text, where

revision: Final = "0012"
down_revision: Final = "0011"

WAITING: Final = where("state = 'waiting'")


def upgrade() -> None:
    _triggers()
    _deliveries()
    op.create_table(
        "endpoint",
        number("workspace"),
        number("id"),
        text("url"),
        octets("secret"),
        octets("former_secret", nullable=True),
        number("former_until", nullable=True),
        number("created_at"),
        number("disabled_at", nullable=True),
        text("disabled_by", nullable=True),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_endpoint"),
        **KEY_ORDER,
    )
    op.create_table(
        "subscriber",
        number("workspace"),
        text("name"),
        number("seq"),
        sa.PrimaryKeyConstraint("workspace", "name", name="pk_subscriber"),
        **KEY_ORDER,
    )


def _triggers() -> None:
    op.create_table(
        "trigger_rule",
        number("workspace"),
        number("id"),
        text("name"),
        integer("version"),
        sa.Column("enabled", sa.Boolean, nullable=False),
        number("since"),
        number("changed_at"),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_trigger_rule"),
        **KEY_ORDER,
    )
    op.create_table(
        "trigger_version",
        number("workspace"),
        number("trigger_id"),
        integer("version"),
        text("definition"),
        number("at"),
        sa.PrimaryKeyConstraint("workspace", "trigger_id", "version", name="pk_trigger_version"),
        **KEY_ORDER,
    )


def _deliveries() -> None:
    op.create_table(
        "delivery",
        number("workspace"),
        number("id"),
        number("trigger_id"),
        integer("version"),
        number("seq"),
        number("conversation", nullable=True),
        integer("step"),
        integer("action"),
        number("endpoint"),
        text("state"),
        number("first_due_at"),
        number("due_at"),
        integer("attempts", server_default=sa.text("0")),
        number("done_at", nullable=True),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_delivery"),
        **KEY_ORDER,
    )
    waiting = ["workspace", "endpoint", "due_at"]
    op.create_index("ix_delivery_waiting", "delivery", waiting, **WAITING)
    of_conversation = ["workspace", "conversation", "trigger_id"]
    op.create_index("ix_delivery_conversation", "delivery", of_conversation, **WAITING)
    once = ["workspace", "trigger_id", "seq", "step", "action"]
    op.create_index("uq_delivery_started", "delivery", once, unique=True)
    op.create_table(
        "delivery_attempt",
        number("workspace"),
        number("delivery"),
        integer("number"),
        number("at"),
        number("took"),
        integer("status", nullable=True),
        text("why", nullable=True),
        text("answer", nullable=True),
        sa.PrimaryKeyConstraint("workspace", "delivery", "number", name="pk_delivery_attempt"),
        **KEY_ORDER,
    )
