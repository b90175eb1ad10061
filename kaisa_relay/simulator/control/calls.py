"""What every control call needs: its body and query read, its channel and person found."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET
from quart import Blueprint, request

from ..config import ChannelConfig
from ..people.person import Person
from ..world import World

T = TypeVar("T")
Shown = dict[str, Any]
Route = tuple[str, str, Callable[..., Coroutine[Any, Any, Any]]]


class ControlProblem(Exception):
    """A control call that cannot be done; the text says what is wrong with it."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def add_routes(routes: Blueprint, table: tuple[Route, ...]) -> Blueprint:
    """Mount a table of path, method and handler."""
    for path, method, handler in table:
        routes.add_url_rule(path, handler.__name__, handler, methods=[method])
    return routes


async def read_body(shape: type[T]) -> T:
    """The JSON body of the request; an empty one counts as `{}`."""
    try:
        return msgspec.json.decode(await request.get_data() or b"{}", type=shape)
    except (msgspec.DecodeError, msgspec.ValidationError) as problem:
        raise ControlProblem(400, str(problem)) from problem


def given(body: msgspec.Struct) -> Shown:
    """The fields that a body has."""
    values = {name: getattr(body, name) for name in body.__struct_fields__}
    return {name: value for name, value in values.items() if value is not UNSET}


def integer(name: str, default: int) -> int:
    """A whole number in the query."""
    return int(_number(name, default))


def seconds(name: str) -> float:
    """A time in the query; 0 if absent."""
    return _number(name, 0.0)


def _number(name: str, default: float) -> float:
    text = request.args.get(name)
    try:
        value = default if text is None else float(text)
    except ValueError as problem:
        raise ControlProblem(400, f"{name} must be a number") from problem
    if not 0 <= value < 2**53:
        raise ControlProblem(400, f"{name} must be a number from 0")
    return value


def find_person(world: World, number: str) -> Person:
    """The person meant by a number, a username or a BSUID."""
    person = world.people.find(number)
    if person is None:
        raise ControlProblem(
            404, f"there is no person {number}; create them with POST /_sim/people"
        )
    return person


def connected_person(world: World, number: str) -> Person:
    """As `find_person`, with a phone that is online."""
    person = find_person(world, number)
    if not person.online:
        raise ControlProblem(409, f"the phone of {number} is offline")
    return person


def find_channel(world: World, name: object) -> ChannelConfig:
    """The channel meant by a phone_number_id or a number; None means the only one there is."""
    if name is None and len(world.channels) == 1:
        return next(iter(world.channels.values()))
    if not isinstance(name, str):
        raise ControlProblem(400, "channel must be a phone_number_id or a number")
    channel = world.channel(name)
    if channel is None:
        raise ControlProblem(404, f"there is no channel {name}; create it with POST /_sim/channels")
    return channel
