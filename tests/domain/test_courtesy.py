"""How often somebody without a conversation is answered."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.domain.courtesy import (
    BLOCKED_PERIOD,
    MOST,
    PERIOD,
    Courtesy,
    blocked_courtesy,
    courtesy,
)
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import after

NOBODY = TextKey.OUT_OF_SESSION_VISITOR


@given(gaps=st.lists(st.integers(0, 4000), max_size=60))
def test_nobody_is_answered_more_than_so_often_in_any_period(gaps: list[int]) -> None:
    now, answered, known = after(0), [], Courtesy()
    for gap in gaps:
        now += timedelta(seconds=gap)
        known = courtesy(known, NOBODY, now)
        if not known.silent:
            answered.append(now)
        assert sum(now - each < PERIOD for each in answered) <= MOST
        assert len(known.answered) <= MOST


def test_after_the_period_they_are_answered_again() -> None:
    known = Courtesy()
    for _ in range(MOST):
        known = courtesy(known, NOBODY, after(0))
        assert not known.silent
    assert courtesy(known, NOBODY, after(0) + PERIOD - timedelta(seconds=1)).silent
    assert not courtesy(known, NOBODY, after(0) + PERIOD).silent


def test_what_an_agent_asks_for_is_always_answered_and_does_not_count() -> None:
    full = Courtesy((after(0),) * MOST, silent=True)
    for text in (TextKey.HELP_AGENT, TextKey.STATUS_FREE):
        assert courtesy(full, text, after(1)) == Courtesy(full.answered)


def test_somebody_blocked_is_told_once_a_day() -> None:
    known = blocked_courtesy(Courtesy(), after(0))
    assert not known.silent
    again = blocked_courtesy(known, after(0) + BLOCKED_PERIOD - timedelta(seconds=1))
    assert again == Courtesy(known.answered, silent=True)
    assert not blocked_courtesy(again, after(0) + BLOCKED_PERIOD).silent
