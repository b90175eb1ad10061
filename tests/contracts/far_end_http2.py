"""A far end that speaks HTTP/2 as a test tells it to, over the same loopback sockets."""

from collections.abc import Awaitable, Callable

import h2.config
import h2.connection
import h2.errors
import h2.events
import trio
from attrs import define, field

from tests.contracts.far_end import FarEnd, Received, Serve, Stream

ALPN = ("h2", "http/1.1")


@define(eq=False)
class Http2:
    """One connection as the server holds it; what is done to `frames` leaves with `flush`."""

    seen: FarEnd
    stream: Stream
    frames: h2.connection.H2Connection
    bodies: dict[int, bytes] = field(factory=dict)
    heads: dict[int, dict[str, str]] = field(factory=dict)
    resets: list[int] = field(factory=list)
    open: set[int] = field(factory=set)
    most_open: int = 0
    _sending: trio.Lock = field(factory=trio.Lock)

    async def flush(self) -> None:
        """Send what is ready."""
        async with self._sending:
            await self.stream.send_all(self.frames.data_to_send())

    async def answer(self, stream_id: int, body: bytes = b"{}", status: int = 200) -> None:
        """Answer whole."""
        head = [(":status", str(status)), ("retry-after", "30")]
        self.frames.send_headers(stream_id, head)
        self.frames.send_data(stream_id, body, end_stream=True)
        self.open.discard(stream_id)
        await self.flush()

    async def refuse(self, stream_id: int, code: h2.errors.ErrorCodes) -> None:
        """Reset one stream."""
        self.frames.reset_stream(stream_id, code)
        self.open.discard(stream_id)
        await self.flush()

    async def go_away(self, last: int, code: int = 0) -> None:
        """Say that nothing after stream `last` is worked on."""
        self.frames.close_connection(code, last_stream_id=last)
        await self.flush()


Script2 = Callable[[Http2, int, int], Awaitable[None]]
"""Does something about the request on this stream; its number is counted from 1 over all."""


def http2(script: Script2, most_streams: int = 100) -> Serve:
    """Serve HTTP/2; the script runs when a request has been read whole.

    `most_streams` is only announced: what comes in spite of it is the script's to refuse.
    """
    announced = b"\0\0\x06\x04\0\0\0\0\0\0\x03" + most_streams.to_bytes(4, "big")

    async def serve(seen: FarEnd, stream: Stream) -> None:
        config = h2.config.H2Configuration(client_side=False)
        far = Http2(seen, stream, h2.connection.H2Connection(config))
        far.frames.initiate_connection()
        await stream.send_all(far.frames.data_to_send() + announced)
        while part := await stream.receive_some():
            for event in far.frames.receive_data(part):
                await _take(far, event, script)
            await far.flush()

    return serve


async def _take(far: Http2, event: h2.events.Event, script: Script2) -> None:
    match event:
        case h2.events.RequestReceived(stream_id=int(stream_id), headers=list(headers)):
            far.open.add(stream_id)
            far.most_open = max(far.most_open, len(far.open))
            far.bodies[stream_id] = b""
            far.heads[stream_id] = {_text(name): _text(value) for name, value in headers}
        case h2.events.DataReceived(stream_id=int(stream_id), data=data):
            far.bodies[stream_id] += data or b""
            far.frames.acknowledge_received_data(event.flow_controlled_length or 0, stream_id)
        case h2.events.StreamReset(stream_id=int(stream_id)):
            far.open.discard(stream_id)
            far.resets.append(stream_id)
            far.seen.changed()
        case h2.events.StreamEnded(stream_id=int(stream_id)):
            head = far.heads[stream_id]
            line = f"{head[':method']} {head[':path']} HTTP/2"
            far.seen.requests.append(Received(line, head, far.bodies[stream_id]))
            far.seen.changed()
            await script(far, stream_id, len(far.seen.requests))
        case _:
            pass


def _text(value: bytes | str) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


async def answer_all(far: Http2, stream_id: int, number: int) -> None:
    """Answer each request at once."""
    await far.answer(stream_id)


async def never(far: Http2, stream_id: int, number: int) -> None:
    """Answer nothing."""
    await trio.lowlevel.checkpoint()
