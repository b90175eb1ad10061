"""Windows, pacing, and the choice among several numbers."""

from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.domain.channel import (
    PAIR,
    PAIR_BURST,
    PAIR_INTERVAL,
    WINDOW,
    Channel,
    Pace,
    choose,
    throughput,
    window_open,
)
from kaisa_relay.domain.ids import ChannelId, WorkspaceId
from kaisa_relay.domain.phone import Phone
from tests.domain.builders import after

MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("wrote_at", "is_open"),
    [(None, False), (after(), True), (after() - WINDOW + MOMENT, True), (after() - WINDOW, False)],
)
def test_the_window(wrote_at: datetime | None, is_open: bool) -> None:
    """24 hours from what a person wrote, the last instant excluded."""
    assert window_open(wrote_at, after()) is is_open


def test_a_rested_pair_may_burst_and_owes_it() -> None:
    """45 at once, then one per 6 s."""
    empty_at, now = 0.0, 1000.0
    for _ in range(PAIR_BURST):
        assert PAIR.wait(empty_at, now) == 0
        empty_at = PAIR.spend(empty_at, now)
    assert PAIR.wait(empty_at, now) == PAIR_INTERVAL
    assert PAIR.wait(empty_at, now + PAIR_INTERVAL) == 0
    rested = now + PAIR_INTERVAL * PAIR_BURST
    assert PAIR.wait(empty_at, rested) == 0
    assert PAIR.spend(empty_at, rested + 5) == rested + 5 + PAIR_INTERVAL


PACES = st.sampled_from([PAIR, throughput(80), throughput(1), Pace(0.5, 3)])
GAPS = st.lists(st.integers(0, 40), max_size=60)


@given(PACES, GAPS)
def test_no_stretch_of_time_has_more_than_its_limit(pace: Pace, gaps: list[int]) -> None:
    """Who waits as told sends at most burst + elapsed / interval, in any stretch."""
    now, empty_at, sent = 0.0, 0.0, []
    for gap in gaps:
        now += gap * pace.interval / 8
        now += pace.wait(empty_at, now)
        assert pace.wait(empty_at, now) < 1e-6
        empty_at = pace.spend(empty_at, now)
        sent.append(now)
    for first, began in enumerate(sent):
        for last in range(first, len(sent)):
            allowed = pace.burst + (sent[last] - began) / pace.interval
            assert last - first + 1 <= allowed + 1e-6


@given(PACES, st.floats(0, 1e9), st.floats(0, 1e9))
def test_a_wait_is_never_negative(pace: Pace, empty_at: float, now: float) -> None:
    """And spending never gives anything back."""
    assert pace.wait(empty_at, now) >= 0
    assert pace.spend(empty_at, now) > empty_at


def channel(number: int) -> Channel:
    """A number."""
    return Channel(WorkspaceId(3), ChannelId(number), str(number), Phone("+46700000000"), "p")


@pytest.mark.parametrize(
    ("loads", "chosen"),
    [({}, None), ({1: 5}, 1), ({1: 5, 2: 3, 3: 4}, 2), ({3: 2, 1: 2, 2: 2}, 1)],
)
def test_the_least_loaded_then_the_oldest(loads: dict[int, int], chosen: int | None) -> None:
    """In whatever order they are listed."""
    for order in permutations(loads.items()):
        best = choose((channel(number), load) for number, load in order)
        assert (best.id if best else None) == chosen


def test_what_a_pace_lets_go_at_once() -> None:
    """In seconds: as long as it takes to be paid back."""
    assert Pace(interval=6, burst=45).capacity == 270
