"""Receipts of erasures; the rules of `tables` hold here too.

Rule 1: nothing in it is personal: an erased contact's id leads nowhere.
"""

from typing import Final

from sqlalchemy import PrimaryKeyConstraint, text

from kaisa_relay.store.columns import index, number, words
from kaisa_relay.store.metadata import keyed_table

erasure: Final = keyed_table(
    "erasure",
    number("workspace"),
    number("id"),
    number("contact"),
    number("asked_at"),
    words("asked_by", nullable=True),
    number("done_at", nullable=True),
    words("removed"),
    PrimaryKeyConstraint("workspace", "id", name="pk_erasure"),
)
"""`removed` is a JSON object: how many of what; `asked_by` the public id of a key or an account."""
index("ix_erasure_contact", erasure.c.workspace, erasure.c.contact)
UNDONE: Final = text("done_at is null")
index("ix_erasure_undone", erasure.c.workspace, erasure.c.id, where=UNDONE)
