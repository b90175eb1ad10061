"""How agents stand.

Rule 1: a revision that has been released is never changed.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

from kaisa_relay.store.migrations.columns import KEY_ORDER, integer, number, text, where

revision: Final = "0003"
down_revision: Final = "0002"


def upgrade() -> None:
    op.create_table(
        "agent",
        number("workspace"),
        number("contact"),
        text("presence"),
        number("paused_until", nullable=True),
        integer("missed"),
        number("version"),
        integer("capacity", nullable=True),
        text("schedule", nullable=True),
        number("invited_at", nullable=True),
        number("opted_in_at", nullable=True),
        sa.PrimaryKeyConstraint("workspace", "contact", name="pk_agent"),
        **KEY_ORDER,
    )
    op.create_index(
        "ix_agent_paused",
        "agent",
        ["workspace", "paused_until"],
        **where("paused_until is not null"),
    )
    op.create_index(
        "ix_conversation_visitor",
        "conversation",
        ["workspace", "visitor", "id"],
        **where("agent is not null"),
    )
