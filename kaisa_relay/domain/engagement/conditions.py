"""When a trigger applies: comparisons of what is known, joined by all, any and not.

Rule 1: what is not there fits no comparison but `exists: false`; nothing is ever an error.
Rule 2: values of different kinds are never equal, less or more: the text "5" is not the number 5.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, Final, assert_never

from attrs import frozen

from kaisa_relay.domain.engagement.definition import (
    BadDefinition,
    Json,
    each_of,
    join,
    members,
    part,
    words,
)

ROOTS: Final = ("event", "conversation", "metadata")
MOST_JOINED: Final = 20
"""Conditions in one all or any."""
DEEPEST: Final = 5
LONGEST: Final = 500
"""Characters of a path or of a text to compare with."""

Plain = str | int | float | bool | None
Facts = Mapping[str, Any]
"""What is known when an event happens: `event`, `conversation` and `metadata`, as the API shows
them; instants are datetimes."""


class Operator(StrEnum):
    """How a field is compared with a value."""

    EQ = "eq"
    IN = "in"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    CONTAINS = "contains"
    EXISTS = "exists"


@frozen
class Comparison:
    """A field, by its path, beside a value; that of `in` is a tuple, that of `exists` a bool."""

    field: str
    operator: Operator
    value: Plain | tuple[Plain, ...]


@frozen
class All:
    """Every one of them holds; also when there are none."""

    conditions: tuple["Condition", ...]


@frozen
class AnyOf:
    """At least one of them holds."""

    conditions: tuple["Condition", ...]


@frozen
class Not:
    """It does not hold."""

    condition: "Condition"


Condition = Comparison | All | AnyOf | Not
ALWAYS: Final = All(())


def holds(condition: Condition, facts: Facts) -> bool:
    """Say whether a condition holds of what is known."""
    match condition:
        case Comparison():
            return _compares(condition, fact(facts, condition.field))
        case All(conditions):
            return all(holds(each, facts) for each in conditions)
        case AnyOf(conditions):
            return any(holds(each, facts) for each in conditions)
        case Not(inner):
            return not holds(inner, facts)
        case _:
            assert_never(condition)


def fact(facts: Facts, path: str) -> object:
    """Return what is known under a path such as `metadata.car`; None where nothing is.

    A name with dots in it is found as well: `metadata.utm.source` is the key `utm.source` where
    there is one. The items of a list have numbers: `metadata.cars.0`.
    """
    found: object = facts
    rest = path
    while rest:
        if isinstance(found, (list, tuple)):
            found = {str(index): each for index, each in enumerate(found)}
        if not isinstance(found, Mapping):
            return None
        if rest in found:
            return found[rest]
        name, _, rest = rest.partition(".")
        found = found.get(name)
    return found


def _compares(condition: Comparison, known: object) -> bool:
    wanted, operator = condition.value, condition.operator
    match operator:
        case Operator.EXISTS:
            return (known is not None) is wanted
        case Operator.EQ:
            return _same(known, wanted)
        case Operator.IN:
            assert isinstance(wanted, tuple)
            return any(_same(known, each) for each in wanted)
        case Operator.CONTAINS:
            return _contains(known, wanted)
        case Operator.LT | Operator.LTE | Operator.GT | Operator.GTE:
            pair = _comparable(known, wanted)
            return pair is not None and _ORDERS[operator](*pair)
        case _:
            assert_never(operator)


_ORDERS: Final[Mapping[Operator, Callable[[Any, Any], bool]]] = {
    Operator.LT: lambda known, wanted: known < wanted,
    Operator.LTE: lambda known, wanted: known <= wanted,
    Operator.GT: lambda known, wanted: known > wanted,
    Operator.GTE: lambda known, wanted: known >= wanted,
}


def _same(known: object, wanted: object) -> bool:
    pair = _comparable(known, wanted)
    if pair is not None:
        return bool(pair[0] == pair[1])
    return type(known) is type(wanted) and known == wanted


def _contains(known: object, wanted: object) -> bool:
    if isinstance(known, str) and isinstance(wanted, str):
        return wanted.casefold() in known.casefold()
    return isinstance(known, (list, tuple)) and any(_same(each, wanted) for each in known)


def _comparable(known: object, wanted: object) -> tuple[Any, Any] | None:
    """Return both in the form in which one can be less than the other; None where none can."""
    if _number(known) and _number(wanted):
        return known, wanted
    if isinstance(known, str) and isinstance(wanted, str):
        return known, wanted
    if isinstance(known, datetime) and isinstance(wanted, str):
        instant = _instant(wanted)
        return None if instant is None else (known, instant)
    return None


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _instant(text: str) -> datetime | None:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if read.tzinfo is None else read


# --- as their author writes them


def read_condition(
    value: Json, path: str, depth: int = 1, roots: Sequence[str] = ROOTS
) -> Condition:
    """Read `{"field": "metadata.car", "eq": "V60"}` and all, any, not of such.

    A field begins with one of `roots`. Raises `BadDefinition`.
    """
    if depth > DEEPEST:
        raise BadDefinition(path, f"is nested more than {DEEPEST} deep")

    def several(name: str) -> tuple[Condition, ...]:
        where = join(path, name)
        conditions = members(value, path, (name,))[name]
        inner = partial(read_condition, depth=depth + 1, roots=roots)
        return each_of(conditions, where, MOST_JOINED, inner)

    match value:
        case {"all": _}:
            return All(several("all"))
        case {"any": _}:
            return AnyOf(several("any"))
        case {"not": inner}:
            members(value, path, ("not",))
            return Not(read_condition(inner, join(path, "not"), depth + 1, roots))
        case _:
            return _comparison(value, path, roots)


def _comparison(value: Json, path: str, roots: Sequence[str]) -> Comparison:
    given = part(value, path, ("field",), tuple(Operator))
    name = given.read("field", partial(_field, roots=roots), "")
    operators = [each for each in Operator if each in given]
    if len(operators) != 1:
        given.faults.note(path, f"must have exactly one of: {', '.join(Operator)}")
    values = [given.read(each, partial(_wanted, operator=each), None) for each in operators]
    given.check()
    return Comparison(name, operators[0], values[0])


def _field(value: Json, path: str, roots: Sequence[str]) -> str:
    name = words(value, path, LONGEST)
    root, _, rest = name.partition(".")
    if root not in roots or not rest:
        raise BadDefinition(path, f"must begin with one of: {', '.join(roots)}")
    return name


def _wanted(value: Json, path: str, operator: Operator) -> Plain | tuple[Plain, ...]:
    match operator:
        case Operator.EXISTS:
            if not isinstance(value, bool):
                raise BadDefinition(path, "must be true or false")
            return value
        case Operator.IN:
            return each_of(value, path, MOST_JOINED, _plain)
        case Operator.EQ | Operator.CONTAINS:
            return _plain(value, path)
        case _:
            if not (_number(value) or isinstance(value, str)):
                raise BadDefinition(path, "must be a number, a text or an instant")
            return _plain(value, path)


def _plain(value: Json, path: str) -> Plain:
    if isinstance(value, str):
        return value if value == "" else words(value, path, LONGEST)
    if value is None or not isinstance(value, (bool, int, float)):
        raise BadDefinition(path, "must be a text, a number, true or false")
    return value


def write_condition(condition: Condition) -> Json:
    """Write a condition as its author would; it reads the same again."""
    match condition:
        case Comparison(name, operator, value):
            shown = list(value) if isinstance(value, tuple) else value
            return {"field": name, operator.value: shown}
        case All(conditions):
            return {"all": [write_condition(each) for each in conditions]}
        case AnyOf(conditions):
            return {"any": [write_condition(each) for each in conditions]}
        case Not(inner):
            return {"not": write_condition(inner)}
        case _:
            assert_never(condition)
