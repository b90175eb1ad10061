"""What doctor makes of the settings, the database's facts and the public address."""

from datetime import UTC, datetime

import httpx
import pytest
from attrs import evolve

from kaisa_relay.accounts.ailing import Ailing
from kaisa_relay.accounts.commands import ChannelFacts, Facts, Parked, SealedChannel
from kaisa_relay.accounts.signed import Signed
from kaisa_relay.cli.checks import check_facts, check_public_url, check_webhook_bind
from kaisa_relay.cli.finding import Level
from kaisa_relay.settings import Bind, Settings

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
CHANNEL = SealedChannel(ChannelFacts("chn_1", "acme", "1", "+1", "", "", "", 80), b"")
HEALTHY = Facts(True, "0001", "0001", 1, (CHANNEL,), 1, (), 0)


def test_a_healthy_database() -> None:
    """Rows that wait are no news while a serve works them off."""
    for facts in (HEALTHY, Facts(True, "0001", "0001", 1, (CHANNEL,), 1, (), 7)):
        (finding,) = check_facts(facts)
        assert finding.level is Level.OK
        assert "serve" in finding.says


@pytest.mark.parametrize(
    ("facts", "level", "about", "says", "advice"),
    [
        (
            Facts(True, "0001", "0001", 1, (), 1, (), 0),
            Level.PROBLEM,
            "channels",
            "none",
            "channel add",
        ),
        (
            Facts(True, "0001", "0001", 1, (CHANNEL,), 0, (), 0),
            Level.WARNING,
            "keys",
            "no usable API key",
            "key add",
        ),
        (
            evolve(HEALTHY, signed=Signed(0, 3)),
            Level.PROBLEM,
            "webhooks",
            "3 were refused",
            "KAISA_APP_SECRET",
        ),
        (
            evolve(HEALTHY, signed=Signed(200, 3)),
            Level.WARNING,
            "webhooks",
            "200 taken",
            "app set",
        ),
        (
            Facts(False, "0001", "0001", 1, (CHANNEL,), 1, (), 7),
            Level.WARNING,
            "inbox",
            "7 rows",
            "kaisa-relay serve",
        ),
        (
            Facts(
                True,
                "0001",
                "0001",
                1,
                (CHANNEL,),
                1,
                (Parked("message", "quarantined", "conversation/cnv_5", 3, AT),),
                0,
            ),
            Level.PROBLEM,
            "conversation cnv_5",
            "3 rows parked since 2026-11-22 12:00:00Z: quarantined",
            "kaisa-relay conversation release cnv_5",
        ),
        (
            Facts(
                True,
                "0001",
                "0001",
                1,
                (CHANNEL,),
                1,
                (Parked("message", "unroutable", "message/7", 1, AT),),
                0,
            ),
            Level.PROBLEM,
            "message 7",
            "1 row parked since 2026-11-22 12:00:00Z: unroutable",
            "see in the log",
        ),
        (
            Facts(
                True,
                "0001",
                "0001",
                1,
                (CHANNEL,),
                1,
                (Parked("message", "unreadable", "message/7", 1, AT),),
                0,
            ),
            Level.PROBLEM,
            "message 7",
            "1 row parked since 2026-11-22 12:00:00Z: unreadable",
            "kaisa-relay conversation release message/7",
        ),
        (
            Facts(
                True,
                "0001",
                "0001",
                1,
                (CHANNEL,),
                1,
                (Parked("unrouted", "unknown_channel", None, 1, AT),),
                0,
            ),
            Level.WARNING,
            "unrouted webhooks",
            "1 row parked",
            "add its channel",
        ),
        (
            Facts(
                True,
                "0001",
                "0001",
                1,
                (CHANNEL,),
                1,
                (Parked("unrouted", "not_json", None, 2, AT),),
                0,
            ),
            Level.WARNING,
            "unrouted webhooks",
            "2 rows parked",
            "not readable",
        ),
        (
            Facts(
                True,
                "0001",
                "0001",
                1,
                (CHANNEL,),
                1,
                (Parked("unrouted", "account_field", None, 2, AT),),
                0,
            ),
            Level.OK,
            "unrouted webhooks",
            "nothing to do",
            "",
        ),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(
    facts: Facts, level: Level, about: str, says: str, advice: str
) -> None:
    """After the line about the database itself."""
    _, finding = check_facts(facts)
    assert (finding.level, finding.about) == (level, about)
    assert says in finding.says
    assert advice in finding.advice


def settings(url: str) -> Settings:
    return Settings(bind=Bind("127.0.0.1", 8080), public_url=url, verify_token="canary")


@pytest.mark.parametrize(
    ("url", "answer", "level", "says"),
    [
        ("https://relay.example", "echo", Level.OK, "answers"),
        ("http://127.0.0.1:8080", "echo", Level.WARNING, "Meta cannot come there"),
        ("https://localhost", "echo", Level.WARNING, "Meta cannot come there"),
        ("https://relay.example", "refuse", Level.PROBLEM, "refuses the handshake (HTTP 403)"),
        ("https://relay.example", "other", Level.PROBLEM, "refuses the handshake (HTTP 200)"),
        ("https://relay.example", "away", Level.PROBLEM, "does not answer (ConnectError)"),
    ],
)
async def test_the_public_address(url: str, answer: str, level: Level, says: str) -> None:
    """The handshake is Meta's, and its token is not repeated."""

    def handle(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/webhooks/whatsapp"
        assert request.url.params["hub.verify_token"] == "canary"
        match answer:
            case "echo":
                return httpx.Response(200, text=request.url.params["hub.challenge"])
            case "refuse":
                return httpx.Response(403)
            case "other":
                return httpx.Response(200, text="Welcome")
            case _:
                raise httpx.ConnectError("no", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(handle)) as client:
        finding = await check_public_url(client, settings(url))
    assert finding.level is level
    assert says in finding.says
    assert "canary" not in repr(finding)


@pytest.mark.parametrize(
    ("bind", "status", "level", "says"),
    [
        ("127.0.0.1", 200, Level.OK, "127.0.0.1:8090 answers"),
        ("0.0.0.0", 200, Level.OK, "0.0.0.0:8090 answers"),
        ("::", 403, Level.PROBLEM, "http://[::1]:8090/webhooks/whatsapp refuses the handshake"),
        ("127.0.0.1", 0, Level.PROBLEM, "127.0.0.1:8090 does not answer (ConnectError)"),
    ],
)
async def test_the_webhooks_own_listener(bind: str, status: int, level: Level, says: str) -> None:
    """One that listens everywhere is asked nearby."""

    def handle(request: httpx.Request) -> httpx.Response:
        assert request.url.host in ("127.0.0.1", "::1")
        if not status:
            raise httpx.ConnectError("no", request=request)
        return httpx.Response(status, text=request.url.params["hub.challenge"])

    given = Settings(webhook_bind=Bind(bind, 8090), verify_token="canary")
    async with httpx.AsyncClient(transport=httpx.MockTransport(handle)) as client:
        [finding] = await check_webhook_bind(client, given)
    assert finding.level is level
    assert says in finding.says


@pytest.mark.parametrize(
    "given", [Settings(verify_token="x"), Settings(webhook_bind=Bind("127.0.0.1", 8090))]
)
async def test_no_listener_or_no_token_and_nothing_is_asked(given: Settings) -> None:
    """That the token is missing is said elsewhere."""
    async with httpx.AsyncClient() as client:
        assert await check_webhook_bind(client, given) == []


async def test_without_a_verify_token_the_address_is_not_tried() -> None:
    """That it is missing is said elsewhere."""
    async with httpx.AsyncClient() as client:
        finding = await check_public_url(client, Settings())
    assert finding.level is Level.WARNING


def test_tables_of_another_version() -> None:
    """Nothing else can be trusted then, but it is said all the same."""
    (finding,) = check_facts(Facts(False, "0001", "0002", 1, (CHANNEL,), 1, (), 0))
    assert finding.level is Level.PROBLEM
    assert "schema 0001, this version uses 0002" in finding.says


@pytest.mark.parametrize(
    ("ailing", "level", "says"),
    [
        (Ailing("chn_1", "red", "spam", AT, "halted"), Level.PROBLEM, "it cannot send: halted"),
        (
            Ailing("chn_1", "red", "spam", AT, None),
            Level.WARNING,
            "it is limited until 2026-11-22 12:00:00Z: spam",
        ),
        (
            Ailing("chn_1", "red", "for_ever", None, None),
            Level.WARNING,
            "it is limited until further notice: for_ever",
        ),
        (Ailing("chn_1", "yellow", None, None, None), Level.WARNING, "its quality is yellow"),
    ],
)
def test_a_channel_that_is_not_well(ailing: Ailing, level: Level, says: str) -> None:
    """The worst of it, and what becomes of conversations."""
    facts = Facts(True, "0001", "0001", 1, (CHANNEL,), 1, (), 0, ailing=(ailing,))
    (found,) = [each for each in check_facts(facts) if each.about == "channel chn_1"]
    assert (found.level, found.says) == (level, says)
    assert found.advice
