"""The files of messages.

Rule 1: a revision that has been released is never changed.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

from kaisa_relay.store.migrations.columns import (
    KEY_ORDER,
    integer,
    number,
    small,
    text,
    where,
)

revision: Final = "0008"
down_revision: Final = "0007"


def upgrade() -> None:
    op.create_table(
        "file",
        number("workspace"),
        number("message"),
        number("channel"),
        number("contact"),
        text("kind"),
        text("mime_type"),
        text("inbound_id"),
        text("sha256", nullable=True),
        small("voice"),
        number("wanted_at"),
        text("state"),
        number("size", nullable=True),
        text("media_id", nullable=True),
        number("uploaded_at", nullable=True),
        integer("code", nullable=True),
        integer("attempts"),
        number("due_at", nullable=True),
        sa.PrimaryKeyConstraint("workspace", "message", name="pk_file"),
        **KEY_ORDER,
    )
    op.create_index(
        "ix_file_kept", "file", ["workspace", "wanted_at"], **where("state <> 'deleted'")
    )
