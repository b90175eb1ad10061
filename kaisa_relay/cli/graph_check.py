"""What Meta says of each channel: its token, its number, and where its webhooks go.

Rule 1: only questions are asked; nothing is changed on Meta's side.
Rule 2: no token and nothing of Meta's free text is repeated, only codes and our own words.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from kaisa_relay.accounts.cipher import TokenCipher, WrongSecretKey
from kaisa_relay.accounts.commands import ChannelFacts, SealedChannel
from kaisa_relay.cli.finding import Finding, Level, ok, problem, warning
from kaisa_relay.cli.graph_calls import GraphCalls
from kaisa_relay.cli.graph_calls import about as with_subject

_FIELDS: Final = "display_phone_number,status,quality_rating,webhook_configuration"


@frozen
class GraphApi:
    """Where Graph is, how to reach it, and the address that webhooks should come to."""

    calls: GraphCalls
    webhook_url: str

    async def check(self, cipher: TokenCipher, sealed: SealedChannel) -> Sequence[Finding]:
        """Ask about one channel."""
        channel = sealed.channel
        about = f"channel {channel.id}"
        try:
            token = cipher.open(sealed.sealed_token)
        except WrongSecretKey as reason:
            return [problem(about, "its token cannot be decrypted", str(reason))]
        answer = await self.calls.get(channel.phone_number_id, token, fields=_FIELDS)
        if isinstance(answer, Finding):
            return [with_subject(about, answer)]
        findings = [_number(about, channel, answer), *_status(about, answer)]
        return [*findings, await self._webhook(about, channel, token, answer)]

    async def _webhook(
        self, about: str, channel: ChannelFacts, token: str, number: Mapping[str, Any]
    ) -> Finding:
        """Two things must hold: the address is ours, and the account has an app subscribed."""
        configured = _webhook_of(number)
        address = None if configured is None else self._judge(about, channel, configured)
        if address is not None and address.level is Level.PROBLEM:
            return address
        if not channel.waba:
            return address or warning(
                about,
                "whether its webhooks come here is not known",
                f"kaisa-relay channel set --channel {channel.id} --waba ID has them checked",
            )
        answer = await self.calls.get(f"{channel.waba}/subscribed_apps", token)
        if isinstance(answer, Finding):
            unseen = warning(about, f"its webhook subscription: {answer.says}", answer.advice)
            return address or unseen
        subscription = self._subscription(about, channel, answer)
        return address if address and subscription.level is Level.OK else subscription

    def _subscription(
        self, about: str, channel: ChannelFacts, answer: Mapping[str, Any]
    ) -> Finding:
        apps = answer.get("data")
        if not isinstance(apps, list) or not apps:
            return problem(
                about,
                "no app is subscribed to its WhatsApp business account, so no webhooks come",
                f"POST /{channel.waba}/subscribed_apps with the channel's token",
            )
        overrides = [app.get("override_callback_uri") for app in apps if isinstance(app, dict)]
        chosen = [uri for uri in overrides if uri]
        if chosen and self._address(channel) not in chosen:
            return self._judge(about, channel, str(chosen[0]))
        return ok(about, "its webhooks are subscribed")

    def _address(self, channel: ChannelFacts) -> str:
        """The path says which app's secret a webhook is signed with."""
        return f"{self.webhook_url}/{channel.app}" if channel.app else self.webhook_url

    def _judge(self, about: str, channel: ChannelFacts, uri: str) -> Finding:
        address = self._address(channel)
        if uri == address:
            return ok(about, "its webhooks come here")
        return problem(
            about,
            "its webhooks go to another address",
            f"set the callback URL to {address}, or mend KAISA_PUBLIC_URL",
        )


def _number(about: str, channel: ChannelFacts, answer: Mapping[str, Any]) -> Finding:
    shown = "".join(c for c in str(answer.get("display_phone_number", "")) if c.isdecimal())
    if shown == channel.number.lstrip("+"):
        return ok(about, "its token works and its number is right")
    return problem(
        about,
        "its phone number id belongs to another number than configured",
        f"links lead elsewhere: kaisa-relay channel set --channel {channel.id} --number +E164",
    )


def _status(about: str, answer: Mapping[str, Any]) -> Sequence[Finding]:
    findings = []
    if answer.get("status", "CONNECTED") != "CONNECTED":
        findings.append(
            problem(about, "Meta says that it is not connected", "register the number with Meta")
        )
    if answer.get("quality_rating") == "RED":
        findings.append(
            warning(about, "its quality rating is red", "Meta may lower its limits: send less")
        )
    return findings


def _webhook_of(number: Mapping[str, Any]) -> str | None:
    """Return the address that applies: the number's own, else its account's, else the app's."""
    configured = number.get("webhook_configuration")
    if not isinstance(configured, dict):
        return None
    levels = ("phone_number", "whatsapp_business_account", "application")
    return next((str(configured[level]) for level in levels if configured.get(level)), None)
