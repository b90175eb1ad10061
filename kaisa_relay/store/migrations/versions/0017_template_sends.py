"""The send of a delivery that goes out on a channel.

Rule 1: a revision that has been released is never changed.
"""

from typing import Final

from alembic import op

from kaisa_relay.store.migrations.columns import number

revision: Final = "0017"
down_revision: Final = "0016"


def upgrade() -> None:
    op.add_column("delivery", number("send", nullable=True))
