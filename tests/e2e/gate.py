"""The road to WhatsApp: a forwarder on loopback that can be closed and opened again.

Rule 1: closed means closed: nobody listens, and what was under way is cut.
Rule 2: it changes no byte.
"""

from functools import partial
from urllib.parse import urlsplit

import trio
from attrs import define, field

CHUNK = 65536


@define(eq=False)
class Gate:
    """Forwards connections to one server while it is open; `url` stays the same.

    `delay` is how many seconds the road takes for each chunk.
    """

    host: str
    port: int
    own_port: int = 0
    delay: float = 0.0
    _open: trio.CancelScope = field(factory=trio.CancelScope)
    _nursery: trio.Nursery | None = None

    @property
    def url(self) -> str:
        """Where to call instead of the server."""
        return f"http://127.0.0.1:{self.own_port}"

    @classmethod
    async def run(
        cls, url: str, task_status: trio.TaskStatus["Gate"] = trio.TASK_STATUS_IGNORED
    ) -> None:
        """Stand before the server at `url` until cancelled."""
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        gate = cls(parts.hostname, parts.port)
        async with trio.open_nursery() as nursery:
            gate._nursery = nursery
            await gate.open()
            task_status.started(gate)
            await trio.sleep_forever()

    async def open(self) -> None:
        """Listen."""
        assert self._nursery is not None
        await self._nursery.start(self._listen)

    def close(self) -> None:
        """Cut everything that is under way and listen no more."""
        self._open.cancel()

    async def _listen(self, task_status: trio.TaskStatus[None]) -> None:
        with trio.CancelScope() as self._open:
            serve = partial(trio.serve_tcp, self._forward, self.own_port, host="127.0.0.1")
            async with trio.open_nursery() as nursery:
                (listener,) = await nursery.start(serve)
                self.own_port = listener.socket.getsockname()[1]
                task_status.started()

    async def _forward(self, caller: trio.SocketStream) -> None:
        try:
            server = await trio.open_tcp_stream(self.host, self.port)
        except OSError:
            return
        async with server, trio.open_nursery() as nursery:
            nursery.start_soon(self._pump, caller, server, nursery.cancel_scope)
            nursery.start_soon(self._pump, server, caller, nursery.cancel_scope)

    async def _pump(
        self, source: trio.SocketStream, drain: trio.SocketStream, both: trio.CancelScope
    ) -> None:
        try:
            async for chunk in source:
                if self.delay:
                    await trio.sleep(self.delay)
                await drain.send_all(chunk)
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            pass
        both.cancel()  # HTTP needs no half-open connections
