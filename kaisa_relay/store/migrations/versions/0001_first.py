"""What comes in and what happened: the configuration, the inbox, the events.

Rule 1: a revision that has been released is never changed.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

from kaisa_relay.store.migrations.columns import (
    KEY_ORDER,
    number,
    octets,
    row_id,
    small,
    text,
    where,
)

revision: Final = "0001"
down_revision: Final = None


def upgrade() -> None:
    accounts()
    nodes()
    inbox()
    history()


def accounts() -> None:
    op.create_table(
        "workspace",
        row_id("id"),
        text("name"),
        text("settings"),
        number("owner", nullable=True),
        sa.Column("epoch", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("head", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "app",
        text("id"),
        octets("secrets"),
        octets("verify_token"),
        sa.PrimaryKeyConstraint("id"),
        **KEY_ORDER,
    )
    op.create_table(
        "channel",
        number("workspace"),
        number("id"),
        text("app"),
        text("portfolio"),
        text("waba"),
        text("phone_number_id"),
        text("phone"),
        octets("token"),
        sa.Column("throughput", sa.Integer(), server_default=sa.text("80"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"]),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_channel"),
        sa.UniqueConstraint("app", "phone_number_id", name="uq_channel_phone_number_id"),
        **KEY_ORDER,
    )


def nodes() -> None:
    op.create_table(
        "api_key",
        number("workspace"),
        number("id"),
        text("name"),
        text("prefix"),
        octets("hash"),
        text("scopes"),
        number("created_at"),
        number("expires_at", nullable=True),
        number("last_used_at", nullable=True),
        number("revoked_at", nullable=True),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"]),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_api_key"),
        sa.UniqueConstraint("hash", name="uq_api_key_hash"),
        **KEY_ORDER,
    )
    op.create_table(
        "config_version", row_id("id"), number("version"), sa.PrimaryKeyConstraint("id")
    )
    op.create_table(
        "node",
        row_id("node_id"),
        number("lease_until", nullable=True),
        number("alive_at"),
        sa.PrimaryKeyConstraint("node_id"),
    )
    op.execute("insert into config_version (id, version) values (1, 1)")


def inbox() -> None:
    op.create_table(
        "inbox",
        row_id("id"),
        number("workspace", nullable=True),
        number("channel", nullable=True),
        text("kind"),
        text("dedup", nullable=True),
        octets("body", nullable=True),
        number("received_at"),
        text("state"),
        text("stream", nullable=True),
        text("reason", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel", "dedup", name="uq_inbox_channel_dedup"),
    )
    op.create_index("ix_inbox_new", "inbox", ["workspace", "id"], **where("state = 'new'"))
    op.create_index(
        "ix_inbox_parked", "inbox", ["workspace", "stream"], **where("state = 'parked'")
    )


def history() -> None:
    op.create_table(
        "event",
        number("workspace"),
        number("seq"),
        number("epoch"),
        text("stream"),
        number("version"),
        text("kind"),
        small("format"),
        number("at"),
        text("data"),
        sa.PrimaryKeyConstraint("workspace", "seq", name="pk_event"),
        sa.UniqueConstraint("workspace", "stream", "version", name="uq_event_stream_version"),
        **KEY_ORDER,
    )
    op.create_table(
        "content",
        number("workspace"),
        number("message"),
        number("conversation", nullable=True),
        number("contact"),
        text("author", nullable=True),
        text("wamid", nullable=True),
        text("data"),
        sa.PrimaryKeyConstraint("workspace", "message", name="pk_content"),
        **KEY_ORDER,
    )
    op.create_index("ix_content_contact", "content", ["workspace", "contact"])
