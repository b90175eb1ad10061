"""What is away, breaks, is too large, or hangs up."""

import json
from collections.abc import Callable

import pytest
import structlog
import trio
from werkzeug.exceptions import ImATeapot

from kaisa_relay.domain.ids import CONVERSATION, to_text
from kaisa_relay.ports.faces import Busy
from kaisa_relay.ports.journal import Fenced, StoreUnavailable
from tests.api.asgi import Event, speak
from tests.api.bench import FULL, Bench, asking
from tests.api.test_access import API

BLOCK = b'{"phone": "+46701234567"}'
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(("failure", "wait"), [(Busy, "1"), (StoreUnavailable, "5"), (Fenced, "5")])
async def test_what_cannot_answer_now_says_when_to_come_back(
    bench: Bench, failure: Callable[[], Exception], wait: str
) -> None:
    bench.rows.failure = failure
    body = json.dumps(asking()).encode()
    for method, path in API:
        sent = {"whatsapp": body, "blocks": BLOCK}.get(path.rpartition("/")[2], b"")
        answer = await bench.call(method, path, sent, headers=JSON)
        assert (answer.status, answer.problem) == (503, "unavailable"), path
        assert answer.headers["retry-after"] == wait


@pytest.mark.parametrize(
    "failure",
    [
        lambda: KeyError("+46701234567"),
        lambda: ExceptionGroup("both", [ValueError("+46701234567"), KeyError("x")]),
    ],
)
async def test_a_crash_is_logged_once_and_shows_nothing(
    bench: Bench, failure: Callable[[], Exception]
) -> None:
    bench.rows.failure = failure
    with structlog.testing.capture_logs() as logs:
        answer = await bench.get("/conversations/cnv_0000000000034?qr=none")
    assert (answer.status, answer.problem) == (500, "internal-error")
    assert b"46" not in answer.body
    (line,) = [each for each in logs if each["log_level"] == "error"]
    assert line["event"] == "request_crashed"
    assert line["endpoint"] == "GET /conversations/<conversation>"


async def test_an_exception_in_a_group_that_has_a_name_keeps_it(bench: Bench) -> None:
    bench.rows.failure = lambda: ExceptionGroup("one", [StoreUnavailable()])
    assert (await bench.get("/conversations")).status == 503


async def test_a_good_day_is_not_logged(bench: Bench) -> None:
    with structlog.testing.capture_logs() as logs:
        await bench.create()
        await bench.create(agents=[])
        await bench.get("/conversations")
        await bench.get("/nowhere")
    assert logs == []


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [
        ("/conversations/whatsapp", 256 * 1024, 400),
        ("/conversations/whatsapp", 256 * 1024 + 1, 413),
        ("/webhooks/whatsapp", 3 * 1024 * 1024, 200),
        ("/webhooks/whatsapp/other", 3 * 1024 * 1024 + 1, 413),
    ],
)
async def test_a_body_has_a_largest_size(bench: Bench, path: str, length: int, status: int) -> None:
    answer = await bench.call("POST", path, b"[" * length, headers=JSON)
    assert answer.status == status
    if status == 413:
        assert answer.problem == "too-large"
        assert bench.lane.received == []


async def test_a_body_that_grows_without_announcement_is_cut_off(bench: Bench) -> None:
    chunks = 0

    async def grow() -> Event:
        nonlocal chunks
        chunks += 1
        await trio.lowlevel.checkpoint()
        return {"type": "http.request", "body": b"[" * 65_536, "more_body": True}

    headers = {"Authorization": f"Bearer {FULL}", **JSON}
    spoken = await speak(bench.app, "/conversations/whatsapp", grow, headers)
    assert spoken.status == 413
    assert chunks < 50


async def test_whoever_hangs_up_finds_the_conversation_by_asking_again(bench: Bench) -> None:
    """The handler is cancelled after the desk's commit; the same key then gives what was made."""
    committed = trio.Event()

    async def answer_never() -> None:
        committed.set()
        await trio.sleep_forever()

    said = iter([{"type": "http.request", "body": json.dumps(asking()).encode()}])

    async def hang_up() -> Event:
        if event := next(said, None):
            return event
        await committed.wait()
        return {"type": "http.disconnect"}

    bench.desk.answering = answer_never
    headers = {"Authorization": f"Bearer {FULL}", "Idempotency-Key": "k", **JSON}
    with structlog.testing.capture_logs() as logs:
        spoken = await speak(bench.app, "/conversations/whatsapp", hang_up, headers)
    assert (spoken.events, logs) == ([], [])
    again = await bench.post("/conversations/whatsapp", asking(), Idempotency_Key="k")
    ((_, made),) = bench.rows.views
    assert (again.status, again.json["id"]) == (201, to_text(CONVERSATION, made))


@pytest.mark.parametrize(
    "path", ["/nowhere", "/conversations/", "/conversations//events", "/static/x"]
)
async def test_an_address_that_is_none_of_ours(bench: Bench, path: str) -> None:
    answer = await bench.get(path)
    assert (answer.status, answer.problem) == (404, "not-found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/conversations", {"GET", "HEAD"}),
        ("DELETE", "/conversations/cnv_0000000000034", {"GET", "HEAD"}),
        ("GET", "/conversations/cnv_0000000000034/close", {"POST"}),
        ("PATCH", "/webhooks/whatsapp", {"GET", "HEAD", "POST"}),
        ("OPTIONS", "/conversations", {"GET", "HEAD"}),
    ],
)
async def test_a_method_that_an_address_does_not_take(
    bench: Bench, method: str, path: str, allowed: set[str]
) -> None:
    answer = await bench.call(method, path)
    assert (answer.status, answer.problem) == (405, "method-not-allowed")
    assert set(answer.headers["allow"].split(", ")) == allowed


async def test_nobody_on_the_way_keeps_an_answer(bench: Bench) -> None:
    for answer in (await bench.create(), await bench.get("/nowhere")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_what_http_says_itself_needs_no_type_of_ours(bench: Bench) -> None:
    @bench.app.route("/teapot")
    async def teapot() -> str:
        raise ImATeapot

    answer = await bench.get("/teapot")
    assert (answer.status, answer.json["type"]) == (418, "about:blank")
    assert answer.headers["content-type"] == "application/problem+json"
