"""One watcher: from their subscription to the end of their connection.

Rule 1: what is next depends on the number they stand at alone, so a new connection goes on there.
Rule 2: a watcher who takes nothing waits alone; the network cuts them off (`app.http`).
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final, Protocol

import msgspec
import trio
from attrs import define, field, frozen

from kaisa_relay.domain.channel import Pace
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.feed.asyncapi import document
from kaisa_relay.feed.choosing import Chooser, Wanted
from kaisa_relay.feed.composing import Composed, compose
from kaisa_relay.feed.frames import (
    Refused,
    error_frame,
    gap_frame,
    read_frame,
    snapshot_frame,
)
from kaisa_relay.feed.hub import Hub, Room
from kaisa_relay.feed.positions import write_position
from kaisa_relay.feed.ring import Entry
from kaisa_relay.ports import Following, Standing, StoreUnavailable

NORMAL: Final = 1000
GOING_AWAY: Final = 1001
REFUSED: Final = 1008
TOO_LARGE: Final = 1009
TRY_LATER: Final = 1013
KEY_ENDED: Final = 4401
SUBSCRIPTIONS: Final = Pace(interval=1.0, burst=20)

StillValid = Callable[[], Awaitable[bool]]
"""Says whether what opened the door still does."""


class Wire(Protocol):
    """An accepted WebSocket."""

    async def send(self, text: str) -> None:
        """Send one text frame; returns when it is handed to the network."""
        ...

    async def receive(self) -> str | bytes | None:
        """Return the next frame."""
        ...

    async def close(self, code: int, reason: str) -> None:
        """End the connection."""
        ...


class Frames(Protocol):
    """Shows what stands as the API shows it."""

    async def standing(self, workspace: WorkspaceId, standing: Standing, named: bool) -> object:
        """Return a msgspec struct with `conversations`, `agents`, `channels` and `more`.

        Unless `named` it holds nobody's name, number or words.
        """
        ...


@frozen
class Limits:
    """Bounds of one watcher; times are seconds."""

    subscribe_within: float = 10.0
    gather: float = 0.05
    """Between two frames of events, so that many go together."""
    most_events: int = 500
    most_standing: int = 500
    look_at_key: float = 1.0
    subscriptions: Pace = SUBSCRIPTIONS
    """Of one connection; who cannot follow subscribes once in 10,000 events."""


class Ended(Exception):
    """The connection is to be closed with this code."""

    def __init__(self, code: int, refused: Refused | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.refused = refused


@frozen
class Feed:
    """Serves watchers."""

    hub: Hub
    following: Following
    frames: Frames
    limits: Limits = field(factory=Limits)
    sent: Callable[[str, int], None] = lambda kind, events: None
    """Told of every frame: its type, and how many events it carries."""

    def described(self, standing: type[msgspec.Struct], version: str) -> dict[str, Any]:
        """Return the AsyncAPI document of a feed whose snapshots hold such a struct."""
        return document(standing, version)

    async def serve(
        self, wire: Wire, workspace: WorkspaceId, still_valid: StillValid, named: bool
    ) -> None:
        """Serve one accepted connection to its end; only if `named` it may see who people are."""
        watcher = _Watcher(self, wire, workspace, still_valid, named)
        try:
            await watcher.run()
        except* Ended as ended:
            await watcher.end(_first(ended))


def _first(group: BaseExceptionGroup[Ended]) -> Ended:
    first = group.exceptions[0]
    return first if isinstance(first, Ended) else _first(first)


@define(eq=False)
class _Watcher:
    feed: Feed
    wire: Wire
    workspace: WorkspaceId
    still_valid: StillValid
    named: bool
    _wanted: Wanted | None = None
    _asked_until: float = 0.0
    _asked: trio.Event = field(factory=trio.Event)
    _serving: trio.CancelScope | None = None

    async def run(self) -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._listen, name="feed: what the watcher says")
            nursery.start_soon(self._see_off, name="feed: goodbye")
            nursery.start_soon(self._look_at_key, name="feed: the key")
            await self._serve()

    async def end(self, ended: Ended) -> None:
        if ended.refused is not None:
            await self._send("error", error_frame(ended.refused))
        await self.wire.close(ended.code, ended.refused.message[:100] if ended.refused else "")

    # --- what may end it

    async def _listen(self) -> None:
        while True:
            asked = read_frame(self.workspace, await self.wire.receive())
            if isinstance(asked, Refused):
                raise Ended(TOO_LARGE if asked.code == "too_large" else REFUSED, asked)
            self._heed(asked)
            self._asked.set()
            if self._serving is not None:
                self._serving.cancel()

    def _heed(self, asked: Wanted) -> None:
        """Count one more subscription. Raises `Ended`, for each may cost a snapshot."""
        pace, now = self.feed.limits.subscriptions, trio.current_time()
        if pace.wait(self._asked_until, now) > 0:
            rule = f"subscribe once in {pace.interval:g} s, at most {pace.burst} times in a row"
            raise Ended(REFUSED, Refused("too_many_subscriptions", rule))
        self._asked_until = pace.spend(self._asked_until, now)
        self._wanted = asked

    async def _see_off(self) -> None:
        await self.feed.hub.closing.wait()
        raise Ended(GOING_AWAY)

    async def _look_at_key(self) -> None:
        valid = True
        while valid:
            await trio.sleep(self.feed.limits.look_at_key)
            with suppress(StoreUnavailable):  # which says nothing about the key
                valid = await self.still_valid()
        raise Ended(KEY_ENDED, Refused("key_ended", "the key is no longer valid"))

    # --- what is sent

    async def _serve(self) -> None:
        with trio.move_on_after(self.feed.limits.subscribe_within):
            await self._asked.wait()
        if self._wanted is None:
            raise Ended(REFUSED, Refused("no_subscription", 'send {"type": "subscribe"}'))
        while True:
            await self._asked.wait()
            self._asked, wanted = trio.Event(), self._wanted
            with trio.CancelScope() as self._serving, self.feed.hub.room(self.workspace) as room:
                try:
                    await self._watch(room, wanted)
                except StoreUnavailable:
                    later = Refused("unavailable", "the database is away; try again soon")
                    raise Ended(TRY_LATER, later) from None

    async def _watch(self, room: Room, wanted: Wanted) -> None:
        """Send a snapshot or what was missed, then what happens; returns at a gap."""
        if wanted.after is None:
            seq = await self._snapshot()
        else:
            seq = await self._catch_up(room, wanted, wanted.after)
        while True:
            await room.wait_after(seq)
            frame = await self._next(room, wanted, seq)
            if frame is None:
                await self._send("gap", gap_frame(self._position(seq)))
                return
            room.pace(self.feed.limits.gather)
            seq = await self._give(frame)
            await trio.sleep_until(room.next_at)

    async def _snapshot(self) -> int:
        most = self.feed.limits.most_standing
        standing = await self.feed.following.standing(self.workspace, most)
        shown = await self.feed.frames.standing(self.workspace, standing, self.named)
        await self._send("snapshot", snapshot_frame(self._position(standing.position), shown))
        return standing.position

    async def _catch_up(self, room: Room, wanted: Wanted, after: int) -> int:
        if after > await self.feed.following.position(self.workspace):
            raise Ended(REFUSED, Refused("bad_position", "`after` has not happened yet"))
        seq, most = after, self.feed.limits.most_events
        while page := await self.feed.following.events(self.workspace, seq, most):
            entries = [Entry.of(each) for each in page]
            seq = await self._give(await compose(self._chooser(), entries, wanted, room.known))
            if len(page) < most:
                break
        return seq

    async def _next(self, room: Room, wanted: Wanted, seq: int) -> Composed | None:
        """Return the frame after a number that is not the last; None when it is not kept."""
        last = room.ring.last
        found = room.shared.find(seq, last, wanted)
        if found is not None:
            return found
        entries = room.ring.after(seq, self.feed.limits.most_events)
        if entries is None:
            return None
        frame = await compose(self._chooser(), entries, wanted, room.known)
        room.shared.keep(seq, last, wanted, frame)
        return frame

    async def _give(self, frame: Composed) -> int:
        """Send what is wanted; returns the number of the last event that was looked at."""
        if frame.text is not None:
            await self._send("events", frame.text, frame.events)
        return frame.last

    def _chooser(self) -> Chooser:
        return Chooser(self.feed.following, self.workspace)

    async def _send(self, kind: str, frame: str, events: int = 0) -> None:
        """Send a whole frame, whatever else happens: half of one would be the end of it all."""
        with trio.CancelScope(shield=True):
            await self.wire.send(frame)
        self.feed.sent(kind, events)

    def _position(self, seq: int) -> str:
        return write_position(self.workspace, seq)
