"""Instants as the tables keep them: whole microseconds since 1970 in UTC, on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Final, overload

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@overload
def to_micros(at: datetime) -> int: ...
@overload
def to_micros(at: datetime | None) -> int | None: ...


def to_micros(at: datetime | None) -> int | None:
    """Return the instant as the tables keep it."""
    return None if at is None else (at - _EPOCH) // _MICROSECOND


@overload
def from_micros(micros: int) -> datetime: ...
@overload
def from_micros(micros: int | None) -> datetime | None: ...


def from_micros(micros: int | None) -> datetime | None:
    """Return the instant behind a column."""
    return None if micros is None else _EPOCH + timedelta(microseconds=micros)
