"""Ordinary webhooks pass Quart by; nobody outside can tell."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from kaisa_relay.api.webhooks.short_way import LARGEST, Arriving, ShortWay
from tests.api.asgi import Event, Spoken, speak
from tests.api.bench import Bench

PATH = "/webhooks/whatsapp"
SIGNATURE = {"X-Hub-Signature-256": "sha256=abc"}


def pieces(*bodies: bytes) -> list[Event]:
    """The events of a body that comes in pieces, as Hypercorn tells them."""
    more = [{"type": "http.request", "body": body, "more_body": True} for body in bodies]
    return [*more, {"type": "http.request", "body": b"", "more_body": False}]


def telling(events: list[Event]) -> Callable[[], Any]:
    """Return an ASGI `receive` of these events, and of silence after them."""
    left = list(events)

    async def receive() -> Event:
        if not left:
            await trio.sleep_forever()
        return left.pop(0)

    return receive


@pytest.mark.parametrize("bodies", [(b'{"a":1}',), (b'{"a"', b":1}")], ids=["whole", "in two"])
async def test_both_ways_answer_with_the_same_bytes_and_headers(
    bench: Bench, bodies: tuple[bytes, ...]
) -> None:
    """Without a length it is the long way."""
    length = {"Content-Length": str(sum(map(len, bodies)))}
    short = await speak(bench.app, PATH, telling(pieces(*bodies)), {**SIGNATURE, **length})
    long = await speak(bench.app, PATH, telling(pieces(*bodies)), SIGNATURE)
    assert bench.lane.received == [("", "sha256=abc", b'{"a":1}')] * 2
    assert (short.status, short.headers) == (long.status, long.headers)
    bodies_of = [b"".join(each.get("body", b"") for each in way.events) for way in (short, long)]
    assert bodies_of == [b"", b""]


@pytest.mark.parametrize(
    "length", ["8", "6", "x", "0", str(LARGEST + 1)], ids=["more", "less", "none", "zero", "large"]
)
async def test_what_is_unusual_is_told_to_the_other_way_whole(
    autojump_clock: MockClock, length: str
) -> None:
    """Also what was read of it before that was seen."""
    heard: list[Event] = []

    async def other(scope: Any, receive: Callable[[], Any], send: Any) -> None:
        with trio.move_on_after(1):
            while True:
                heard.append(await receive())

    lane = Bench().lane
    events = pieces(b'{"a":1}')
    app: Any = ShortWay(lane, other)
    await speak(app, PATH, telling(events), {**SIGNATURE, "Content-Length": length})
    assert heard == events
    assert lane.received == []


@pytest.mark.parametrize("path", ["/webhooks/whatsapp/a1", "/healthz"])
async def test_other_addresses_are_not_its_business(bench: Bench, path: str) -> None:
    headers = {**SIGNATURE, "Content-Length": "2"}
    spoken = await speak(bench.app, path, telling(pieces(b"{}")), headers)
    assert spoken.status == (200 if path.startswith("/webhooks") else 405)


async def test_a_slow_body_gets_the_long_ways_refusal(
    bench: Bench, autojump_clock: MockClock
) -> None:
    """Half a body, then nothing: 408 as ever."""
    half = pieces(b'{"a"')[:1]
    spoken = await speak(bench.app, PATH, telling(half), {**SIGNATURE, "Content-Length": "7"})
    assert spoken.status == 408
    assert json.loads(b"".join(each.get("body", b"") for each in spoken.events))["status"] == 408
    assert bench.lane.received == []


async def test_a_client_that_hangs_up_stores_nothing(bench: Bench) -> None:
    arriving = Arriving(telling([*pieces(b'{"a"')[:1], {"type": "http.disconnect"}]))
    assert await arriving.body(7) is None
    assert [(await arriving.again())["type"] for _ in range(2)] == [
        "http.request",
        "http.disconnect",
    ]


async def test_two_signatures_are_none(bench: Bench) -> None:
    """As two of a header that may come once say nothing certain."""
    spoken = Spoken()
    scope = {
        "type": "http",
        "method": "POST",
        "path": PATH,
        "headers": [(b"content-length", b"2"), *([(b"x-hub-signature-256", b"sha256=a")] * 2)],
    }
    app: Any = bench.app.asgi_app
    await app(scope, telling(pieces(b"{}")), spoken.send)
    assert bench.lane.received == [("", None, b"{}")]
