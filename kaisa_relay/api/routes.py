"""How a resource says what it answers, and to whom."""

from collections.abc import Awaitable, Callable
from enum import Enum
from functools import wraps
from typing import Protocol

from attrs import frozen
from quart import Response

from kaisa_relay.api.problems import Problem
from kaisa_relay.ports.keys import Scope

View = Callable[..., Awaitable[Response | Problem]]


class Access(Enum):
    """Who may call what needs no scope: anybody within the address's limit, or without limit."""

    PUBLIC = "public"
    UNLIMITED = "unlimited"


@frozen
class Route:
    """One address and method."""

    rule: str
    view: View
    access: Scope | Access
    method: str = "GET"

    @property
    def endpoint(self) -> str:
        """The name by which logs and the key check know it."""
        return f"{self.method} {self.rule}".replace(".", "_")  # a dot would name a blueprint


class Resource(Protocol):
    """One thing that the API speaks of."""

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        ...


def answering(view: View) -> Callable[..., Awaitable[Response]]:
    """Return the view with its problems turned into responses."""

    @wraps(view)
    async def answered(*args: object, **kwargs: object) -> Response:
        outcome = await view(*args, **kwargs)
        return outcome.answer() if isinstance(outcome, Problem) else outcome

    return answered
