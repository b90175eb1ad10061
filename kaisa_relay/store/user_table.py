"""Supervisors' accounts and their sessions; the rules of `tables` hold here too."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    LargeBinary,
    PrimaryKeyConstraint,
    UniqueConstraint,
    text,
)

from kaisa_relay.store.columns import number, words
from kaisa_relay.store.metadata import keyed_table

user_account: Final = keyed_table(
    "user_account",
    Column("workspace", BigInteger, ForeignKey("workspace.id"), nullable=False),
    number("id"),
    words("name"),
    words("password_hash"),
    words("role"),
    number("created_at"),
    number("signed_in_at", nullable=True),
    Column("disabled", Boolean, nullable=False, server_default=text("false")),
    PrimaryKeyConstraint("workspace", "id", name="pk_user_account"),
    UniqueConstraint("name", name="uq_user_account_name"),
)
"""A name is one account's in the whole installation, so that it is enough to sign in with."""

user_session: Final = keyed_table(
    "user_session",
    number("workspace"),
    number("user_id"),
    Column("hash", LargeBinary, nullable=False),
    number("created_at"),
    number("expires_at"),
    PrimaryKeyConstraint("workspace", "user_id", "hash", name="pk_user_session"),
    UniqueConstraint("hash", name="uq_user_session_hash"),
)
"""`hash` is the SHA-256 of the cookie; a session that is over has no row."""
