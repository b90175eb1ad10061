"""Durations: text at the border, times inside."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.domain.durations import BadDuration, read_duration, write_duration

LEAST, MOST = timedelta(seconds=1), timedelta(days=365)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("24h", timedelta(hours=24)),
        ("7d", timedelta(days=7)),
        ("007d", timedelta(days=7)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, duration: timedelta) -> None:
    assert read_duration(text, LEAST, MOST) == duration


@pytest.mark.parametrize(
    "text",
    ["", "7", "d", "7w", "7 d", " 7d", "-7d", "1.5h", "7D", "\u0667d", "99999999s", "7d\n", "0s"],
)
def test_anything_else_is_no_duration(text: str) -> None:
    assert isinstance(read_duration(text, LEAST, MOST), BadDuration)


@given(seconds=st.integers(1, 9_999_999))
def test_a_duration_is_read_as_it_was_written(seconds: int) -> None:
    duration = timedelta(seconds=seconds)
    assert read_duration(write_duration(duration), LEAST, MOST) == duration


def test_no_time_is_written_too() -> None:
    assert write_duration(timedelta(0)) == "0s"
