"""What changes do to the rows of channels' health."""

from typing import Final

from kaisa_relay.journal.unit import Unit
from kaisa_relay.journal.writes import Part, Write, last_wins
from kaisa_relay.ports.health import SaveHealth
from kaisa_relay.store.bulk import Bulk
from kaisa_relay.store.instants import to_micros


def health_parts(unit: Unit, change: SaveHealth) -> list[Part]:
    """Return the rows of a change."""
    health = change.health
    row = (
        unit.workspace,
        change.channel,
        health.quality.value,
        health.tier,
        health.limited,
        to_micros(health.limited_until),
        health.down,
        health.version,
    )
    return [Part(SAVE_HEALTH, change, [row])]


SAVE_HEALTH: Final = Write(
    Bulk(
        """insert into channel_health (workspace, channel, quality, tier, limited, limited_until,
        down, version)
        select v.workspace, v.channel, v.quality, v.tier, v.limited, v.limited_until, v.down,
        v.version from {rows} where true
        on conflict (workspace, channel) do update set quality = excluded.quality,
        tier = excluded.tier, limited = excluded.limited,
        limited_until = excluded.limited_until, down = excluded.down,
        version = excluded.version""",
        workspace=int,
        channel=int,
        quality=str,
        tier=str,
        limited=str,
        limited_until=int,
        down=str,
        version=int,
    ),
    squeeze=last_wins(2),
)
