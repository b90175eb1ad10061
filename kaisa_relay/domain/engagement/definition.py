"""How a trigger's parts are read from the JSON that its author wrote.

Rule 1: everything that is wrong is refused together, each with the path of its field as the author
wrote it.
Rule 2: a member that we do not know is refused as well: a misspelt condition must not be none.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from attrs import define, evolve, field, frozen

T = TypeVar("T")

Json = Any
"""What a JSON parser returns."""


@frozen
class BadDefinition(Exception):
    """A definition that cannot be used; `field` is a path such as `steps[0].after`.

    `others` are what else is wrong with it.
    """

    field: str
    reason: str
    others: tuple["BadDefinition", ...] = ()

    @property
    def every(self) -> tuple["BadDefinition", ...]:
        """All that is wrong, this first."""
        return (evolve(self, others=()), *self.others)


@define
class Faults:
    """What is found wrong while a part is read; `check` refuses all of it."""

    found: list[BadDefinition] = field(factory=list)

    def note(self, path: str, reason: str) -> None:
        """Note one."""
        self.found.append(BadDefinition(path, reason))

    def read(self, reader: Callable[[], T], instead: T) -> T:
        """Return what is read, or `instead` after noting what is wrong with it."""
        try:
            return reader()
        except BadDefinition as bad:
            self.found += bad.every
            return instead

    def check(self) -> None:
        """Raise `BadDefinition` where anything was noted."""
        if self.found:
            first, *others = self.found
            raise BadDefinition(first.field, first.reason, tuple(others))


@define
class Part:
    """An object, read member by member; what is wrong is gathered until `check`."""

    given: Mapping[str, Json]
    path: str
    faults: Faults = field(factory=Faults)

    def __contains__(self, name: str) -> bool:
        """Say whether a member is there."""
        return name in self.given

    def read(self, name: str, reader: Callable[[Json, str], T], instead: T) -> T:
        """Return a member as it is read, or `instead` where it is not there or wrong."""
        if name not in self.given:
            return instead
        value, path = self.given[name], join(self.path, name)
        return self.faults.read(lambda: reader(value, path), instead)

    def check(self) -> None:
        """Raise `BadDefinition` where anything is wrong."""
        self.faults.check()


def part(value: Json, path: str, required: Collection[str], optional: Collection[str] = ()) -> Part:
    """Begin to read an object; members that are missing or unknown are noted.

    Raises `BadDefinition` where it is no object.
    """
    if not isinstance(value, dict):
        raise BadDefinition(path, "must be an object")
    begun = Part(value, path)
    for name in value:
        if name not in required and name not in optional:
            known = ", ".join(sorted({*required, *optional}))
            begun.faults.note(join(path, name), f"is not known here; there are: {known}")
    for name in required:
        if name not in value:
            begun.faults.note(join(path, name), "is missing")
    return begun


def members(
    value: Json, path: str, required: Collection[str], optional: Collection[str] = ()
) -> Mapping[str, Json]:
    """Return an object that has every required member and no unknown one."""
    begun = part(value, path, required, optional)
    begun.check()
    return begun.given


def items(value: Json, path: str, most: int) -> Sequence[Json]:
    """Return a list of one to `most` items."""
    if not isinstance(value, list) or not 1 <= len(value) <= most:
        raise BadDefinition(path, f"must be a list of 1 to {most}")
    return value


def each_of(value: Json, path: str, most: int, reader: Callable[[Json, str], T]) -> tuple[T, ...]:
    """Return a list of one to `most` items, each as it is read."""
    faults, read = Faults(), list[T]()
    for index, one in enumerate(items(value, path, most)):
        with_path = f"{path}[{index}]"
        try:
            read.append(reader(one, with_path))
        except BadDefinition as bad:
            faults.found += bad.every
    faults.check()
    return tuple(read)


def words(value: Json, path: str, longest: int) -> str:
    """Return a text of one to `longest` characters."""
    if not isinstance(value, str) or not 1 <= len(value) <= longest:
        raise BadDefinition(path, f"must be a text of 1 to {longest} characters")
    return value


def join(path: str, name: str) -> str:
    """Return the path of a member."""
    return f"{path}.{name}" if path else name
