"""The files of messages; the rules of `tables` hold here too."""

from typing import Final

from sqlalchemy import Column, Integer, PrimaryKeyConstraint, SmallInteger, text

from kaisa_relay.store.columns import index, number, words
from kaisa_relay.store.metadata import keyed_table

file: Final = keyed_table(
    "file",
    number("workspace"),
    number("message"),
    number("channel"),
    number("contact"),
    words("kind"),
    words("mime_type"),
    words("inbound_id"),
    words("sha256", nullable=True),
    Column("voice", SmallInteger, nullable=False),
    number("wanted_at"),
    words("state"),
    number("size", nullable=True),
    words("media_id", nullable=True),
    number("uploaded_at", nullable=True),
    Column("code", Integer),
    Column("attempts", Integer, nullable=False),
    number("due_at", nullable=True),
    number("uploaded_by", nullable=True),
    PrimaryKeyConstraint("workspace", "message", name="pk_file"),
)
"""Its bytes lie on disk, named by the two columns of its key."""
KEPT: Final = text("state <> 'deleted'")
index("ix_file_kept", file.c.workspace, file.c.wanted_at, where=KEPT)
