"""How channels stand with WhatsApp.

Rule 1: a revision that has been released is never changed.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

from kaisa_relay.store.migrations.columns import KEY_ORDER, number, text

revision: Final = "0004"
down_revision: Final = "0003"


def upgrade() -> None:
    op.create_table(
        "channel_health",
        number("workspace"),
        number("channel"),
        text("quality"),
        text("tier", nullable=True),
        text("limited", nullable=True),
        number("limited_until", nullable=True),
        text("down", nullable=True),
        number("version"),
        sa.PrimaryKeyConstraint("workspace", "channel", name="pk_channel_health"),
        **KEY_ORDER,
    )
