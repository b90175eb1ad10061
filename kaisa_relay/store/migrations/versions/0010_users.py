"""Supervisors' accounts and their sessions.

Rule 1: a revision that has been released is never changed.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

from kaisa_relay.store.migrations.columns import KEY_ORDER, number, text

revision: Final = "0010"
down_revision: Final = "0009"


def upgrade() -> None:
    op.create_table(
        "user_account",
        sa.Column("workspace", sa.BigInteger, sa.ForeignKey("workspace.id"), nullable=False),
        number("id"),
        text("name"),
        text("password_hash"),
        text("role"),
        number("created_at"),
        number("signed_in_at", nullable=True),
        sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_user_account"),
        sa.UniqueConstraint("name", name="uq_user_account_name"),
        **KEY_ORDER,
    )
    op.create_table(
        "user_session",
        number("workspace"),
        number("user_id"),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        number("created_at"),
        number("expires_at"),
        sa.PrimaryKeyConstraint("workspace", "user_id", "hash", name="pk_user_session"),
        sa.UniqueConstraint("hash", name="uq_user_session_hash"),
        **KEY_ORDER,
    )
