"""How often a delivery is tried, and when an endpoint rests."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.domain.engagement.retrying import (
    LONGEST_REST,
    OPENS_AFTER,
    TRIED_FOR,
    Breaker,
    next_attempt,
)

SINCE = datetime(2026, 11, 23, tzinfo=UTC)
EVEN = 0.5


@pytest.mark.parametrize(
    ("attempts", "wait"),
    [
        (1, timedelta(seconds=5)),
        (2, timedelta(seconds=15)),
        (3, timedelta(seconds=45)),
        (9, timedelta(seconds=32_805)),
        (10, timedelta(hours=12)),
        (10_000, timedelta(hours=12)),
    ],
)
def test_waits_grow(attempts: int, wait: timedelta) -> None:
    """From seconds to half a day."""
    assert next_attempt(SINCE, SINCE, attempts, EVEN) == SINCE + wait


@given(st.lists(st.floats(0, 1), min_size=100, max_size=100))
def test_it_is_tried_for_seven_days_and_some_twenty_times(chances: list[float]) -> None:
    """However the waits are spread."""
    at, attempts = SINCE, 1
    for chance in chances:
        again = next_attempt(SINCE, at, attempts, chance)
        if again is None:
            break
        assert at < again <= SINCE + TRIED_FOR
        at, attempts = again, attempts + 1
    assert 18 <= attempts <= 30
    assert at > SINCE + TRIED_FOR - timedelta(hours=15)


def test_the_receiver_says_when_to_come_back() -> None:
    """Later than we meant, never sooner; whoever asks for longer gets a last try at the end."""
    hour = timedelta(hours=1)
    assert next_attempt(SINCE, SINCE, 1, EVEN, hour) == SINCE + hour
    assert next_attempt(SINCE, SINCE, 1, EVEN, timedelta()) == SINCE + timedelta(seconds=5)
    for long in (TRIED_FOR + hour, timedelta.max):
        assert next_attempt(SINCE, SINCE, 1, EVEN, long) == SINCE + TRIED_FOR
    assert next_attempt(SINCE, SINCE + TRIED_FOR, 2, EVEN, hour) is None


def test_a_breaker_opens_and_rests_longer_and_longer() -> None:
    """Up to a quarter of an hour; what is new begins anew."""
    breaker = Breaker()
    for _ in range(OPENS_AFTER - 1):
        breaker = breaker.failed(SINCE)
    assert not breaker.open
    assert breaker.until is None
    rests = []
    for _ in range(12):
        breaker = breaker.failed(SINCE)
        assert breaker.open
        assert breaker.until is not None
        rests.append(breaker.until - SINCE)
    assert rests[:3] == [timedelta(seconds=each) for each in (10, 20, 40)]
    assert rests == sorted(rests)
    assert rests[-1] == LONGEST_REST
