"""Saved views: what the list or a report was asked for, under a name that a team knows it by."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from attrs import frozen

from kaisa_relay.domain.explore.filtering import Filter, Mistake, read_filter
from kaisa_relay.domain.ids import ViewId

LONGEST_NAME: Final = 80
MOST_PAIRS: Final = 100
SHOWN: Final = frozenset({"sort", "by", "zone", "compare", "report", "figure"})
"""Parameters that say how it is shown; all others are conditions."""

Pairs = tuple[tuple[str, str], ...]


class Place(StrEnum):
    """Where a view is looked at."""

    LIST = "explore"
    REPORTS = "reports"


@frozen
class View:
    """A view; `pairs` are the parameters of an address."""

    id: ViewId
    name: str
    place: Place
    pairs: Pairs


def read_view(
    id: ViewId, name: str, place: str, pairs: Sequence[tuple[str, str]]
) -> View | tuple[Mistake, ...]:
    """Read a view, or everything that is wrong with it."""
    mistakes: list[Mistake] = []
    called = " ".join(name.split())
    if not called or len(called) > LONGEST_NAME or not called.isprintable():
        mistakes.append(Mistake("name", f"must have 1 to {LONGEST_NAME} characters"))
    if place not in tuple(Place):
        mistakes.append(Mistake("place", f"is unknown; known are {', '.join(Place)}"))
    if len(pairs) > MOST_PAIRS or any(len(text) > LONGEST_NAME for _, text in _shown(pairs)):
        mistakes.append(Mistake("query", "is too long"))
    found = read_filter(each for each in pairs if each[0] not in SHOWN)
    if not isinstance(found, Filter):
        mistakes += (Mistake("query", f"{each.name} {each.message}".strip()) for each in found)
    if mistakes:
        return tuple(mistakes)
    return View(id, called, Place(place), tuple(pairs))


def _shown(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [each for each in pairs if each[0] in SHOWN]
