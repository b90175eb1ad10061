"""Deliveries that ended long ago are found by an index, not by reading all of them.

Rule 1: a revision that has been released is never changed.
"""

from typing import Final

from alembic import op

from kaisa_relay.store.migrations.columns import where

revision: Final = "0021"
down_revision: Final = "0020"


def upgrade() -> None:
    ended = where("done_at is not null")
    op.create_index("ix_delivery_done", "delivery", ["done_at"], **ended)
