"""Whom a transport trusts: with libcurl and with httpx, against real TLS servers."""

import ssl
from datetime import timedelta
from pathlib import Path

import pytest
import trio

from kaisa_relay.whatsapp.transport import (
    Answered,
    Broken,
    Limits,
    NotSent,
    Reply,
    call,
)
from tests.contracts.certificates import Authority
from tests.contracts.far_end import (
    FarEnd,
    Stream,
    always,
    answer,
    far_end,
    hang_up,
    http1,
)
from tests.contracts.transports import OPENERS, Opener, post


@pytest.fixture(params=sorted(OPENERS))
def opener(request: pytest.FixtureRequest) -> Opener:
    """How to open a transport of this kind."""
    return OPENERS[request.param]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that the tests trust."""
    return Authority.make(tmp_path_factory.mktemp("trusted"))


async def one(opener: Opener, trusted: Path | None, server: ssl.SSLContext) -> tuple[Reply, FarEnd]:
    """Return what becomes of a call to a server that would answer it."""
    async with far_end(http1(always(answer())), server) as far, opener(trusted) as transport:
        return await call(transport, post(far.url)), far


async def test_a_certificate_of_the_trusted_authority(opener: Opener, authority: Authority) -> None:
    """The authority that a setting names is trusted."""
    reply, _ = await one(opener, authority.file, authority.server())
    assert isinstance(reply, Answered)


async def test_certificates_that_are_not_trusted(
    opener: Opener, authority: Authority, tmp_path: Path
) -> None:
    """Of nobody that the public authorities know, of a stranger, expired, for another host."""
    stranger = Authority.make(tmp_path, "stranger")
    for trusted, server in [
        (None, authority.server()),
        (authority.file, stranger.server()),
        (authority.file, authority.server(until=timedelta(days=-1))),
        (authority.file, authority.server("graph.example")),
    ]:
        reply, far = await one(opener, trusted, server)
        assert isinstance(reply, NotSent)
        assert reply.unreachable
        assert far.requests == []


async def test_an_authority_of_ours_stands_in_for_the_public_ones(
    opener: Opener, authority: Authority, tmp_path: Path
) -> None:
    """Naming one takes the trust from all others."""
    other = Authority.make(tmp_path, "other")
    reply, _ = await one(opener, other.file, authority.server())
    assert isinstance(reply, NotSent)


async def test_old_tls_is_refused(opener: Opener, authority: Authority) -> None:
    """TLS 1.1 is none."""
    server = authority.server()
    server.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        server.minimum_version = server.maximum_version = ssl.TLSVersion.TLSv1_1
    reply, _ = await one(opener, authority.file, server)
    assert isinstance(reply, NotSent)


async def test_a_server_without_tls_is_sent_nothing(opener: Opener) -> None:
    """What answers in the clear on a secure address gets no token."""
    read = b""

    async def plain(seen: FarEnd, stream: Stream) -> None:
        nonlocal read
        read += await stream.receive_some()
        await stream.send_all(answer(status="400 Bad Request"))

    async with far_end(plain) as far, opener() as transport:
        reply = await call(transport, post(far.url.replace("http:", "https:")))
    assert isinstance(reply, NotSent)
    assert b"messages" not in read


async def test_a_handshake_that_hangs_is_not_sent_in_time(opener: Opener) -> None:
    """The handshake is a part of connecting."""

    async def hang(seen: FarEnd, stream: Stream) -> None:
        await trio.sleep_forever()

    limits = Limits(connect=0.2, whole=5)
    started = trio.current_time()
    async with far_end(hang) as far, opener(None, limits) as transport:
        reply = await call(transport, post(far.url.replace("http:", "https:")))
    assert isinstance(reply, NotSent)
    assert 0.19 < trio.current_time() - started < 2


async def test_a_used_secure_connection_that_dies_leaves_doubt(
    opener: Opener, authority: Authority
) -> None:
    """With or without TLS's own farewell; the request is seen once."""

    async def farewell(stream: Stream, number: int) -> None:
        assert isinstance(stream, trio.SSLStream)
        await trio.SSLStream.unwrap(stream)
        await hang_up(stream, number)

    for end in (hang_up, farewell):

        async def script(stream: Stream, number: int, end: object = end) -> None:
            assert callable(end)
            await (stream.send_all(answer()) if number == 1 else end(stream, number))

        async with (
            far_end(http1(script), authority.server()) as far,
            opener(authority.file) as transport,
        ):
            assert isinstance(await call(transport, post(far.url)), Answered)
            assert isinstance(await call(transport, post(far.url)), Broken)
        assert (far.accepts, len(far.requests)) == (1, 2)
