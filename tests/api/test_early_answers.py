"""A refusal that does not wait for the body leaves a connection that works, or is closed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, cast

import pytest
import trio
from hypercorn.config import Config
from hypercorn.trio import serve

from kaisa_relay.api import early_answers
from kaisa_relay.api.early_answers import EarlyAnswers
from tests.api.bench import Bench

SECOND = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@asynccontextmanager
async def served(bench: Bench) -> AsyncIterator[trio.SocketStream]:
    """A connection to the API behind a real Hypercorn."""
    config = Config()
    config.bind, config.accesslog, config.errorlog = ["127.0.0.1:0"], None, None
    app = cast(Any, EarlyAnswers(cast(Any, bench.app)))
    async with trio.open_nursery() as nursery:
        [url] = await nursery.start(partial(serve, app, config, mode="asgi"))
        connection = await trio.open_tcp_stream("127.0.0.1", int(url.rpartition(":")[2]))
        async with connection:
            with trio.fail_after(20):
                yield connection
        nursery.cancel_scope.cancel()


def head(path: str, size: int) -> bytes:
    """A POST without a key, and with a body of so many bytes still to come."""
    return f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n".encode()


async def read_status(connection: trio.SocketStream) -> int | None:
    """Read one whole answer; None when the connection was closed instead."""
    answer = bytearray()
    while b"\r\n\r\n" not in answer:
        more = await receive(connection)
        if not more:
            return None
        answer += more
    headers, _, body = bytes(answer).partition(b"\r\n\r\n")
    lines = headers.lower().split(b"\r\n")
    [length] = [int(line[15:]) for line in lines if line.startswith(b"content-length:")]
    while len(body) < length:
        body += await receive(connection)
    return int(headers[9:12])


async def receive(connection: trio.SocketStream) -> bytes:
    """Receive some; a reset is an end too."""
    try:
        return bytes(await connection.receive_some())
    except trio.BrokenResourceError:
        return b""


async def flood(connection: trio.SocketStream) -> None:
    """Send a gigabyte."""
    for _ in range(1000):
        await connection.send_all(b"x" * 2**20)


@pytest.mark.parametrize(
    ("path", "status"), [("/conversations/whatsapp", 401), ("/nowhere", 404), ("/healthz", 405)]
)
async def test_the_next_request_of_a_connection_is_answered(path: str, status: int) -> None:
    """The refused body is larger than Hypercorn's queue to the application."""
    async with served(Bench()) as connection:
        size = 3 * 1024 * 1024
        await connection.send_all(head(path, size) + b"x" * size)
        assert await read_status(connection) == status
        await connection.send_all(SECOND)
        assert await read_status(connection) == 200


async def test_a_body_too_large_to_be_read_on_ends_the_connection() -> None:
    async with served(Bench()) as connection:
        await connection.send_all(head("/conversations/whatsapp", 10**9))
        assert await read_status(connection) == 401
        with pytest.raises(trio.BrokenResourceError):
            await flood(connection)


async def test_a_body_that_does_not_come_ends_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(early_answers, "REST_WITHIN", 0.05)
    async with served(Bench()) as connection:
        await connection.send_all(head("/conversations/whatsapp", 1000) + b"x")
        assert await read_status(connection) == 401
        assert await receive(connection) == b""
