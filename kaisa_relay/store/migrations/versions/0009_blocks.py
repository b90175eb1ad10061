"""The block list.

Rule 1: a revision that has been released is never changed.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

from kaisa_relay.store.migrations.columns import KEY_ORDER, number, text

revision: Final = "0009"
down_revision: Final = "0008"


def upgrade() -> None:
    op.create_table(
        "block",
        number("workspace"),
        number("contact"),
        text("by"),
        number("at"),
        number("agent", nullable=True),
        number("conversation", nullable=True),
        sa.PrimaryKeyConstraint("workspace", "contact", name="pk_block"),
        **KEY_ORDER,
    )
