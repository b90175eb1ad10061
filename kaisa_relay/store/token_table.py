"""The tokens of links; the rules of `tables` hold here too."""

from typing import Final

from sqlalchemy import Column, Integer, PrimaryKeyConstraint, text

from kaisa_relay.store.columns import index, number, words
from kaisa_relay.store.metadata import keyed_table

token: Final = keyed_table(
    "token",
    number("workspace"),
    words("value"),
    number("conversation"),
    number("channel"),
    number("until"),
    words("url"),
    number("used_by", nullable=True),
    Column("link", Integer),
    number("trigger_id", nullable=True),
    Column("trigger_version", Integer),
    Column("step", Integer),
    number("started_by", nullable=True),
    number("wrote_at", nullable=True),
    number("accepted_at", nullable=True),
    PrimaryKeyConstraint("workspace", "value", name="pk_token"),
)
"""`link` is set for links made after the first: by a trigger's step, for the event `started_by`.

`wrote_at` and `accepted_at` are when somebody first came by one, and was first taken.
"""
index("ix_token_conversation", token.c.workspace, token.c.conversation)
index("ix_token_until", token.c.until)
BY_TRIGGER: Final = text("trigger_id is not null")
index("ix_token_trigger", token.c.workspace, token.c.trigger_id, where=BY_TRIGGER)
