"""Saved views of Explore.

Rule 1: a revision that has been released is never changed.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

from kaisa_relay.store.migrations.columns import KEY_ORDER, number, text

revision: Final = "0024"
down_revision: Final = "0023"


def upgrade() -> None:
    op.create_table(
        "view",
        number("workspace"),
        number("id"),
        text("name"),
        text("place"),
        text("pairs"),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_view"),
        **KEY_ORDER,
    )
    op.create_index("ix_view_name", "view", ["workspace", "place", "name"], unique=True)
