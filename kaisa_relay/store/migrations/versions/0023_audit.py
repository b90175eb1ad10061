"""The audit log.

Rule 1: a revision that has been released is never changed.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

from kaisa_relay.store.migrations.columns import KEY_ORDER, number, text

revision: Final = "0023"
down_revision: Final = "0022"


def upgrade() -> None:
    op.create_table(
        "audit",
        number("workspace"),
        number("id"),
        number("at"),
        text("done_by", nullable=True),
        text("action"),
        text("subject", nullable=True),
        sa.Column("outcome", sa.Integer),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_audit"),
        **KEY_ORDER,
    )
    op.create_index("ix_audit_subject", "audit", ["workspace", "subject", "id"])
    op.create_index("ix_audit_at", "audit", ["at"])
