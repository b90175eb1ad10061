"""The two ways in for webhooks, each over real sockets: the main port and the lean listener."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any, Final, cast

import trio
from attrs import define, field
from hypercorn.config import Config
from hypercorn.trio import serve

from kaisa_relay.api.early_answers import EarlyAnswers
from kaisa_relay.api.webhooks.listener import WebhookAnswers, refuse
from kaisa_relay.listener import Listener
from kaisa_relay.runtime.callback import OnAnswer
from tests.api.bench import Bench
from tests.api.fakes import EPOCH, MemoryLane
from tests.listener.serving import Client


@define
class Lane(MemoryLane):
    """A lane that can be told to crash."""

    crash: Exception | None = None
    at_once: bool = False

    def receive_nowait(
        self, app: str, signature: str | None, body: bytes, on_answer: OnAnswer[tuple[int, bytes]]
    ) -> None:
        """Keep one POST, or crash: before it is kept, or later."""
        if self.crash is None:
            super().receive_nowait(app, signature, body, on_answer)
        elif self.at_once:
            raise self.crash
        else:
            on_answer(self.crash)


@define(eq=False)
class Face:
    """One way in, with the lane behind it."""

    port: int
    lane: Lane
    clients: list[Client] = field(factory=list)

    async def connect(self) -> Client:
        """Open one more connection."""
        client = Client(await trio.open_tcp_stream("127.0.0.1", self.port))
        self.clients.append(client)
        return client


Opened = AbstractAsyncContextManager[Face]


@asynccontextmanager
async def main_port() -> AsyncIterator[Face]:
    """Serve the API on Hypercorn, as `app.http` does."""
    config = Config()
    config.bind, config.accesslog, config.errorlog = ["127.0.0.1:0"], None, None
    config.include_server_header = False
    lane = Lane()
    app = cast(Any, EarlyAnswers(cast(Any, Bench(lane=lane).app)))
    async with trio.open_nursery() as nursery:
        [url] = await nursery.start(partial(serve, app, config, mode="asgi"))
        async with _used(Face(int(url.rpartition(":")[2]), lane)) as face:
            yield face
        nursery.cancel_scope.cancel()


@asynccontextmanager
async def lean_listener() -> AsyncIterator[Face]:
    """Serve webhooks alone, as `app.webhooks` does."""
    lane = Lane()
    listener = Listener(WebhookAnswers(lane), lambda: EPOCH, refuse=refuse)
    async with trio.open_nursery() as nursery:
        sockets = await trio.open_tcp_listeners(0, host="127.0.0.1")
        await nursery.start(listener.run, sockets)
        async with _used(Face(sockets[0].socket.getsockname()[1], lane)) as face:
            yield face
        nursery.cancel_scope.cancel()


@asynccontextmanager
async def _used(face: Face) -> AsyncIterator[Face]:
    try:
        with trio.fail_after(20):
            yield face
    finally:
        for client in face.clients:
            client.stream.socket.close()


FACES: Final[dict[str, Callable[[], Opened]]] = {
    "main port": main_port,
    "lean listener": lean_listener,
}
