"""How much outreach has left each way, day by day.

Rule 1: a revision that has been released is never changed.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

from kaisa_relay.store.migrations.columns import KEY_ORDER, integer, number, text

revision: Final = "0019"
down_revision: Final = "0018"


def upgrade() -> None:
    op.create_table(
        "outreach_count",
        number("workspace"),
        text("way"),
        integer("day"),
        integer("count"),
        sa.PrimaryKeyConstraint("workspace", "way", "day", name="pk_outreach_count"),
        **KEY_ORDER,
    )
