"""Endpoints of other kinds than webhooks: mail servers.

Rule 1: a revision that has been released is never changed.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0013"
down_revision: Final = "0012"


def upgrade() -> None:
    op.add_column(
        "endpoint", sa.Column("kind", sa.Text(), nullable=False, server_default="webhook")
    )
    op.add_column("endpoint", sa.Column("options", sa.Text(), nullable=True))
