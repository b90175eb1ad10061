"""The tables of the first version.

Rule 1: a revision that has been released is never changed; it speaks for its own time, so it
imports nothing of ours.
"""

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None

KEY_ORDER: Final[dict[str, Any]] = {"sqlite_with_rowid": False}
"""SQLite keeps the rows in the order of the composite key, without a second tree."""


def number(name: str, **options: Any) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), **{"nullable": False, **options})


def integer(name: str, **options: Any) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), **{"nullable": False, **options})


def small(name: str, **options: Any) -> sa.Column[int]:
    return sa.Column(name, sa.SmallInteger(), **{"nullable": False, **options})


def text(name: str, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), **{"nullable": False, **options})


def octets(name: str, **options: Any) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), **{"nullable": False, **options})


def row_id(name: str) -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, kind, autoincrement=False, nullable=False)


def where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    configuration()
    incoming()
    history()
    outgoing()
    standing()
    people()


def configuration() -> None:
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
    # ### end Alembic commands ###
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


def incoming() -> None:
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


def outgoing() -> None:
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


def standing() -> None:
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
