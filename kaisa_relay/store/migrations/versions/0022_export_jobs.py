"""Exports that are made in the background.

Rule 1: a revision that has been released is never changed.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

from kaisa_relay.store.migrations.columns import KEY_ORDER, integer, number, text, where

revision: Final = "0022"
down_revision: Final = "0021"


def upgrade() -> None:
    op.create_table(
        "export_job",
        number("workspace"),
        number("id"),
        number("asked_at"),
        text("asked_by", nullable=True),
        text("wanted", nullable=True),
        text("state"),
        text("reason", nullable=True),
        number("attempt"),
        integer("tries"),
        number("started_at", nullable=True),
        number("ended_at", nullable=True),
        number("expires_at", nullable=True),
        number("done"),
        number("total", nullable=True),
        number("written"),
        number("bytes"),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_export_job"),
        **KEY_ORDER,
    )
    held = where("state in ('queued', 'running', 'done')")
    op.create_index("ix_export_job_open", "export_job", ["workspace", "id"], **held)
