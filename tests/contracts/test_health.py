"""What every store promises of channels' health: the row follows the events."""

from datetime import timedelta

from kaisa_relay.domain.channel_health import ChannelLimited, Health, Quality
from kaisa_relay.domain.ids import ChannelId
from kaisa_relay.ports import Conflict
from kaisa_relay.ports.health import SaveHealth
from tests import fakes
from tests.contracts.world import World

UNTIL = fakes.EPOCH + timedelta(hours=1)


async def test_the_row_follows_the_events(world: World) -> None:
    directory, here = world.store.directory, world.channel.id
    assert await directory.health(world.workspace) == {}
    event = ChannelLimited(here, "spam", UNTIL, 131048, fakes.EPOCH)
    stream = f"channel/{here}"
    full = Health(Quality.RED, "TIER_2K", "spam", UNTIL, "halted", version=1)
    assert await world.append(stream, 0, [event], SaveHealth(here, full)) is None
    assert await directory.health(world.workspace) == {here: full}
    lost = await world.append(stream, 0, [event], SaveHealth(here, Health(version=9)))
    assert lost == Conflict(None)
    well = Health(version=2)
    assert await world.append(stream, 1, [event], SaveHealth(here, well)) is None
    other = SaveHealth(ChannelId(here + 1), full)
    await world.must(other)
    assert await directory.health(world.workspace) == {here: well, other.channel: full}
    assert await directory.health((await world.another()).workspace) == {}
