"""Follows the live feed over a WebSocket, through every interruption.

Rule 1: the position is kept once its events are shown, and every subscription names it.
Rule 2: what waiting can mend is tried again; what it cannot mend ends the watch, with words.
"""

from collections.abc import Callable
from random import Random
from typing import Any, Final
from urllib.parse import urlsplit

import trio
from attrs import define, frozen
from trio_websocket import (
    ConnectionClosed,
    ConnectionRejected,
    WebSocketConnection,
    wrap_client_stream,
)

from kaisa_relay.cli.connecting import Heeded, NobodyAnswers, first_of, open_stream
from kaisa_relay.cli.feed_frames import (
    Asked,
    Events,
    Gap,
    Problem,
    Snapshot,
    read_frame,
    read_problem,
)
from kaisa_relay.runtime.supervise import RestartPolicy

LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a frame; a snapshot holds hundreds of conversations."""
CONNECTS: Final = 30.0
"""Seconds for a connection, and again for the WebSocket on it."""
QUIET: Final = 30.0
"""Seconds without a frame after which the server is asked whether it is there."""
ANSWERS: Final = 15.0
HAND_OVER: Final = 1.0
"""Seconds to take what has arrived already."""
GOING_AWAY: Final = 1001
TRY_LATER: Final = 1013
ENDING: Final = frozenset({1008, 1009, 4401})
"""Close codes that the same request would get again."""
PAUSES: Final = RestartPolicy(intensity=0, period=1.0, first_delay=0.5, max_delay=15.0)
_REFUSALS: Final = {
    400: "it does not understand the request: is this a relay's address?",
    401: "the key is not valid",
    403: "the key may not watch: it needs the scope feed:read",
    404: "there is no feed at this address: is it a relay's?",
}


@frozen
class Refused:
    """Trying again cannot help."""

    message: str


@frozen
class Lost:
    """Trying again may help; `why` is for the one who waits."""

    why: str


@frozen
class Unread:
    """Nobody reads any more what is shown."""


Outcome = Refused | Lost | Unread


@define(eq=False)
class Watch:
    """`show` takes each event as JSON and says whether anybody reads; `say` is for remarks."""

    asked: Asked
    show: Callable[[bytes], bool]
    say: Callable[[str], None]
    rng: Random
    position: str | None = None
    pauses: RestartPolicy = PAUSES
    _connected: bool = False
    _tries: int = 0

    async def run(self) -> Refused | None:
        """Watch until nobody reads (None) or the server will not have it."""
        while True:
            outcome = await self._once()
            match outcome:
                case Refused():
                    return outcome
                case Unread():
                    return None
                case Lost(why) if not self._connected:
                    return Refused(f"{why} at {self.asked.address}")
                case Lost(why):
                    await self._pause(why)

    async def _pause(self, why: str) -> None:
        self._tries += 1
        seconds = self.pauses.delay(self._tries, self.rng)
        self.say(f"Reconnecting in {seconds:.1f} s: {why}")
        await trio.sleep(seconds)

    async def _once(self) -> Outcome:
        outcome: Outcome = Lost("the connection was lost")
        try:
            async with (
                open_stream(self.asked.address, CONNECTS) as stream,
                trio.open_nursery() as nursery,
            ):
                outcome = await self._talk(nursery, stream)
                nursery.cancel_scope.cancel()
        except* NobodyAnswers as nobody:
            outcome = Lost(str(first_of(nobody)))
        except* ConnectionRejected as shut:  # by trio-websocket's reader, in the nursery
            outcome = _shut(first_of(shut))
        return outcome

    async def _talk(self, nursery: trio.Nursery, stream: Heeded) -> Outcome:
        try:
            socket = await self._open(nursery, stream)
            return await self._follow(socket) if socket else Lost("nobody answers as a WebSocket")
        except ConnectionClosed as closed:
            return _closed(closed.reason.code if closed.reason else None)

    async def _open(self, nursery: trio.Nursery, stream: Heeded) -> WebSocketConnection | None:
        parts = urlsplit(self.asked.address)
        headers = [(b"Authorization", f"Bearer {self.asked.key}".encode())]
        some_stream: Any = stream  # its annotation names two kinds, and any will do
        with trio.move_on_after(CONNECTS) as opening:
            nursery.start_soon(_give_up, stream.ended, opening, name="watch: nobody there")
            return await wrap_client_stream(
                nursery,
                some_stream,
                parts.netloc,
                parts.path,
                extra_headers=headers,
                max_message_size=LARGEST,
            )
        return None

    async def _follow(self, socket: WebSocketConnection) -> Outcome:
        await socket.send_message(self.asked.frame(self.position))
        if self._tries:
            self.say("Connected again.")
        self._connected = True
        while True:
            text = await _next(socket)
            if text is None:
                return Lost("the server has fallen silent")
            self._tries = 0
            match read_frame(text):
                case Snapshot() as snapshot:
                    self._begin(snapshot)
                case Events(position, events):
                    if not all(self.show(bytes(event)) for event in events):
                        return Unread()
                    self.position = position
                case Gap(position):
                    self.position = position
                    await socket.send_message(self.asked.frame(position))
                case Problem(code, message):
                    return Lost(message) if code == "unavailable" else Refused(message)
                case None:
                    return Refused("The server sends what is no frame of a feed.")

    def _begin(self, snapshot: Snapshot) -> None:
        self.position = snapshot.position
        live = f"{len(snapshot.conversations)}{' and more' if snapshot.more else ''}"
        self.say(f"Watching. Live conversations: {live}; agents: {len(snapshot.agents)}.")


async def _next(socket: WebSocketConnection) -> str | bytes | None:
    """Return the next frame; None when the server does not even answer a ping."""
    message: str | bytes
    while True:
        with trio.move_on_after(QUIET):
            message = await socket.get_message()
            return message
        with trio.move_on_after(ANSWERS):
            await socket.ping()
            continue
        # Frames that came meanwhile keep trio-websocket from reading the answer behind them.
        with trio.move_on_after(HAND_OVER):
            message = await socket.get_message()
            return message
        return None


async def _give_up(ended: trio.Event, waiting: trio.CancelScope) -> None:
    await ended.wait()
    waiting.cancel()


def _shut(by: ConnectionRejected) -> Outcome:
    if by.status_code in _REFUSALS:
        return Refused(f"The relay refuses: {_REFUSALS[by.status_code]}")
    return Lost(read_problem(by.body or b"") or f"HTTP status {by.status_code}")


def _closed(code: int | None) -> Outcome:
    if code in ENDING:
        return Refused(f"The relay closed the connection (code {code}).")
    return Lost("the relay is going away" if code == GOING_AWAY else "the connection was lost")
