"""What the Graph client asks and what it makes of answers; how they travel is in contracts/."""

import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

import httpx
import pytest
import trio
import trio.testing

from kaisa_relay.domain.content import Text
from kaisa_relay.domain.outgoing import Recipient
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.sending import (
    Accepted,
    Answer,
    Deferred,
    Halted,
    Rejected,
    Uncertain,
)
from kaisa_relay.ports import ChannelAccess, Gateway
from kaisa_relay.whatsapp.client import GraphClient, graph_client
from kaisa_relay.whatsapp.httpx_transport import open_httpx_transport
from kaisa_relay.whatsapp.transport import LIMITS

ACCESS = ChannelAccess("2000", "secret-token")
ANA = Recipient(Phone("+46701234567"), None)
ACCEPTED = {"messages": [{"id": "wamid.OUT-1"}], "contacts": [{"wa_id": "46701234567"}]}

Answerer = (
    Callable[[httpx.Request], httpx.Response]
    | Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]
)


@asynccontextmanager
async def graph(answer: Answerer) -> AsyncIterator[GraphClient]:
    """Open a client whose calls are answered in memory."""
    async with open_httpx_transport(transport=httpx.MockTransport(answer)) as transport:
        yield graph_client(transport, "https://graph.test/", "v26.0")


def refused(status: int, code: int) -> Answerer:
    """Answer every call with a Graph error."""
    return lambda request: httpx.Response(status, json={"error": {"code": code, "message": "no"}})


async def test_send() -> None:
    """The call goes to the number, with its token, and the answer is read."""

    def answer(request: httpx.Request) -> httpx.Response:
        assert (request.method, str(request.url)) == (
            "POST",
            "https://graph.test/v26.0/2000/messages",
        )
        assert request.headers["authorization"] == "Bearer secret-token"
        assert request.headers["content-type"] == "application/json"
        assert request.headers["accept-encoding"] == "identity"
        assert json.loads(request.content)["to"] == "+46701234567"
        return httpx.Response(200, json=ACCEPTED)

    async with graph(answer) as client:
        assert await client.send(ACCESS, ANA, Text("Hi"), "1.2.3") == Accepted(
            "wamid.OUT-1", "46701234567"
        )


async def test_is_a_gateway() -> None:
    """The client is what the actors ask for."""
    async with graph(refused(400, 100)) as client:
        gateway: Gateway = client
        assert isinstance(await gateway.send(ACCESS, ANA, Text("Hi"), "1.2.3"), Rejected)


async def test_what_breaks_a_limit_never_leaves() -> None:
    """It is refused as Meta would, without a call."""

    def answer(request: httpx.Request) -> httpx.Response:
        raise AssertionError("nothing may be sent")

    async with graph(answer) as client:
        assert await client.send(ACCESS, ANA, Text(" "), "1.2.3") == Rejected(
            131009, "the text is empty"
        )


async def test_mark_read() -> None:
    """An answer without a wamid is fine here; a refusal is one."""

    def answer(request: httpx.Request) -> httpx.Response:
        assert json.loads(request.content)["message_id"] == "wamid.IN-1"
        return httpx.Response(200, json={"success": True})

    async with graph(answer) as client:
        assert await client.mark_read(ACCESS, "wamid.IN-1") == Accepted("")
    async with graph(refused(400, 131009)) as client:
        assert await client.mark_read(ACCESS, "wamid.IN-1") == Rejected(131009, "no")


async def test_probe() -> None:
    """It asks for the number itself."""

    def answer(request: httpx.Request) -> httpx.Response:
        assert (request.method, str(request.url)) == (
            "GET",
            "https://graph.test/v26.0/2000?fields=id",
        )
        return httpx.Response(200, json={"id": "2000"})

    async with graph(answer) as client:
        assert await client.probe(ACCESS) == Accepted("")
    async with graph(refused(401, 190)) as client:
        assert await client.probe(ACCESS) == Halted(190, "no")


async def test_redirects_are_not_followed() -> None:
    """A token goes to the configured host and to no other."""

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.host == "graph.test"
        return httpx.Response(302, headers={"location": "https://elsewhere.test/"})

    async with graph(answer) as client:
        assert isinstance(await client.send(ACCESS, ANA, Text("Hi"), "1.2.3"), Uncertain)


async def test_nothing_personal_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """No URL, token, number or text reaches a log, whatever becomes of the call."""
    caplog.set_level("INFO")
    async with graph(refused(500, 131000)) as client:
        await client.send(ACCESS, ANA, Text("Hi"), "1.2.3")
        assert "secret-token" not in repr((client, ACCESS))
    assert caplog.text == ""


async def test_an_answer_that_never_ends_is_uncertain(autojump_clock: object) -> None:
    """The whole call has a deadline, whatever the deadlines of its parts."""

    async def answer(request: httpx.Request) -> httpx.Response:
        await trio.sleep_forever()
        raise AssertionError

    async with graph(answer) as client:
        started = trio.current_time()
        assert await client.send(ACCESS, ANA, Text("Hi"), "1.2.3") == Uncertain("no answer in time")
        assert trio.current_time() - started == pytest.approx(LIMITS.whole)


async def test_cancellation_passes_through(autojump_clock: object) -> None:
    """Who is cancelled hears no answer; the client can be used again."""
    calls = 0

    async def answer(request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        if calls == 1:
            await trio.sleep_forever()
        return httpx.Response(200, json=ACCEPTED)

    async with graph(answer) as client:
        with trio.move_on_after(1) as scope:
            await client.send(ACCESS, ANA, Text("Hi"), "1.2.3")
        assert scope.cancelled_caught
        assert isinstance(await client.send(ACCESS, ANA, Text("Hi"), "1.2.3"), Accepted)


async def test_send_nowait() -> None:
    """Many sends start in one task; each answer comes later, once."""
    answers: list[Answer] = []

    async with graph(lambda request: httpx.Response(200, json=ACCEPTED)) as client:
        for _ in range(3):
            started = client.send_nowait(ACCESS, ANA, Text("Hi"), "1.2.3", answers.append)
            assert not isinstance(started, Rejected)
        assert answers == []
        await trio.testing.wait_all_tasks_blocked()
        assert answers == [Accepted("wamid.OUT-1", "46701234567")] * 3
        assert client.send_nowait(ACCESS, ANA, Text(" "), "1.2.3", answers.append) == Rejected(
            131009, "the text is empty"
        )
    assert len(answers) == 3


async def test_a_started_send_can_be_given_up() -> None:
    """Its answer is not told any more."""
    answers: list[Answer] = []

    async def never(request: httpx.Request) -> httpx.Response:
        await trio.sleep_forever()
        raise AssertionError

    async with graph(never) as client:
        started = client.send_nowait(ACCESS, ANA, Text("Hi"), "1.2.3", answers.append)
        assert not isinstance(started, Rejected)
        await trio.testing.wait_all_tasks_blocked()
        started.cancel()
        started.cancel()
    assert answers == []


async def test_retry_after_is_believed() -> None:
    """A wait that the server asks for in seconds goes before our own idea of it, up to a bound."""

    def answer(request: httpx.Request) -> httpx.Response:
        error = {"error": {"code": 130429, "message": "slow"}}
        return httpx.Response(429, json=error, headers={"Retry-After": "7"})

    async with graph(answer) as client:
        answered = await client.send(ACCESS, ANA, Text("Hi"), "1.2.3")
    assert answered == Deferred(130429, "slow", 7.0, whole_channel=True)
