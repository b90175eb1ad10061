"""Channels that take no new conversations.

Rule 1: a revision that has been released is never changed.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0007"
down_revision: Final = "0006"


def upgrade() -> None:
    op.add_column(
        "channel",
        sa.Column("draining", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
