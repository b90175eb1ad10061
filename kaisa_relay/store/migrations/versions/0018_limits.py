"""When triggers started for a visitor, where they have a limit.

Rule 1: a revision that has been released is never changed.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

from kaisa_relay.store.migrations.columns import KEY_ORDER, number

revision: Final = "0018"
down_revision: Final = "0017"


def upgrade() -> None:
    op.create_table(
        "trigger_start",
        number("workspace"),
        number("trigger_id"),
        number("contact"),
        number("seq"),
        number("at"),
        sa.PrimaryKeyConstraint(
            "workspace", "trigger_id", "contact", "seq", name="pk_trigger_start"
        ),
        **KEY_ORDER,
    )
    op.create_index("ix_trigger_start_at", "trigger_start", ["at"])
