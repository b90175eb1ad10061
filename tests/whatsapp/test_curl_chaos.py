"""Far ends that fail at random: each call ends once, none acts twice, and "not sent" is true."""

from collections import Counter
from random import Random

import pytest
import trio
from attrs import define, field
from h2.errors import ErrorCodes
from h2.exceptions import ProtocolError

from kaisa_relay.whatsapp.curl_transport import CurlTransport, open_curl_transport
from kaisa_relay.whatsapp.transport import Answered, Limits, NotSent, Reply, call
from tests.contracts.certificates import Authority
from tests.contracts.far_end import (
    FarEnd,
    HangUp,
    Serve,
    Stream,
    answer,
    far_end,
    http1,
    reset,
)
from tests.contracts.far_end_http2 import Http2, http2
from tests.whatsapp.sending import post

CALLERS, CALLS_EACH = 12, 25
LIMITS = Limits(connect=2, whole=0.25)


@define
class Chaos:
    """Does something else with every request, and remembers what it acted on."""

    rng: Random
    acted: Counter[bytes] = field(factory=Counter)
    gone: set[Http2] = field(factory=set)

    async def on_http2(self, connection: Http2, stream_id: int, number: int) -> None:
        """Refuse, say farewell, act and die, act and keep silent, or act and answer."""
        chance = self.rng.random()
        if connection in self.gone:
            return
        if chance < 0.04:
            await connection.refuse(stream_id, ErrorCodes.REFUSED_STREAM)
        elif chance < 0.06:
            self.gone.add(connection)
            last = max(0, stream_id - 2).to_bytes(4, "big")
            await connection.stream.send_all(
                connection.frames.data_to_send() + b"\0\0\x08\x07\0\0\0\0\0" + last + bytes(4)
            )
        else:
            self.acted[connection.bodies[stream_id]] += 1
            await self._after(connection.stream, chance)
            if chance < 0.14:
                await connection.refuse(stream_id, ErrorCodes.CANCEL)
            elif chance > 0.16:
                await connection.answer(stream_id)

    async def on_http1(self, seen: FarEnd, stream: Stream, number: int) -> None:
        """Act and die, act and keep silent, or act and answer."""
        chance = self.rng.random()
        self.acted[seen.requests[number - 1].body] += 1
        await self._after(stream, chance)
        if chance > 0.14:
            await stream.send_all(answer())
        if chance > 0.96:
            raise HangUp

    async def _after(self, stream: Stream, chance: float) -> None:
        if chance < 0.08:
            await reset(stream)
        if chance < 0.10:
            raise HangUp
        if chance < 0.12:
            assert isinstance(stream, trio.SSLStream)
            with trio.move_on_after(0.05):
                await stream.unwrap()
            raise HangUp


def _http1(chaos: Chaos) -> Serve:
    async def serve(seen: FarEnd, stream: Stream) -> None:
        async def script(stream: Stream, number: int) -> None:
            await chaos.on_http1(seen, stream, number)

        await http1(script)(seen, stream)

    return serve


def _http2(chaos: Chaos) -> Serve:
    async def serve(seen: FarEnd, stream: Stream) -> None:
        try:
            await http2(chaos.on_http2, most_streams=8)(seen, stream)
        except ProtocolError:
            raise HangUp from None  # it answered a stream that was given up meanwhile

    return serve


async def _caller(transport: CurlTransport, far: FarEnd, bodies: dict[bytes, Reply | None]) -> None:
    for _ in range(CALLS_EACH):
        body = b"%d" % len(bodies)
        bodies[body] = None
        with trio.move_on_after(0.001 if len(bodies) % 20 == 0 else 10):
            bodies[body] = await call(transport, post(far, body))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("alpn", ["http/1.1", "h2"])
async def test_whatever_the_far_end_does(authority: Authority, alpn: str, seed: int) -> None:
    """Nobody is acted for twice; who was answered was acted for, and who was not sent was not."""
    chaos = Chaos(Random(seed))
    serve = _http2(chaos) if alpn == "h2" else _http1(chaos)
    tls = authority.server(alpn=(alpn,))
    replies: dict[bytes, Reply | None] = {}
    async with (
        far_end(serve, tls) as far,
        open_curl_transport(authority.file, LIMITS) as transport,
    ):
        async with trio.open_nursery() as nursery:
            for _ in range(CALLERS):
                nursery.start_soon(_caller, transport, far, replies)
        assert transport.statistics().calls == 0
    assert any(isinstance(each, Answered) for each in replies.values())
    assert len(replies) == CALLERS * CALLS_EACH
    assert not [body for body, times in chaos.acted.items() if times > 1]
    for body, reply in replies.items():
        assert not (isinstance(reply, NotSent) and chaos.acted[body]), (body, reply)
        assert not (isinstance(reply, Answered) and not chaos.acted[body]), (body, reply)
