"""How a trigger's parts are read from the JSON that its author wrote.

Rule 1: the first thing that is wrong is refused, with the path of its field as the author wrote it.
Rule 2: a member that we do not know is refused as well: a misspelt condition must not be none.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from attrs import frozen

Json = Any
"""What a JSON parser returns."""


@frozen
class BadDefinition(Exception):
    """A definition that cannot be used; `field` is a path such as `steps[0].after`."""

    field: str
    reason: str


def members(
    value: Json, path: str, required: Collection[str], optional: Collection[str] = ()
) -> Mapping[str, Json]:
    """Return an object that has every required member and no unknown one."""
    if not isinstance(value, dict):
        raise BadDefinition(path, "must be an object")
    for name in value:
        if name not in required and name not in optional:
            known = ", ".join(sorted({*required, *optional}))
            raise BadDefinition(join(path, name), f"is not known here; there are: {known}")
    for name in required:
        if name not in value:
            raise BadDefinition(join(path, name), "is missing")
    return value


def items(value: Json, path: str, most: int) -> Sequence[Json]:
    """Return a list of one to `most` items."""
    if not isinstance(value, list) or not 1 <= len(value) <= most:
        raise BadDefinition(path, f"must be a list of 1 to {most}")
    return value


def words(value: Json, path: str, longest: int) -> str:
    """Return a text of one to `longest` characters."""
    if not isinstance(value, str) or not 1 <= len(value) <= longest:
        raise BadDefinition(path, f"must be a text of 1 to {longest} characters")
    return value


def join(path: str, name: str) -> str:
    """Return the path of a member."""
    return f"{path}.{name}" if path else name
