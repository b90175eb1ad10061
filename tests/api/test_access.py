"""Who may call, and how often; decided before a body is read."""

import pytest
import trio
from trio.testing import MockClock

from kaisa_relay.api import Limits
from kaisa_relay.api.limits import Limiter, neighbourhood
from kaisa_relay.domain.channel import Pace
from tests.api.asgi import Event, speak
from tests.api.bench import FULL, READER, STRANGER, Bench

SLOW = Limits(key=Pace(interval=2.0, burst=3), address=Pace(interval=5.0, burst=2))
API = [
    ("GET", "/conversations"),
    ("GET", "/conversations/cnv_0000000000034"),
    ("GET", "/conversations/cnv_0000000000034/messages"),
    ("GET", "/conversations/cnv_0000000000034/events"),
    ("GET", "/conversations/cnv_0000000000034/qr.svg"),
    ("GET", "/conversations/cnv_0000000000034/qr.png"),
    ("POST", "/conversations/whatsapp"),
    ("POST", "/conversations/cnv_0000000000034/close"),
    ("GET", "/blocks"),
    ("POST", "/blocks"),
    ("DELETE", "/blocks/ctc_0000000000034"),
]


async def never() -> Event:
    """A client that has sent its headers and nothing since."""
    await trio.sleep_forever()
    raise AssertionError("unreachable")


@pytest.mark.parametrize(("method", "path"), API)
async def test_without_key_nothing_is_told(bench: Bench, method: str, path: str) -> None:
    answer = await bench.call(method, path, key=None)
    assert (answer.status, answer.problem) == (401, "unauthorized")
    assert answer.headers["www-authenticate"] == 'Bearer realm="kaisa_relay"'


@pytest.mark.parametrize(
    "authorization", ["Bearer kr_wrong", "bearer kr_wrong", "Bearer kr_full x", "Bearer  \u00e5"]
)
async def test_a_wrong_key_is_called_wrong(bench: Bench, authorization: str) -> None:
    headers = {"Authorization": authorization}
    answer = await bench.call("GET", "/conversations", key=None, headers=headers)
    assert answer.status == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize("authorization", ["Basic kr_full", "kr_full", "Bearer", "Bearer  ", ""])
async def test_what_is_no_bearer_is_no_key(bench: Bench, authorization: str) -> None:
    headers = {"Authorization": authorization}
    answer = await bench.call("GET", "/conversations", key=None, headers=headers)
    assert (answer.status, "error=" in answer.headers["www-authenticate"]) == (401, False)


async def test_a_missing_scope_is_named(bench: Bench) -> None:
    answer = await bench.call("POST", "/conversations/whatsapp", key=READER)
    assert (answer.status, answer.json["scope"]) == (403, "conversations:write")
    assert 'scope="conversations:write"' in answer.headers["www-authenticate"]


async def test_a_key_that_asks_too_often_waits_as_long_as_told() -> None:
    bench = Bench(limits=SLOW)
    assert [(await bench.get("/conversations")).status for _ in range(4)] == [200, 200, 200, 429]
    refused = await bench.get("/conversations")
    assert (refused.problem, refused.headers["retry-after"]) == ("too-many-requests", "2")
    assert (await bench.get("/conversations", READER)).status == 200
    bench.seconds += 2
    assert [(await bench.get("/conversations")).status for _ in range(2)] == [200, 429]


async def test_an_address_that_guesses_keys_is_slowed_and_valid_keys_are_not() -> None:
    bench = Bench(limits=SLOW)
    statuses = [(await bench.get("/conversations", "kr_guess")).status for _ in range(4)]
    assert statuses == [401, 401, 429, 429]
    assert (await bench.get("/conversations", None)).headers["retry-after"] == "5"
    assert (await bench.get("/docs", None)).status == 429
    assert (await bench.get("/nowhere", None)).status == 429
    assert (await bench.get("/conversations", FULL)).status == 200
    bench.seconds += 5
    assert (await bench.get("/conversations", "kr_guess")).status == 401


async def test_webhooks_and_probes_have_no_limit() -> None:
    bench = Bench(limits=SLOW)
    for path in ("/healthz", "/readyz", "/metrics", "/webhooks/whatsapp"):
        assert {(await bench.get(path, None)).status for _ in range(5)} == {200}


@pytest.mark.parametrize(
    ("key", "status"), [(FULL, 429), ("kr_guess", 429), (READER, 403), (STRANGER, 201)]
)
async def test_a_refusal_does_not_wait_for_the_body(
    autojump_clock: MockClock, key: str, status: int
) -> None:
    """The client has sent its headers only; with a good key the body is waited for."""
    bench = Bench(limits=SLOW)
    for _ in range(3):
        await bench.get("/conversations", FULL)
        await bench.get("/conversations", "kr_guess")
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    with trio.move_on_after(10) as waiting:
        spoken = await speak(bench.app, "/conversations/whatsapp", never, headers, None)
        assert (spoken.status, "retry-after" in spoken.headers) == (status, status == 429)
    assert waiting.cancelled_caught == (status == 201)


async def test_a_large_body_is_refused_by_its_announcement(bench: Bench) -> None:
    headers = {
        "Authorization": f"Bearer {FULL}",
        "Content-Type": "application/json",
        "Content-Length": str(256 * 1024 + 1),
    }
    spoken = await speak(bench.app, "/conversations/whatsapp", never, headers)
    assert spoken.status == 413


def test_a_limiter_forgets_who_was_not_seen_for_longest() -> None:
    limiter = Limiter(Pace(interval=10.0, burst=1), lambda: 0.0, most_known=2)
    assert [limiter.spend(who) for who in "abb"] == [0, 0, 10]
    assert limiter.spend("c") == 0
    assert len(limiter) == 2
    assert limiter.spend("b") == 10
    assert limiter.spend("a") == 0


@pytest.mark.parametrize(
    ("address", "shared"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("2001:db8:1:2::9", "2001:0db8:0001:0002"),
        ("unix", "unix"),
    ],
)
def test_one_customers_addresses_share_a_limit(address: str, shared: str) -> None:
    assert neighbourhood(address) == shared
