"""The feed behind the API on a real socket, over a store in memory or a real one."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, cast

import trio
from attrs import define, field
from hypercorn.trio import serve
from trio_websocket import ConnectionClosed, WebSocketConnection, wrap_client_stream

from kaisa_relay.api import Dependencies, StandingFrames, create_api
from kaisa_relay.api.early_answers import EarlyAnswers
from kaisa_relay.api.feed.seats import Bounds
from kaisa_relay.api.in_flight import InFlight
from kaisa_relay.app.http import http_config
from kaisa_relay.domain.ids import from_text
from kaisa_relay.feed import Feed, Hub, Limits
from kaisa_relay.ports.engagement import Engagement
from kaisa_relay.ports.erasing import Erasing
from kaisa_relay.ports.explore import Explore
from kaisa_relay.ports.export_jobs import ExportJobs
from kaisa_relay.ports.exports import Exports
from kaisa_relay.ports.keys import ApiKey, Scope
from kaisa_relay.ports.managing import Managing
from kaisa_relay.ports.reports import Reports
from kaisa_relay.ports.saved_views import Views
from kaisa_relay.setting_values import Bind
from kaisa_relay.settings import Settings
from kaisa_relay.whatsapp import links
from tests.api.bench import Bench
from tests.api.fakes import EPOCH, MemoryBoards, MemoryChannels, MemoryKept, MemoryKeys
from tests.api.users import MemoryUsers
from tests.contracts.world import World

KEY = "kr_watcher"
Frame = dict[str, Any]


@define(eq=False)
class Watcher:
    """A client of the feed."""

    socket: WebSocketConnection

    async def subscribe(self, **fields: object) -> None:
        """Ask for something."""
        await self.say({"type": "subscribe", **fields})

    async def say(self, frame: object) -> None:
        """Send any JSON."""
        await self.socket.send_message(json.dumps(frame))

    async def frame(self) -> Frame:
        """Return the next frame."""
        with trio.fail_after(10):
            frame: Frame = json.loads(await self.socket.get_message())
        return frame

    async def numbers(self, upto: int) -> list[int]:
        """Return the numbers of the events in the coming frames, until this one."""
        found: list[int] = []
        while not found or found[-1] < upto:
            frame = await self.frame()
            assert frame["type"] == "events", frame
            found += [number_of(event) for event in frame["events"]]
        return found

    async def closed(self) -> tuple[str | None, int]:
        """Return the error that the server names last, if any, and the code that it closes with."""
        error: str | None = None
        with trio.fail_after(10):
            while True:
                try:
                    frame = json.loads(await self.socket.get_message())
                except ConnectionClosed as closed:
                    return error, closed.reason.code if closed.reason else 0
                error = frame.get("code", error)


def number_of(event: Frame) -> int:
    """Return an event's number in its workspace."""
    number = from_text("evt", event["id"])
    assert number is not None
    return number


@define(eq=False)
class Serving:
    """A feed that can be watched."""

    url: str
    hub: Hub
    keys: dict[str, ApiKey]
    users: MemoryUsers
    nursery: trio.Nursery
    frames: list[str]
    streams: list[trio.SocketStream] = field(factory=list)

    async def watch(self, query: str = "", **headers: str) -> Watcher:
        """Open one more connection, with a key unless headers are given."""
        given = headers or {"Authorization": f"Bearer {KEY}"}
        encoded = [(name.encode(), value.encode()) for name, value in given.items()]
        host = self.url.removeprefix("http://")
        stream = await trio.open_tcp_stream("127.0.0.1", int(host.rpartition(":")[2]))
        self.streams.append(stream)
        return Watcher(
            await wrap_client_stream(
                self.nursery, stream, host, f"/feed{query}", extra_headers=encoded
            )
        )

    async def close(self) -> None:
        """End every connection; trio-websocket leaves the socket open of one that has ended."""
        for stream in self.streams:
            await trio.aclose_forcefully(stream)


@asynccontextmanager
async def serving(
    world: World,
    keep: int = 10_000,
    stalled_seconds: float = 20,
    watchers: Bounds | None = None,
    **limits: Any,
) -> AsyncIterator[Serving]:
    """Serve the feed of one workspace."""
    hub, bench = Hub(keep), Bench()
    world.store.journal.subscribe(hub.take)
    keys = {KEY: ApiKey(1, world.workspace, frozenset({Scope.FEED, Scope.READ}))}
    channels, boards = MemoryChannels(), MemoryBoards(bench.rows)
    frames = StandingFrames(channels, boards, bench.desk, links, lambda: EPOCH)
    built: list[str] = []
    feed = Feed(
        hub, world.store.following, frames, Limits(**limits), lambda kind, n: built.append(kind)
    )
    app = create_api(
        Dependencies(
            desk=bench.desk,
            archive=world.store.archive,
            keys=MemoryKeys(keys),
            channels=channels,
            webhooks=bench.lane,
            feed=feed,
            qr=links,
            readiness=bench.readiness,
            files=MemoryKept(bench.rows),
            users=bench.users,
            audit=bench.audit,
            engagement=cast(Engagement, None),
            managing=cast(Managing, None),
            explore=cast(Explore, None),
            erasing=cast(Erasing, None),
            exports=cast(Exports, None),
            export_jobs=cast(ExportJobs, None),
            views=cast(Views, None),
            reports=cast(Reports, None),
            boards=boards,
            registry=bench.registry,
            clock=lambda: EPOCH,
            watchers=watchers or Bounds(),
        )
    )
    served = cast(Any, InFlight(EarlyAnswers(cast(Any, app))))
    config = http_config(Settings(bind=Bind("127.0.0.1", 0)), stalled_seconds)
    async with trio.open_nursery() as nursery, trio.open_nursery() as clients:
        [url] = await nursery.start(partial(serve, served, config, mode="asgi"))
        opened = Serving(url, hub, keys, bench.users, clients, built)
        try:
            with trio.fail_after(60):
                yield opened
        finally:
            await opened.close()
        clients.cancel_scope.cancel()
        nursery.cancel_scope.cancel()
