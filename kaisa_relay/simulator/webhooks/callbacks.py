"""Where webhooks go, how they are signed, and the handshake that proves a callback is the
business's own.
"""

import hashlib
import hmac
import json
from typing import Any

import httpx
from attrs import field, frozen


@frozen
class Callback:
    """A callback URL of an app; the secret signs every body."""

    url: str
    verify_token: str = field(repr=False)
    app_secret: str = field(repr=False)


class Callbacks:
    """The app's callback, and the overrides of single accounts and numbers."""

    def __init__(self, default: Callback | None, require_subscription: bool) -> None:
        self.default = default
        self.overrides: dict[str, Callback] = {}
        self.numbers: dict[str, Callback] = {}
        self.subscribed: set[str] = set()
        self._require_subscription = require_subscription

    def of(self, waba: str, phone_number_id: str = "") -> Callback | None:
        """The callback for a number of an account, or None while nobody listens; the number comes
        before the account, the account before the app.
        """
        if not self.listening(waba):
            return None
        return self.numbers.get(phone_number_id) or self.overrides.get(waba, self.default)

    def listening(self, waba: str) -> bool:
        """Whether the app is subscribed to an account."""
        return waba in self.subscribed or not self._require_subscription

    def configuration(self, waba: str, phone_number_id: str = "") -> dict[str, str]:
        """What Graph shows as `webhook_configuration`: the levels that have a callback."""
        levels = {
            "phone_number": self.numbers.get(phone_number_id),
            "whatsapp_business_account": self.overrides.get(waba),
            "application": self.default,
        }
        return {level: callback.url for level, callback in levels.items() if callback is not None}

    def subscriptions(self, waba: str) -> list[dict[str, Any]]:
        """What Graph lists as an account's subscribed apps: ours, or nothing."""
        if not self.listening(waba):
            return []
        app = {"id": "1", "link": "https://app.invalid/", "name": "Simulated app"}
        override = self.overrides.get(waba)
        uri = {} if override is None else {"override_callback_uri": override.url}
        return [{"whatsapp_business_api_data": app} | uri]


def encode(payload: dict[str, Any], ascii_only: bool) -> bytes:
    """A webhook body in one of Meta's two styles: UTF-8, or ASCII with escaped slashes and
    letters.
    """
    if ascii_only:
        return json.dumps(payload, separators=(",", ":")).replace("/", "\\/").encode("ascii")
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()


def signature(app_secret: str, body: bytes) -> str:
    """The value of `X-Hub-Signature-256` for exactly these bytes."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


@frozen
class Handshake:
    """How the verification of a callback went; `problem` is empty when it passed."""

    status: int | None
    problem: str = ""


async def shake_hands(
    client: httpx.AsyncClient, callback: Callback, challenge: str, patience: float
) -> Handshake:
    """Do Meta's GET: the callback must answer 200 with the challenge and nothing else."""
    query = {
        "hub.mode": "subscribe",
        "hub.challenge": challenge,
        "hub.verify_token": callback.verify_token,
    }
    try:
        answer = await client.get(callback.url, params=query, timeout=patience)
    except (httpx.HTTPError, httpx.InvalidURL) as failure:
        return Handshake(None, f"the callback could not be reached: {type(failure).__name__}")
    if answer.status_code != 200:
        return Handshake(answer.status_code, "the callback did not answer 200")
    if answer.text != challenge:
        return Handshake(answer.status_code, "the callback did not answer with the challenge")
    return Handshake(answer.status_code)
