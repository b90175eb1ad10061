"""A clock that can be moved: everything WhatsApp measures follows it."""

from typing import Any

import pytest
import trio
from attrs import evolve

from kaisa_relay.simulator import Timing
from kaisa_relay.simulator.agenda import Agenda
from kaisa_relay.simulator.clock import Clock
from tests.simulator.bench import CONFIG, EPOCH, PNID, VISITOR, Bench, open_bench

DAY = 24 * 3600


async def test_windows_limits_and_timestamps_follow_it(bench: Bench) -> None:
    """A day later the window is closed, the pair limit paid off, and webhooks say so."""
    await bench.person(VISITOR, "send", text="hi")
    for _ in range(45):
        await bench.text(VISITOR)
    assert (await bench.text(VISITOR)).json()["error"]["code"] == 131056
    await bench.sim("clock", {"advance": DAY - 1})
    assert (await bench.text(VISITOR)).status_code == 200
    shown = await bench.sim("clock", {"advance": 1})
    assert shown["ahead_seconds"] == DAY
    assert (await bench.text(VISITOR)).json()["error"]["code"] == 131047
    await bench.person(VISITOR, "send", text="hi")
    await bench.settle()
    assert bench.business.of("messages")[-1]["timestamp"] == str(1795348800 + DAY)


async def test_planned_things_happen_on_the_way_at_their_own_time(
    autojump_clock: trio.testing.MockClock,
) -> None:
    """Statuses of an hour's delay, told at once with the times they should have."""
    timing = Timing(sent_after=60, delivered_after=3600, read_after=7200)
    async with open_bench(evolve(CONFIG, timing=timing)) as bench:
        await bench.person(VISITOR, "send", text="hi")
        await bench.text(VISITOR)
        started = trio.current_time()
        await bench.sim("clock", {"advance": 7201})
        await bench.settle()
        assert trio.current_time() - started < 10
        told = [(one["status"], int(one["timestamp"])) for one in bench.business.of("statuses")]
        begin = 1795348800
        assert sorted(told) == [
            ("delivered", begin + 3600),
            ("read", begin + 7200),
            ("sent", begin + 60),
        ]


async def test_a_retry_of_an_hour_comes_at_once(autojump_clock: trio.testing.MockClock) -> None:
    """Seven days of retries need no seven days."""
    timing = Timing(retry_delays=(3600.0,), retry_for=7 * DAY)
    async with open_bench(evolve(CONFIG, timing=timing)) as bench:
        bench.business.answers = [500, 500]
        await bench.person(VISITOR, "send", text="hi")
        await bench.settle()
        for _ in range(2):
            await bench.sim("clock", {"advance": 3600})
            await bench.settle()
        assert len(bench.business.posts) == 3


async def test_it_moves_to_an_instant(bench: Bench) -> None:
    """With its offset."""
    shown = await bench.sim("clock", {"to": "2026-11-23T14:00:00+02:00"})
    assert shown["now"].startswith("2026-11-23T12:00")
    assert (await bench.sim("clock"))["ahead_seconds"] == pytest.approx(DAY)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"advance": 1, "to": "2026-11-23T14:00:00Z"},
        {"advance": -1},
        {"advance": 500 * DAY},
        {"to": "2026-11-23T14:00:00"},
        {"to": "2026-11-01T14:00:00Z"},
        {"to": "tomorrow"},
    ],
)
async def test_it_moves_forward_only(bench: Bench, body: dict[str, Any]) -> None:
    """And not without saying how far."""
    assert (await bench.http.post("/_sim/clock", json=body)).status_code == 400


async def test_a_reset_goes_back_to_the_real_time(bench: Bench) -> None:
    """With nothing left of the future."""
    await bench.sim("clock", {"advance": DAY})
    await bench.sim("reset", {})
    assert (await bench.sim("clock"))["ahead_seconds"] == 0
    await bench.person(VISITOR, "send", text="hi", channel=PNID)
    assert (await bench.text(VISITOR)).status_code == 200


async def test_what_is_planned_on_the_way_happens_too(
    autojump_clock: trio.testing.MockClock,
) -> None:
    """A chain of things, each planning the next."""
    agenda = Agenda(Clock(lambda: EPOCH))
    done: list[int] = []

    def step() -> None:
        done.append(len(done))
        agenda.after(10, step)

    agenda.after(10, step)
    agenda.advance(100)
    assert (len(done), agenda.planned()) == (10, 1)
    agenda.clear()
    assert agenda.planned() == 0
