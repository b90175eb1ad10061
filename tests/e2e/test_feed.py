"""Dashboards watch while the relay is killed under them: each event once, in order, to all."""

from pathlib import Path
from random import Random

import msgspec
import pytest
import trio
from attrs import define, field
from sqlalchemy import select

from kaisa_relay.cli.feed_frames import Asked, feed_address
from kaisa_relay.cli.watching import Watch
from kaisa_relay.domain.ids import from_text
from kaisa_relay.runtime.supervise import RestartPolicy
from kaisa_relay.store.tables import workspace
from tests.e2e import ledger
from tests.e2e.house import House, house
from tests.e2e.play import Steps, begin_all, talk
from tests.store.databases import FRESH

pytestmark = [pytest.mark.timeout(240)]

DASHBOARDS = 50
KILLS = 2
QUICK = RestartPolicy(intensity=0, period=1.0, first_delay=0.05, max_delay=0.3)


class Shown(msgspec.Struct):
    """Of an event, what tells which it is."""

    id: str


@define(eq=False)
class Dashboard:
    """One that watches, and the numbers of the events that it has shown."""

    seen: list[int] = field(factory=list)

    def show(self, event: bytes) -> bool:
        """Take one event."""
        number = from_text("evt", msgspec.json.decode(event, type=Shown).id)
        assert number is not None
        self.seen.append(number)
        return True

    async def watch(self, built: House, number: int) -> None:
        """Watch for ever."""
        address = feed_address(f"http://{built.bind}")
        assert address is not None
        asked = Asked(address, built.clients.key)
        refused = await Watch(asked, self.show, lambda _: None, Random(number), pauses=QUICK).run()
        raise AssertionError(refused)


def latest(url: str) -> int:
    """Return the number of the latest event."""
    engine = ledger.engine_of(url)
    try:
        with engine.connect() as connection:
            return int(connection.scalars(select(workspace.c.head)).one())
    finally:
        engine.dispose()


async def all_see(url: str, dashboards: list[Dashboard]) -> None:
    """Return when everybody has the latest event."""
    with trio.fail_after(60):
        # One that has seen nothing yet has not seen the latest either.
        while [each.seen[-1:] for each in dashboards] != [[latest(url)]] * DASHBOARDS:  # noqa: ASYNC110 - no bell
            await trio.sleep(0.2)


@pytest.mark.parametrize("engine", sorted(FRESH))
async def test_fifty_dashboards_miss_nothing_when_the_relay_is_killed(
    engine: str, tmp_path: Path
) -> None:
    with FRESH[engine]() as url:
        async with house(url, tmp_path) as built, trio.open_nursery() as nursery:
            dashboards = [Dashboard() for _ in range(DASHBOARDS)]
            for number, dashboard in enumerate(dashboards):
                nursery.start_soon(dashboard.watch, built, number)
            chats = await begin_all(built, 2)
            rng, steps = Random(3), Steps()
            for _ in range(KILLS):
                await talk(built, chats, rng, steps, 3)
                await built.crash()
            await talk(built, chats, rng, steps, 3)
            await all_see(url, dashboards)
            nursery.cancel_scope.cancel()
    for dashboard in dashboards:
        assert dashboard.seen == list(range(dashboard.seen[0], dashboard.seen[-1] + 1))
    assert min(each.seen[-1] - each.seen[0] for each in dashboards) > 100
