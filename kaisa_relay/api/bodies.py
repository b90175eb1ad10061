"""A request's body: bytes to one of our shapes, or everything that is wrong with it.

Rule 1: all errors of one kind are found at once, each with the path of its field.
Rule 2: a reason never repeats a value, only the name of a field.
"""

from types import UnionType
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from attrs import field, frozen
from msgspec import Struct
from quart import Request

from kaisa_relay.api.problems import FieldError, Problem, invalid, problem
from kaisa_relay.api.refusals import BadJson, WrongMediaType

S = TypeVar("S", bound=Struct)

MOST_ERRORS: Final = 100
LONGEST_FIELD: Final = 64
_WHOLE: Final = "body"


@frozen
class Errors:
    """What was found so far; after the first hundred nobody reads on."""

    found: list[FieldError] = field(factory=list)

    def add(self, name: str, message: str) -> None:
        """Note what is wrong with a field."""
        if len(self.found) < MOST_ERRORS:
            self.found.append(FieldError(name, message))

    def problem(self) -> Problem:
        """Return what was found as an answer."""
        return invalid(*self.found)


async def receive_body(request: Request) -> bytes:
    """Return the whole body; Quart raises what becomes 413 or 408."""
    return await request.get_data(True, False, False)


def read_json(request: Request, body: bytes) -> object:
    """Return what the body holds as JSON, or the `Problem` with it."""
    if request.mimetype != "application/json":
        return problem(WrongMediaType)
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError as wrong:
        return problem(BadJson, str(wrong))
    except UnicodeDecodeError:
        return problem(BadJson, "The body is not UTF-8")
    except RecursionError:
        return problem(BadJson, "The body is nested too deeply")


def read_body(request: Request, body: bytes, shape: type[S]) -> S | Problem:
    """Return the body as `shape`; defaults are its own, types are strict, null means absent."""
    value = read_json(request, body)
    if isinstance(value, Problem):
        return value
    errors = Errors()
    read = read_shape(shape, value, "", errors)
    return errors.problem() if read is None else read


def read_shape(shape: type[S], value: object, at: str, errors: Errors) -> S | None:
    """Return `value` as `shape`, or None after noting what is wrong below the path `at`."""
    if not isinstance(value, dict):
        errors.add(at or _WHOLE, f"must be an object, not {_kind(value)}")
        return None
    before = len(errors.found)
    types = get_type_hints(shape, include_extras=True)
    for name in value:
        if name not in types:
            errors.add(_below(at, name[:LONGEST_FIELD]), f"is unknown; known are {_names(types)}")
    given: dict[str, Any] = {}
    for known in msgspec.structs.fields(shape):
        path = _below(at, known.name)
        if value.get(known.name) is not None:
            given[known.name] = _read_value(types[known.name], value[known.name], path, errors)
        elif known.required:
            errors.add(path, "is required")
    return shape(**given) if len(errors.found) == before else None


def _read_value(declared: object, value: object, path: str, errors: Errors) -> object:
    wanted = _bare(declared)
    if isinstance(wanted, type) and issubclass(wanted, Struct):
        return read_shape(wanted, value, path, errors)
    if get_origin(wanted) is list:
        return _read_list(get_args(wanted)[0], value, path, errors)
    python, name = _LEAVES[get_origin(wanted) or wanted]
    if type(value) is not python:
        errors.add(path, f"must be {name}, not {_kind(value)}")
    return value


def _read_list(item: type[Struct], value: object, path: str, errors: Errors) -> object:
    if not isinstance(value, list):
        errors.add(path, f"must be a list, not {_kind(value)}")
        return None
    return [read_shape(item, each, f"{path}[{index}]", errors) for index, each in enumerate(value)]


_LEAVES: Final[dict[object, tuple[type, str]]] = {
    str: (str, "a string"),
    int: (int, "a whole number"),
    bool: (bool, "true or false"),
    dict: (dict, "an object"),
}


def _bare(declared: object) -> object:
    """Return a declared type without its description and without its None."""
    if get_origin(declared) is Annotated:
        return _bare(get_args(declared)[0])
    if isinstance(declared, UnionType) or str(get_origin(declared)) == "typing.Union":
        (wanted,) = (each for each in get_args(declared) if each is not type(None))
        return _bare(wanted)
    return declared


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case str():
            return "a string"
        case int():
            return "a number"
        case float():
            return "a decimal number"
        case list():
            return "a list"
        case _:
            return "an object"


def _below(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name


def _names(types: dict[str, Any]) -> str:
    return ", ".join(types)
