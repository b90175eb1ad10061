"""Events as JSON that leaves out what the row's columns say and what has not happened.

Rule 1: an absent field is what its class gives it, else None, False or nothing: that never changes.
Rule 2: what an older program wrote in full is read by the same decoder.
"""

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar, cast, get_args, get_origin, get_type_hints

import attrs
import msgspec

T = TypeVar("T")

Columns = Mapping[str, Any]
"""What the columns of a row say: field by name."""

_encode: Final = msgspec.json.Encoder().encode


class EventJson(Generic[T]):
    """Writes and reads one class of events; `told` are the fields that columns hold."""

    def __init__(self, of: type[T], told: frozenset[str]) -> None:
        types = get_type_hints(of)
        known: tuple[attrs.Attribute[Any], ...] = attrs.fields(cast(Any, of))
        shape = [_field(each, types[each.name]) for each in known if each.name not in told]
        shape.sort(key=len)  # those that must be there come first
        self._class = of
        self._names = [each[0] for each in shape]
        self._told = sorted(told)
        shape += [(name, types[name] | msgspec.UnsetType, msgspec.UNSET) for name in self._told]
        self._struct = msgspec.defstruct(of.__name__, shape, omit_defaults=True)
        self._values = _values(self._names)
        self.decode = msgspec.json.Decoder(self._struct).decode

    def encode(self, event: T) -> str:
        """Return the event's JSON without what its columns hold."""
        return _encode(self._struct(*self._values(event))).decode()

    def convert(self, plain: Mapping[str, Any]) -> Any:
        """Return what a plain object holds, for `event`."""
        return msgspec.convert(plain, self._struct)

    def event(self, read: Any, columns: Columns) -> T:
        """Return the event; raises `KeyError` where neither JSON nor columns hold a field."""
        values = dict(zip(self._names, self._values(read), strict=True))
        for name in self._told:
            value = getattr(read, name)
            values[name] = columns[name] if value is msgspec.UNSET else value
        return self._class(**values)


def _field(field: "attrs.Attribute[Any]", kind: Any) -> tuple[Any, ...]:
    if field.default is not attrs.NOTHING:
        return field.name, kind, field.default
    if type(None) in get_args(kind):
        return field.name, kind, None
    if kind is bool:
        return field.name, kind, False
    if get_origin(kind) is tuple:
        return field.name, kind, ()
    return field.name, kind


def _values(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Return what reads these attributes; a getter of one returns no tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda read: tuple(getattr(read, name) for name in names)
