"""Endpoints and triggers for text messages, at a real HTTP server that answers as providers do."""

import json
from typing import Any
from urllib.parse import parse_qsl

from kaisa_relay.domain.engagement.actions import Kind
from kaisa_relay.domain.engagement.ids import ENDPOINT
from kaisa_relay.domain.ids import to_text
from kaisa_relay.ports.engagement import (
    AttemptView,
    DeliveryView,
    EndpointWish,
    NewEndpoint,
    Options,
)
from tests.engagement.receiver import Call
from tests.engagement.stage import Stage

ACCOUNT = "AC" + "1f" * 16
SERVICE = "MG" + "2e" * 16
TO, SENDER = "+46701740641", "+46766860000"
WORDS: dict[str, Any] = {
    "to": "070-174 06 41",
    "text": {"en": "Hi {{ visitor.name }}: {{ event.data.reason }}", "sv": "Hej!"},
}
UNCLEAR = "its answer does not say what `success` asks for"
QUEUED = json.dumps({"sid": "SM1", "to": TO, "body": "Hi Vera: unscanned"}).encode()


async def twilio(stage: Stage, sender: str = SENDER, user: str | None = None) -> NewEndpoint:
    """Add an endpoint at what answers as Twilio does."""
    stage.receiver.status, stage.receiver.answer = 201, QUEUED
    options = Options(user, sender, "twilio", ACCOUNT)
    url = f"http://127.0.0.1:{stage.receiver.port}/"
    return await stage.add(EndpointWish(Kind.SMS, url, options, "auth token"))


async def other(stage: Stage, wish: EndpointWish | None = None, **request: Any) -> NewEndpoint:
    """Add an endpoint at any other provider."""
    wanted = {"body": {"to": "{{ to }}", "text": "{{ text }}", "by": "{{ sender }}"}, **request}
    options = Options(None, "Acme", "http", request=wanted)
    return await stage.add(wish or EndpointWish(Kind.SMS, stage.receiver.url, options))


async def texts(stage: Stage, endpoint: NewEndpoint, **words: Any) -> None:
    """Add a trigger that texts."""
    place = to_text(ENDPOINT, endpoint.view.id)
    await stage.trigger_of({"sms": place, **WORDS, "to": TO, **words})


async def tries(stage: Stage, delivery: DeliveryView) -> list[AttemptView]:
    """Return how a delivery was tried."""
    seen = await stage.builder.attempts(stage.world.workspace, delivery.id)
    assert seen is not None
    return list(seen[1])


def form(call: Call) -> dict[str, str]:
    """Return what a form said."""
    assert call.headers["content-type"] == "application/x-www-form-urlencoded"
    return dict(parse_qsl(call.body.decode(), keep_blank_values=True))
