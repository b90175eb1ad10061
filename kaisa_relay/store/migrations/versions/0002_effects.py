"""What goes out, how things stand, and who is who.

Rule 1: a revision that has been released is never changed.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

from kaisa_relay.store.migrations.columns import (
    KEY_ORDER,
    integer,
    number,
    octets,
    small,
    text,
    where,
)

revision: Final = "0002"
down_revision: Final = "0001"


def upgrade() -> None:
    sends()
    legs()
    conversations()
    pairs()
    links()
    people()
    metadata()


def sends() -> None:
    op.create_table(
        "send",
        number("workspace"),
        number("channel"),
        number("id"),
        number("conversation", nullable=True),
        number("message"),
        number("contact"),
        text("phone", nullable=True),
        text("bsuid", nullable=True),
        text("purpose"),
        text("state"),
        integer("attempt"),
        number("due_at", nullable=True),
        text("outgoing"),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_send"),
        **KEY_ORDER,
    )
    op.create_index("ix_send_channel", "send", ["workspace", "channel", "id"])


def legs() -> None:
    op.create_table(
        "leg",
        number("workspace"),
        number("send"),
        number("message"),
        number("conversation", nullable=True),
        number("channel"),
        number("contact"),
        text("purpose"),
        small("rank"),
        text("wamid", nullable=True),
        integer("code", nullable=True),
        sa.PrimaryKeyConstraint("workspace", "send", "message", name="pk_leg"),
        **KEY_ORDER,
    )
    op.create_index("ix_leg_message", "leg", ["workspace", "message"])
    op.create_index("ix_leg_wamid", "leg", ["workspace", "wamid"], **where("wamid is not null"))


def conversations() -> None:
    op.create_table(
        "conversation",
        number("workspace"),
        number("id"),
        text("phase"),
        text("reason", nullable=True),
        number("channel"),
        number("visitor"),
        number("agent", nullable=True),
        number("created_at"),
        number("due_at", nullable=True),
        number("version"),
        text("snapshot"),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_conversation"),
        **KEY_ORDER,
    )
    op.create_index(
        "ix_conversation_due",
        "conversation",
        ["workspace", "due_at"],
        **where("due_at is not null"),
    )
    op.create_index("ix_conversation_phase", "conversation", ["workspace", "phase", "id"])


def pairs() -> None:
    op.create_table(
        "pair",
        number("workspace"),
        number("contact"),
        number("channel"),
        number("conversation", nullable=True),
        text("role", nullable=True),
        number("last_conversation", nullable=True),
        number("inbound_at", nullable=True),
        sa.PrimaryKeyConstraint("workspace", "contact", "channel", name="pk_pair"),
        **KEY_ORDER,
    )


def links() -> None:
    op.create_table(
        "token",
        number("workspace"),
        text("value"),
        number("conversation"),
        number("channel"),
        number("until"),
        text("url"),
        number("used_by", nullable=True),
        sa.PrimaryKeyConstraint("workspace", "value", name="pk_token"),
        **KEY_ORDER,
    )
    op.create_index("ix_token_conversation", "token", ["workspace", "conversation"])
    op.create_index("ix_token_until", "token", ["until"])
    op.create_table(
        "idempotency",
        number("workspace"),
        text("key"),
        octets("hash"),
        octets("answer"),
        number("until"),
        sa.PrimaryKeyConstraint("workspace", "key", name="pk_idempotency"),
        **KEY_ORDER,
    )
    op.create_index("ix_idempotency_until", "idempotency", ["until"])


def people() -> None:
    op.create_table(
        "contact",
        number("workspace"),
        number("id"),
        text("name"),
        text("language"),
        text("phone", nullable=True),
        text("bsuid", nullable=True),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_contact"),
        **KEY_ORDER,
    )
    op.create_table(
        "identity",
        number("workspace"),
        text("portfolio"),
        text("kind"),
        text("value"),
        number("contact"),
        sa.PrimaryKeyConstraint("workspace", "portfolio", "kind", "value", name="pk_identity"),
        **KEY_ORDER,
    )
    op.create_index("ix_identity_contact", "identity", ["workspace", "contact"])


def metadata() -> None:
    op.create_table(
        "metadata",
        number("workspace"),
        number("conversation"),
        number("contact"),
        octets("data"),
        sa.PrimaryKeyConstraint("workspace", "conversation", name="pk_metadata"),
        **KEY_ORDER,
    )
    op.create_index("ix_metadata_contact", "metadata", ["workspace", "contact"])
