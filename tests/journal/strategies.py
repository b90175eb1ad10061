"""Any value of a class of ours, from its annotations."""

from datetime import UTC, datetime, timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

from attrs import has
from hypothesis import strategies as st

SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    int: st.integers(-(1 << 63), (1 << 63) - 1),
    str: st.text(st.characters(exclude_categories=["Cs"])),
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    datetime: st.datetimes(timezones=st.just(UTC)),
    timedelta: st.timedeltas(timedelta(0), timedelta(days=400)),
    NoneType: st.none(),
}


def any_of(hint: Any) -> st.SearchStrategy[Any]:
    """Return values of a type as our frozen classes annotate it."""
    if isinstance(hint, NewType):
        return any_of(hint.__supertype__)
    if get_origin(hint) is tuple:
        return _tuples(get_args(hint))
    if get_origin(hint) in (Union, UnionType):
        return st.one_of([any_of(member) for member in get_args(hint)])
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    if has(hint):
        return st.deferred(lambda: _instances(hint))
    return SCALARS[hint]


def _tuples(members: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if members[-1] is Ellipsis:
        return st.lists(any_of(members[0]), max_size=3).map(tuple)
    return st.tuples(*(any_of(member) for member in members))


def _instances(of: type) -> st.SearchStrategy[Any]:
    hints = get_type_hints(of)
    return st.builds(of, **{name: any_of(hint) for name, hint in hints.items()})
