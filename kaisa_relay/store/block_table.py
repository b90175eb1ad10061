"""The block list of each workspace; the rules of `tables` hold here too."""

from typing import Final

from sqlalchemy import PrimaryKeyConstraint

from kaisa_relay.store.columns import number, words
from kaisa_relay.store.metadata import keyed_table

block: Final = keyed_table(
    "block",
    number("workspace"),
    number("contact"),
    words("by"),
    number("at"),
    number("agent", nullable=True),
    number("conversation", nullable=True),
    PrimaryKeyConstraint("workspace", "contact", name="pk_block"),
)
"""Who is on it, since when, and who put them there: an agent in a conversation, or who else."""
