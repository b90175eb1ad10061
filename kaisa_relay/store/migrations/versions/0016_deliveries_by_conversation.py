"""What waits for a conversation is found by it: SQLite did not use an index by workspace first.

Rule 1: a revision that has been released is never changed.
"""

from typing import Final

from alembic import op

from kaisa_relay.store.migrations.columns import where

revision: Final = "0016"
down_revision: Final = "0015"


def upgrade() -> None:
    op.drop_index("ix_delivery_conversation", "delivery")
    waiting = where("state = 'waiting'")
    op.create_index(
        "ix_delivery_conversation", "delivery", ["conversation", "trigger_id"], **waiting
    )
