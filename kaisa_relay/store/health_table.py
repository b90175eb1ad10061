"""How each channel stands with WhatsApp; the rules of `tables` hold here too."""

from typing import Final

from sqlalchemy import PrimaryKeyConstraint

from kaisa_relay.store.columns import number, words
from kaisa_relay.store.metadata import keyed_table

channel_health: Final = keyed_table(
    "channel_health",
    number("workspace"),
    number("channel"),
    words("quality"),
    words("tier", nullable=True),
    words("limited", nullable=True),
    number("limited_until", nullable=True),
    words("down", nullable=True),
    number("version"),
    PrimaryKeyConstraint("workspace", "channel", name="pk_channel_health"),
)
"""The fold of a channel's events; a channel without a row is well as far as anybody knows."""
