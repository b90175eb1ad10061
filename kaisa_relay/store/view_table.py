"""Saved views of Explore; the rules of `tables` hold here too."""

from typing import Final

from sqlalchemy import PrimaryKeyConstraint

from kaisa_relay.store.columns import number, unique, words
from kaisa_relay.store.metadata import keyed_table

view: Final = keyed_table(
    "view",
    number("workspace"),
    number("id"),
    words("name"),
    words("place"),
    words("pairs"),
    PrimaryKeyConstraint("workspace", "id", name="pk_view"),
)
"""`pairs` is JSON, the parameters of an address: what somebody typed into it may be there."""
unique("ix_view_name", view.c.workspace, view.c.place, view.c.name)
