"""Receipts of erasures.

Rule 1: a revision that has been released is never changed.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

from kaisa_relay.store.migrations.columns import KEY_ORDER, number, text

revision: Final = "0020"
down_revision: Final = "0019"


def upgrade() -> None:
    op.create_table(
        "erasure",
        number("workspace"),
        number("id"),
        number("contact"),
        number("asked_at"),
        text("asked_by", nullable=True),
        number("done_at", nullable=True),
        text("removed"),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_erasure"),
        **KEY_ORDER,
    )
    op.create_index("ix_erasure_contact", "erasure", ["workspace", "contact"])
    undone = sa.text("done_at is null")
    op.create_index(
        "ix_erasure_undone",
        "erasure",
        ["workspace", "id"],
        sqlite_where=undone,
        postgresql_where=undone,
    )
