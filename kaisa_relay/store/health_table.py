"""How each channel stands with WhatsApp; the rules of `tables` hold here too."""

from typing import Any, Final

from sqlalchemy import PrimaryKeyConstraint, Row

from kaisa_relay.domain.channel_health import Health, Quality
from kaisa_relay.store.columns import number, words
from kaisa_relay.store.instants import from_micros
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


def read_health(row: Row[Any]) -> Health:
    """Return what a row holds."""
    return Health(
        quality=Quality(row.quality),
        tier=row.tier,
        limited=row.limited,
        limited_until=from_micros(row.limited_until),
        down=row.down,
        version=row.version,
    )
