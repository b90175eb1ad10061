"""What is said of the database: in the log, and to whoever probes."""

from datetime import timedelta

import trio
from structlog.testing import capture_logs
from trio.testing import MockClock

from kaisa_relay.actors.outages import Outages
from kaisa_relay.app.health import FRESH_SECONDS, StoreReadiness, noting
from kaisa_relay.metrics import Metrics
from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.store import Away
from tests import fakes
from tests.metrics.page import read


class Database:
    """Counts who asks; answers after `takes` seconds, unless it is away."""

    def __init__(self) -> None:
        self.asked = 0
        self.at_once = 0
        self.takes = 0.0
        self.away = False

    async def touch(self) -> None:
        """Write something."""
        self.asked += 1
        self.at_once += 1
        assert self.at_once == 1
        try:
            await trio.sleep(self.takes)
        finally:
            self.at_once -= 1
        if self.away:
            raise StoreUnavailable("the database is away")


def test_an_outage_is_logged_when_it_begins_and_when_it_is_over() -> None:
    outages, metrics = Outages(lambda: fakes.EPOCH), Metrics()
    note = noting(outages, metrics)
    ended = fakes.EPOCH + timedelta(seconds=90)
    with capture_logs() as logged:
        note(Away(fakes.EPOCH, "the database is unavailable (57P01)"))
        note(Away(fakes.EPOCH, "the database is unavailable (57P01)", ended))
    began, over = logged
    assert (began["event"], began["log_level"]) == ("database is away", "error")
    assert began["since"] == fakes.EPOCH.isoformat()
    assert "57P01" in began["why"]
    assert (over["event"], over["away_seconds"]) == ("database is back", 90)
    assert read(metrics)["kaisa_database_outage_seconds_total"] == 90


async def test_probes_ask_the_database_once_a_second(autojump_clock: MockClock) -> None:
    database = Database()
    readiness = StoreReadiness(database.touch, lambda: True)
    for _ in range(20):
        assert await readiness.failing() == {}
    assert database.asked == 1
    database.away = True
    await trio.sleep(FRESH_SECONDS)
    assert "database" in await readiness.failing()
    assert database.asked == 2


async def test_probes_at_the_same_time_share_one_answer(autojump_clock: MockClock) -> None:
    database = Database()
    database.takes = 0.5
    readiness = StoreReadiness(database.touch, lambda: True)
    async with trio.open_nursery() as nursery:
        for _ in range(20):
            nursery.start_soon(readiness.failing)
    assert database.asked == 1


async def test_a_probe_that_gave_up_leaves_the_next_one_free(autojump_clock: MockClock) -> None:
    database = Database()
    database.takes = 60.0
    readiness = StoreReadiness(database.touch, lambda: True)
    with trio.move_on_after(5):
        await readiness.failing()
    database.takes = 0.0
    assert await readiness.failing() == {}


async def test_an_inbox_that_is_worked_off_is_ready_at_once() -> None:
    drained = False
    readiness = StoreReadiness(Database().touch, lambda: drained)
    assert "inbox" in await readiness.failing()
    drained = True
    assert await readiness.failing() == {}
