"""What `doctor` makes of the settings, the database's own facts and the public address."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

import httpx

from kaisa_relay.accounts.ailing import Ailing
from kaisa_relay.accounts.commands import Facts, Parked, Speaking
from kaisa_relay.accounts.signed import Signed
from kaisa_relay.cli.finding import Finding, ok, problem, warning
from kaisa_relay.cli.options import Options
from kaisa_relay.cli.output import instant
from kaisa_relay.ports import UNREADABLE
from kaisa_relay.settings import FOR_SERVE, Bind, Settings, SettingsError
from kaisa_relay.whatsapp.items import Reason

WEBHOOK_PATH: Final = "/webhooks/whatsapp"
_CHALLENGE: Final = "kaisa-relay-doctor"
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})
_NEAR: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Where to find on this machine what listens everywhere."""


def check_settings(options: Options) -> tuple[Settings | None, list[Finding]]:
    """Return the settings, as far as they can be used, and what is wrong with them."""
    try:
        return options.settings(FOR_SERVE), [ok("settings", "complete")]
    except SettingsError as problems:
        findings = [
            problem("settings", line, "serve does not start like this")
            for line in problems.problems
        ]
    try:
        return options.settings(), findings
    except SettingsError:
        return None, findings


def check_facts(facts: Facts) -> Iterator[Finding]:
    """Judge what the database says of itself."""
    who = "a running serve holds it and answers" if facts.serving else "reachable"
    yield _schema(who, facts)
    if not facts.channels:
        yield problem("channels", "there is none, so nothing can be relayed", _ADD_CHANNEL)
    if not facts.usable_keys:
        yield warning(
            "keys",
            "there is no usable API key",
            "kaisa-relay key add --workspace NAME --scope conversations:write",
        )
    if facts.waiting_rows and not facts.serving:
        yield warning(
            "inbox",
            f"{facts.waiting_rows} rows wait to be decided",
            "start kaisa-relay serve, which works them off",
        )
    if facts.signed.wrong:
        yield _signed(facts.signed)
    for parked in facts.parked:
        yield _parked(parked)
    for speaking in facts.speaking:
        if speaking.unconfirmed:
            yield _unconfirmed(speaking)
        if speaking.for_ever:
            kept = ", ".join(speaking.for_ever)
            yield ok(f"privacy of {speaking.workspace}", f"kept until erased: {kept}")
    for ailing in facts.ailing:
        yield _ailing(ailing)


def _unconfirmed(speaking: Speaking) -> Finding:
    shown = ", ".join(speaking.unconfirmed[:MOST_SHOWN])
    more = "" if len(speaking.unconfirmed) <= MOST_SHOWN else ", …"
    return warning(
        f"agents of {speaking.workspace}",
        f"{len(speaking.unconfirmed)} have not said yes yet and get no offers: {shown}{more}",
        "ask them to send /on; names are in kaisa-relay agent list",
    )


def _signed(signed: Signed) -> Finding:
    """A stranger's are a warning: what is signed rightly comes beside them."""
    judge = warning if signed.right else problem
    return judge(
        "webhooks",
        f"{signed.wrong} were refused since serve started, {signed.right} taken: their signature "
        "is not made with our app secret",
        "compare KAISA_APP_SECRET (of another app: kaisa-relay app set) with the app secret in "
        "Meta's App Dashboard; Meta delivers again for days",
    )


def _schema(who: str, facts: Facts) -> Finding:
    if facts.schema == facts.wanted:
        return ok("database", f"{who}; schema {facts.schema}")
    return problem(
        "database",
        f"{who}; it has schema {facts.schema}, this version uses {facts.wanted}",
        "start this version's kaisa-relay serve, which upgrades it, or run the version that fits",
    )


def _ailing(ailing: Ailing) -> Finding:
    about = f"channel {ailing.channel}"
    if ailing.down is not None:
        return problem(
            about,
            f"it cannot send: {ailing.down}",
            "new conversations go to other channels; what waits is sent when it works again",
        )
    if ailing.limited is not None:
        until = instant(ailing.limited_until, "further notice")
        return warning(
            about,
            f"it is limited until {until}: {ailing.limited}",
            "new conversations go to other channels; see the number in WhatsApp Manager",
        )
    return warning(
        about,
        f"its quality is {ailing.quality}",
        "people block or report its messages; Meta may lower its limits: send less",
    )


MOST_SHOWN: Final = 10
_ADD_CHANNEL: Final = "kaisa-relay channel add --help"


_UNWANTED: Final = {
    Reason.ACCOUNT_FIELD,
    Reason.OTHER_FIELD,
    Reason.STANDBY,
    Reason.GROUP,
    Reason.SYSTEM_NOTICE,
    Reason.REQUEST_WELCOME,
}
"""Kinds of webhook that are kept and that nothing here acts upon."""
_STRANGE: Final = {
    Reason.NOT_JSON,
    Reason.OTHER_OBJECT,
    Reason.MALFORMED,
    Reason.NO_MESSAGE_ID,
    Reason.NO_SENDER,
    Reason.UNKNOWN_STATUS,
}


_REPORT: Final = "see in the log what it crashed, and report it to us"
_MESSAGE_ADVICE: Final = {
    UNREADABLE: "another version of the program stored it: run one that reads it, then: "
    "kaisa-relay conversation release message/{}",
}


def _parked(parked: Parked) -> Finding:
    rows = "1 row" if parked.rows == 1 else f"{parked.rows} rows"
    seen = f"{rows} parked since {instant(parked.oldest, '')}: {parked.reason}"
    kind, _, id = (parked.stream or "").partition("/")
    if kind == "conversation":
        return problem(
            f"conversation {id}",
            seen,
            f"see why in the log, then: kaisa-relay conversation release {id}",
        )
    if kind == "message":
        return problem(
            f"message {id}", seen, _MESSAGE_ADVICE.get(parked.reason, _REPORT).format(id)
        )
    return _unrouted(parked.reason, seen)


def _unrouted(reason: str, seen: str) -> Finding:
    about = "unrouted webhooks"
    if reason in _UNWANTED:
        return ok(about, f"{seen}; kept, nothing to do")
    if reason in _STRANGE:
        return warning(
            about,
            seen,
            "signed with your app's secret and still not readable; kept: if it goes on, "
            "compare the Graph version in Meta's App Dashboard, or report it to us",
        )
    return warning(
        about,
        seen,
        "if the number is yours, add its channel (and the app it belongs to); if not, "
        "unsubscribe it in Meta's App Dashboard",
    )


async def check_public_url(client: httpx.AsyncClient, settings: Settings) -> Finding:
    """Shake hands with our own webhook the way that Meta does."""
    url = settings.public_url
    about = "public URL"
    try:
        answer = await _shake_hands(client, url, settings)
    except httpx.TransportError as reason:
        return problem(
            about,
            f"{url} does not answer ({type(reason).__name__})",
            "start kaisa-relay serve; check KAISA_PUBLIC_URL, the reverse proxy and its TLS",
        )
    except SettingsError:
        return warning(about, "not tried", "set KAISA_VERIFY_TOKEN first")
    return _refused(about, url, answer) or _reachable(url)


async def check_webhook_bind(client: httpx.AsyncClient, settings: Settings) -> list[Finding]:
    """Shake hands with the webhooks' own listener, where there is one, as the proxy would."""
    bind, about = settings.webhook_bind, "webhook bind"
    if bind is None or bind.port == 0:
        return []
    url = f"http://{Bind(_NEAR.get(bind.host, bind.host), bind.port)}"
    try:
        answer = await _shake_hands(client, url, settings)
    except httpx.TransportError as reason:
        said = f"{bind} does not answer ({type(reason).__name__})"
        return [problem(about, said, "start kaisa-relay serve; check KAISA_WEBHOOK_BIND")]
    except SettingsError:
        return []  # that it is missing has been said
    found = _refused(about, url, answer)
    return [found or ok(about, f"{bind} answers the webhook handshake: /webhooks/ belongs there")]


async def _shake_hands(client: httpx.AsyncClient, url: str, settings: Settings) -> httpx.Response:
    mode, token = "subscribe", settings.verify_token
    asked = {"hub.mode": mode, "hub.challenge": _CHALLENGE, "hub.verify_token": token}
    return await client.get(f"{url}{WEBHOOK_PATH}", params=asked)


def _refused(about: str, url: str, answer: httpx.Response) -> Finding | None:
    if answer.status_code == 200 and answer.text == _CHALLENGE:
        return None
    return problem(
        about,
        f"{url}{WEBHOOK_PATH} refuses the handshake (HTTP {answer.status_code})",
        "another program answers there, or it has another KAISA_VERIFY_TOKEN",
    )


def _reachable(url: str) -> Finding:
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname not in _LOCAL:
        return ok("public URL", f"{url} answers the webhook handshake")
    return warning(
        "public URL",
        f"{url} answers the webhook handshake, but Meta cannot come there",
        "Meta needs https with a certificate of a public authority: set KAISA_PUBLIC_URL",
    )
