"""How a request leaves and what comes back, whichever library carries it.

Rule 1: every end of a call is a value; only cancellation is raised.
Rule 2: `NotSent` is said of what certainly did not reach the far end as a whole, by facts;
where they leave doubt it is `Broken`.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, Protocol

import outcome
import trio
from attrs import define, field, frozen

Method = Literal["GET", "POST"]
Headers = tuple[tuple[str, str], ...]


@frozen
class Limits:
    """What a call may take and what is kept open; times in seconds.

    `connect` also covers the wait for a connection; `whole` is the time from start to last byte.
    """

    connect: float = 5.0
    whole: float = 35.0
    answer_bytes: int = 256 * 1024
    connections: int = 100
    idle: float = 15.0
    """Well before the far end gives up: a connection that dies as it is used leaves doubt."""


LIMITS: Final = Limits()


@define
class Request:
    """One call; `body` None is a call without one."""

    method: Method
    url: str = field(repr=False)
    headers: Headers = field(repr=False)
    body: bytes | None = field(repr=False)


@define
class Answered:
    """The far end answered, whole; `lines` are its headers as they came."""

    status: int
    lines: Sequence[bytes] = field(repr=False)
    body: bytes = field(repr=False)

    def header(self, name: str) -> str | None:
        """Return the first header of this name, in whatever case."""
        start = name.lower().encode() + b":"
        found = None
        for line in self.lines:
            if line.startswith(b"HTTP/"):
                found = None  # a provisional answer (100, 103) came before this one
            elif found is None and line[: len(start)].lower() == start:
                found = line[len(start) :].strip().decode("latin-1")
        return found


@frozen
class NotSent:
    """Certainly not acted on. `unreachable`: there was no connection, so others fail as well."""

    reason: str
    unreachable: bool = True


@frozen
class Broken:
    """There is no answer, and the request may have been acted on."""

    reason: str


Reply = Answered | NotSent | Broken
OnReply = Callable[[Reply], None]


class Call(Protocol):
    """A call that was started."""

    def cancel(self) -> None:
        """Give it up: its `on_reply` is not called any more. Harmless after the reply."""
        ...


class Transport(Protocol):
    """Carries requests; many at once."""

    def start_nowait(self, request: Request, on_reply: OnReply) -> Call:
        """Start a call; `on_reply` is called once, later, from Trio's thread; it must not raise."""
        ...


async def call(transport: Transport, request: Request) -> Reply:
    """Make one call and wait for its end; who is cancelled gives the call up."""
    await trio.lowlevel.checkpoint_if_cancelled()
    task = trio.lowlevel.current_task()

    def on_reply(reply: Reply) -> None:
        trio.lowlevel.reschedule(task, outcome.Value(reply))

    started = transport.start_nowait(request, on_reply)

    def abort(raise_cancel: Any) -> trio.lowlevel.Abort:
        started.cancel()
        return trio.lowlevel.Abort.SUCCEEDED

    reply: Reply = await trio.lowlevel.wait_task_rescheduled(abort)
    return reply
