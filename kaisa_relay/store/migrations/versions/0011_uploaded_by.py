"""By which number a file was uploaded: another number cannot send it.

Rule 1: a revision that has been released is never changed.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0011"
down_revision: Final = "0010"


def upgrade() -> None:
    op.add_column("file", sa.Column("uploaded_by", sa.BigInteger(), nullable=True))
