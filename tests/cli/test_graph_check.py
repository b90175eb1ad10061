"""What doctor makes of Graph's answers about a channel."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from kaisa_relay.accounts.cipher import TokenCipher
from kaisa_relay.accounts.commands import ChannelFacts, SealedChannel
from kaisa_relay.cli.finding import Finding, Level, healthy
from kaisa_relay.cli.graph_calls import GraphCalls
from kaisa_relay.cli.graph_check import GraphApi

TOKEN = "EAAcanarytoken"
CIPHER = TokenCipher.of(b"k" * 32)
OURS = "https://relay.example/webhooks/whatsapp"
NUMBER = {"display_phone_number": "+46 70-000 00 01", "status": "CONNECTED", "id": "1001"}

Handler = Callable[[httpx.Request], httpx.Response]


def sealed(waba: str = "77", app: str = "") -> SealedChannel:
    channel = ChannelFacts("chn_1", "acme", "1001", "+46700000001", waba, app, "", 80)
    return SealedChannel(channel, CIPHER.seal(TOKEN))


def graph(number: Any, apps: Any = None, status: int = 200) -> Handler:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        if request.url.path == "/v26.0/1001":
            return httpx.Response(status, json=number)
        assert request.url.path == "/v26.0/77/subscribed_apps"
        return httpx.Response(200, json=apps) if apps is not None else refusal(100)

    return answer


def refusal(code: int, status: int = 400) -> httpx.Response:
    error = {"code": code, "message": f"about {TOKEN}"}
    return httpx.Response(status, json={"error": error})


async def check(handler: Handler, waba: str = "77", app: str = "") -> list[Finding]:
    transport = httpx.MockTransport(handler)
    async with httpx.AsyncClient(transport=transport) as client:
        api = GraphApi(GraphCalls(client, "https://graph.example/v26.0"), OURS)
        findings = list(await api.check(CIPHER, sealed(waba, app)))
    assert {each.about for each in findings} == {"channel chn_1"}
    assert "canary" not in repr(findings)
    assert all(each.advice or each.level is Level.OK for each in findings)
    return findings


@pytest.mark.parametrize(
    ("number", "apps"),
    [
        (NUMBER, {"data": [{"whatsapp_business_api_data": {"id": "1"}}]}),
        (NUMBER, {"data": [{"override_callback_uri": OURS}]}),
        (NUMBER | {"webhook_configuration": {"application": OURS}}, None),
        (
            NUMBER | {"webhook_configuration": {"phone_number": OURS, "application": "https://x"}},
            None,
        ),
    ],
)
async def test_a_channel_that_works(number: Any, apps: Any) -> None:
    """Number, token and webhook are confirmed."""
    findings = await check(graph(number, apps))
    assert [each.level for each in findings] == [Level.OK, Level.OK]


@pytest.mark.parametrize(
    ("app", "path", "level"),
    [
        ("partner", "/partner", Level.OK),
        ("partner", "", Level.PROBLEM),
        ("", "/partner", Level.PROBLEM),
        ("partner", "/other", Level.PROBLEM),
    ],
)
async def test_each_app_has_an_address_of_its_own(app: str, path: str, level: Level) -> None:
    """Elsewhere its signature would be nobody's."""
    number = NUMBER | {"webhook_configuration": {"application": f"{OURS}{path}"}}
    assert (await check(graph(number), app=app))[1].level is level


@pytest.mark.parametrize(
    ("number", "apps", "says"),
    [
        (NUMBER, {"data": []}, "no app is subscribed"),
        (NUMBER, {}, "no app is subscribed"),
        (NUMBER, {"data": [{"override_callback_uri": "https://x"}]}, "another address"),
        (NUMBER | {"webhook_configuration": {"application": "https://x"}}, None, "another address"),
        (
            NUMBER | {"webhook_configuration": {"application": OURS}},
            {"data": []},
            "no app is subscribed",
        ),
        (NUMBER | {"display_phone_number": "+1 555 0100"}, {"data": [{}]}, "another number"),
        ({"id": "1001"}, {"data": [{}]}, "another number"),
        (NUMBER | {"status": "PENDING"}, {"data": [{}]}, "not connected"),
    ],
)
async def test_a_channel_that_does_not_work(number: Any, apps: Any, says: str) -> None:
    """Exactly one problem, and what to do."""
    findings = await check(graph(number, apps))
    (wrong,) = [each for each in findings if each.level is Level.PROBLEM]
    assert says in wrong.says


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (refusal(190, 401), "the token is not valid"),
        (refusal(100), "no such id"),
        (refusal(2, 500), "code 2"),
        (httpx.Response(502, text="<html>"), "no JSON"),
        (httpx.Response(500, json=["x"]), "code unknown"),
        (httpx.Response(200, json=["x"]), "code unknown"),
    ],
)
async def test_a_number_that_graph_does_not_show(answer: httpx.Response, says: str) -> None:
    """The code is said, Meta's text is not."""
    (finding,) = await check(lambda request: answer)
    assert finding.level is Level.PROBLEM
    assert says in finding.says


async def test_graph_is_away() -> None:
    """The kind of error is said."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("canary", request=request)

    (finding,) = await check(refuse)
    assert "cannot be reached (ConnectError)" in finding.says


async def test_what_is_only_worth_a_look() -> None:
    """An unknown subscription and a red quality rating do not make doctor fail."""
    unknown = await check(graph(NUMBER), waba="")
    unseen = await check(graph(NUMBER | {"quality_rating": "RED"}))
    assert [each.level for each in unknown] == [Level.OK, Level.WARNING]
    assert [each.level for each in unseen] == [Level.OK, Level.WARNING, Level.WARNING]
    assert healthy([*unknown, *unseen])


async def test_a_token_of_another_secret() -> None:
    """Nothing is asked of Graph."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: refusal(1))) as client:
        api = GraphApi(GraphCalls(client, "https://graph.example/v26.0"), OURS)
        (finding,) = await api.check(TokenCipher.of(b"x" * 32), sealed())
    assert finding.level is Level.PROBLEM
    assert "KAISA_SECRET_KEY" in finding.advice
