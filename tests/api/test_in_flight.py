"""A stop waits for what is being answered, and for nothing else."""

from typing import Any

import trio
from trio.testing import MockClock

from kaisa_relay.api.in_flight import InFlight


async def ask(app: InFlight) -> list[dict[str, Any]]:
    """Send one request and return what came back."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app({"type": "http"}, None, send)
    return sent


async def slow(scope: Any, receive: Any, send: Any) -> None:
    """Answer after three seconds."""
    await trio.sleep(3)
    await send({"type": "http.response.start", "status": 200, "headers": []})


async def test_a_stop_waits_for_the_answer_that_was_begun(autojump_clock: MockClock) -> None:
    """A request in flight is answered; one that comes later is told to try again."""
    app = InFlight(slow)
    answers: list[int] = []

    async def request() -> None:
        answers.append((await ask(app))[0]["status"])

    async with trio.open_nursery() as nursery:
        nursery.start_soon(request)
        await trio.sleep(1)
        nursery.start_soon(app.wait_answered)
        await trio.sleep(0.1)
        assert (await ask(app))[0]["status"] == 503
        assert answers == []
    assert answers == [200]
    assert 3 <= trio.current_time() < 3.1
