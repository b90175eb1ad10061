"""Saved views: what the list or a report was asked for, under a name that a team knows it by."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from attrs import frozen

from kaisa_relay.domain.explore.fields import SORTABLE
from kaisa_relay.domain.explore.filtering import Filter, Mistake, read_filter
from kaisa_relay.domain.explore.grouping import read_dimension, read_zone
from kaisa_relay.domain.explore.reports import FIGURES, ReportName
from kaisa_relay.domain.ids import ViewId

LONGEST_NAME: Final = 80
LONGEST_QUERY: Final = 8_000
"""Characters of all names and values together."""

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
    """Read a view, or everything that is wrong with it; an empty value is as good as none."""
    given = tuple(each for each in pairs if each[1])
    called = " ".join(name.split())
    mistakes: list[Mistake] = []
    if not called or len(called) > LONGEST_NAME or not called.isprintable():
        mistakes.append(Mistake("name", f"must have 1 to {LONGEST_NAME} characters"))
    if place not in tuple(Place):
        mistakes.append(Mistake("place", f"is unknown; known are {', '.join(Place)}"))
    if sum(len(each) + len(text) for each, text in given) > LONGEST_QUERY:
        mistakes.append(Mistake("query", f"must have at most {LONGEST_QUERY} characters"))
    shown = SHOWN.get(place, {})
    mistakes += (
        Mistake("query", f"{each} is not understood")
        for each, text in given
        if each in shown and not shown[each](text)
    )
    found = read_filter(each for each in given if each[0] not in shown)
    if not isinstance(found, Filter):
        mistakes += (Mistake("query", f"{each.name} {each.message}".strip()) for each in found)
    if mistakes:
        return tuple(mistakes)
    return View(id, called, Place(place), given)


def _is_order(text: str) -> bool:
    return text.removeprefix("-") in SORTABLE


def _is_figure(text: str) -> bool:
    return any(text == each.name for figures in FIGURES.values() for each in figures)


SHOWN: Final[Mapping[str, Mapping[str, Callable[[str], object]]]] = {
    Place.LIST: {"sort": _is_order},
    Place.REPORTS: {
        "report": tuple(ReportName).__contains__,
        "figure": _is_figure,
        "by": read_dimension,
        "zone": read_zone,
        "compare": ("true", "false").__contains__,
    },
}
"""Parameters that say how it is shown, and who reads them; all others are conditions."""
