"""Agents who are asked outside business hours too.

Rule 1: a revision that has been released is never changed.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0005"
down_revision: Final = "0004"


def upgrade() -> None:
    op.add_column(
        "agent",
        sa.Column("on_call", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
