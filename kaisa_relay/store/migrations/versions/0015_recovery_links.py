"""Links that lead back into a conversation: what made each, and what it has earned.

Rule 1: a revision that has been released is never changed.
"""

from typing import Final

from alembic import op

from kaisa_relay.store.migrations.columns import integer, number, where

revision: Final = "0015"
down_revision: Final = "0014"


def upgrade() -> None:
    for column in ("trigger_id", "started_by", "wrote_at", "accepted_at"):
        op.add_column("token", number(column, nullable=True))
    for column in ("link", "trigger_version", "step"):
        op.add_column("token", integer(column, nullable=True))
    by_trigger = where("trigger_id is not null")
    op.create_index("ix_token_trigger", "token", ["workspace", "trigger_id"], **by_trigger)
