"""Which conversations Explore is asked for, and where its list goes on.

Rule 1: a cursor is checked, not trusted, and goes on in the order that it was given out in.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error, crc32
from math import isfinite
from struct import Struct
from typing import Final

from attrs import frozen
from werkzeug.datastructures import MultiDict

from kaisa_relay.api.bodies import Errors
from kaisa_relay.api.problems import Problem, problem
from kaisa_relay.api.queries import Query
from kaisa_relay.api.refusals import BadCursor
from kaisa_relay.api.shapes import MOST_PER_PAGE, USUAL_PER_PAGE, PageQuery
from kaisa_relay.domain.explore.fields import SORTABLE
from kaisa_relay.domain.explore.filtering import Filter, read_filter
from kaisa_relay.ports.explore import Cursor, Page, Sort

_ORDER: Final = "sort"
_OWN: Final = (*PageQuery.__struct_fields__, _ORDER)
_LAYOUT: Final = Struct(">B?dQI")
_LENGTH: Final = 30
"""Characters of base64 that hold the 22 bytes, without padding."""
_LARGEST: Final = 1 << 62


@frozen
class Asked:
    """Which conversations, and which page of them."""

    which: Filter
    page: Page


def read_asked(args: MultiDict[str, str]) -> Asked | Problem:
    """Read a list's parameters, or say all that is wrong with them."""
    query = Query(MultiDict((name, text) for name, text in _pairs(args) if name in _OWN), _Own)
    which = read_filter((name, text) for name, text in _pairs(args) if name not in _OWN)
    if not isinstance(which, Filter):
        for each in which:
            query.errors.add(each.name, each.message)
    sort = _sort(query.text(_ORDER), query.errors)
    limit = query.number("limit", range(1, MOST_PER_PAGE + 1), USUAL_PER_PAGE)
    cursor = query.text("cursor")
    if query.errors.found or not isinstance(which, Filter):
        return query.errors.problem()
    after = None if cursor is None else read_cursor(sort, cursor)
    if cursor is not None and after is None:
        return problem(BadCursor)
    return Asked(which, Page(limit, sort, after))


class _Own(PageQuery, frozen=True):
    sort: str | None = None


def _pairs(args: MultiDict[str, str]) -> list[tuple[str, str]]:
    return list(args.items(multi=True))


def _sort(text: str | None, errors: Errors) -> Sort:
    if text is None:
        return Sort()
    field = text.removeprefix("-")
    if field not in SORTABLE:
        errors.add(_ORDER, f"is unknown; known are {', '.join(SORTABLE)}, each with a - before it")
    return Sort(field, text.startswith("-"))


def write_cursor(sort: Sort, after: Cursor) -> str:
    """Return the cursor that goes on after a conversation of a list in this order."""
    order = 2 * SORTABLE.index(sort.field) + sort.descending
    packed = _LAYOUT.pack(order, after.value is not None, after.value or 0.0, after.id, 0)
    checked = packed[:-4] + crc32(packed[:-4]).to_bytes(4)
    return urlsafe_b64encode(checked).decode().rstrip("=")


def read_cursor(sort: Sort, text: str) -> Cursor | None:
    """Return where a list in this order goes on, or None when we never gave out such a cursor."""
    if len(text) != _LENGTH or not text.isascii():
        return None
    try:
        packed = urlsafe_b64decode(text + "==")
    except Error:
        return None
    if len(packed) != _LAYOUT.size:
        return None
    _, valued, value, id, _ = _LAYOUT.unpack(packed)
    if not isfinite(value) or abs(value) > _LARGEST or id > _LARGEST:
        return None
    number = value if sort.field == "value" else int(value)
    after = Cursor(number if valued else None, id)
    return after if write_cursor(sort, after) == text else None
