"""Who is not to be written to.

Rule 1: a revision that has been released is never changed.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

from kaisa_relay.store.migrations.columns import KEY_ORDER, number, text

revision: Final = "0014"
down_revision: Final = "0013"


def upgrade() -> None:
    op.create_table(
        "suppression",
        number("workspace"),
        number("id"),
        text("way"),
        text("address"),
        text("source"),
        number("at"),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_suppression"),
        **KEY_ORDER,
    )
    op.create_index(
        "uq_suppression_address", "suppression", ["workspace", "way", "address"], unique=True
    )
