"""Channels that are not well, for `doctor`."""

from datetime import datetime
from typing import Any, Final

from attrs import frozen
from sqlalchemy import Connection, Row, select

from kaisa_relay.domain.channel_health import Quality
from kaisa_relay.domain.ids import CHANNEL, ChannelId, to_text
from kaisa_relay.store import tables
from kaisa_relay.store.instants import from_micros

_POOR: Final = (Quality.YELLOW, Quality.RED)


@frozen
class Ailing:
    """A channel that is down, limited, or of poor quality; reasons are Meta's words or ours."""

    channel: str
    quality: str
    limited: str | None
    limited_until: datetime | None
    down: str | None


def ailing(at: datetime, connection: Connection) -> tuple[Ailing, ...]:
    """Return the channels in use that are not well."""
    table, number = tables.channel_health.c, tables.channel.c
    joined = (number.workspace == table.workspace) & (number.id == table.channel) & number.active
    query = select(tables.channel_health).join(tables.channel, joined).order_by(table.channel)
    found = [_ailing(row, at) for row in connection.execute(query)]
    return tuple(each for each in found if each.down or each.limited or each.quality in _POOR)


def _ailing(row: Row[Any], at: datetime) -> Ailing:
    until = from_micros(row.limited_until)
    over = until is not None and until <= at  # serve says so when it looks the next time
    return Ailing(
        channel=to_text(CHANNEL, ChannelId(row.channel)),
        quality=row.quality,
        limited=None if over else row.limited,
        limited_until=None if over else until,
        down=row.down,
    )
