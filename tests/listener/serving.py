"""A listener on a Unix socket, where what is sent is there at once, so that a mock clock holds."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import trio
from attrs import define, field
from trio.socket import AF_INET, AF_UNIX

from kaisa_relay.listener import Handler, Limits, Listener, Request, Respond, Response

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
GET = b"GET /w HTTP/1.1\r\nHost: x\r\n\r\n"


async def echo(request: Request) -> Response:
    """Answer with method, path and body."""
    said = f"{request.method} {request.path} ".encode() + request.body
    return Response(200, ((b"content-type", b"text/plain"),), said)


def at_once(request: Request, respond: Respond) -> None:
    """Answer so before anything else happens."""
    said = f"{request.method} {request.path} ".encode() + request.body
    respond(Response(200, ((b"content-type", b"text/plain"),), said))


@define
class Answer:
    """One answer as it was read."""

    status: int
    headers: dict[str, str]
    body: bytes


@define(eq=False)
class Client:
    """One connection to the listener."""

    stream: trio.SocketStream
    _received: bytes = b""

    async def send(self, data: bytes) -> None:
        """Send some bytes."""
        await self.stream.send_all(data)

    async def read(self, *, bodiless: bool = False) -> Answer:
        """Read one answer."""
        while b"\r\n\r\n" not in self._received:
            await self._more()
        head, _, self._received = self._received.partition(b"\r\n\r\n")
        start, *lines = head.decode().split("\r\n")
        fields = (line.split(": ", 1) for line in lines)
        headers = {name.lower(): text for name, text in fields}
        length = 0 if bodiless else int(headers.get("content-length", 0))
        while len(self._received) < length:
            await self._more()
        body, self._received = self._received[:length], self._received[length:]
        return Answer(int(start.split(" ")[1]), headers, body)

    async def ask(self, data: bytes) -> Answer:
        """Send, and read one answer."""
        await self.send(data)
        return await self.read()

    async def flood(self) -> None:
        """Send until nobody is there."""
        with suppress(trio.BrokenResourceError):
            while True:
                await self.send(bytes(65536))

    async def drip(self, data: bytes, every: float, step: int = 1) -> None:
        """Send so many bytes at a time until nobody is there, or no more."""
        with suppress(trio.BrokenResourceError):
            for at in range(0, len(data), step):
                await self.send(data[at : at + step])
                await trio.sleep(every)

    async def ended(self) -> bool:
        """Wait for the end; says whether nothing came before it."""
        assert self._received == b""
        return await self._receive() == b""

    async def _more(self) -> None:
        data = await self._receive()
        assert data, "the connection ended instead"
        self._received += data

    async def _receive(self) -> bytes:
        try:
            return bytes(await self.stream.receive_some())
        except trio.BrokenResourceError:
            return b""


@define(eq=False)
class Served:
    """A running listener."""

    listener: Listener
    address: object
    nursery: trio.Nursery
    clients: list[Client] = field(factory=list)

    async def connect(self) -> Client:
        """Open one more connection."""
        family = AF_UNIX if isinstance(self.address, str) else AF_INET
        client = Client(trio.SocketStream(trio.socket.socket(family)))
        self.clients.append(client)
        await client.stream.socket.connect(self.address)
        return client

    def hang_up(self) -> None:
        """Close every connection."""
        for client in self.clients:
            client.stream.socket.close()


def answered_by(
    handler: Callable[[Request], Awaitable[Response]], nursery: trio.Nursery
) -> Handler:
    """Have requests answered by tasks of this nursery."""

    async def answer(request: Request, respond: Respond) -> None:
        respond(await handler(request))

    return lambda request, respond: nursery.start_soon(answer, request, respond)


@asynccontextmanager
async def listening(
    handler: Callable[[Request], Awaitable[Response]] | None = None,
    limits: Limits | None = None,
    *,
    handle: Handler = at_once,
    tcp: bool = False,
) -> AsyncIterator[Served]:
    """Run a listener until the block ends; `handler` is given a task for each request."""
    with TemporaryDirectory() as folder:
        socket = await (_on_tcp() if tcp else _on_unix(Path(folder) / "socket"))
        async with trio.open_nursery() as nursery:
            if handler is not None:
                handle = answered_by(handler, nursery)
            listener = Listener(handle, lambda: NOW, limits or Limits())
            await nursery.start(listener.run, [socket])
            served = Served(listener, socket.socket.getsockname(), nursery)
            try:
                yield served
            finally:
                served.hang_up()
            nursery.cancel_scope.cancel()


async def _on_tcp() -> trio.SocketListener:
    [socket] = await trio.open_tcp_listeners(0, host="127.0.0.1")
    return socket


async def _on_unix(path: Path) -> trio.SocketListener:
    socket = trio.socket.socket(AF_UNIX)
    await socket.bind(str(path))
    socket.listen(1000)
    return trio.SocketListener(socket)
