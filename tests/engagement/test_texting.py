"""From an event to a text message, by any provider."""

import json
from base64 import b64decode

import pytest

from kaisa_relay.domain.engagement.actions import Kind
from kaisa_relay.domain.engagement.ids import DELIVERY
from kaisa_relay.domain.ids import to_text
from kaisa_relay.ports.engagement import (
    BadEndpoint,
    DeliveryState,
    EndpointChange,
    EndpointWish,
    Options,
)
from tests.engagement.providers import TO, UNCLEAR, form, other, texts, tries
from tests.engagement.stage import Stage


async def test_any_other_provider_gets_json(stage: Stage) -> None:
    """With its own headers; a text with quotes stays one value."""
    body = {"to": ["{{ to }}"], "sms": {"text": "{{ text }}", "ref": "{{ id }}"}, "flash": False}
    options = Options(None, "Acme", "http", request={"body": body, "method": "PUT"})
    headers = {"X-Api-Key": "key 7"}
    wish = EndpointWish(Kind.SMS, stage.receiver.url, options, None, headers)
    await texts(stage, await other(stage, wish), text='"}, {{ visitor.name }}')
    await stage.abandoned()
    (delivery,) = await stage.states(1, DeliveryState.DELIVERED)
    (call,) = stage.receiver.calls
    assert (call.method, call.headers["x-api-key"]) == ("PUT", "key 7")
    assert call.headers["content-type"] == "application/json"
    assert json.loads(call.body) == {
        "to": [TO],
        "sms": {"text": '"}, Vera', "ref": to_text(DELIVERY, delivery.id)},
        "flash": False,
    }


async def test_any_other_provider_gets_a_form(stage: Stage) -> None:
    """Signed in by name and password."""
    body = {"to": "{{ to }}", "text": "{{ text }}", "flash": True, "x": None}
    options = Options("me", None, "http", request={"format": "form", "body": body})
    wish = EndpointWish(Kind.SMS, stage.receiver.url, options, "åäö")
    await texts(stage, await other(stage, wish), text="a&b=c")
    await stage.abandoned()
    await stage.states(1, DeliveryState.DELIVERED)
    (call,) = stage.receiver.calls
    assert form(call) == {"to": TO, "text": "a&b=c", "flash": "true", "x": ""}
    assert b64decode(call.headers["authorization"].split()[1]).decode() == "me:åäö"


async def test_any_other_provider_gets_a_query(stage: Stage) -> None:
    """Beside what its URL has."""
    body = {"n": "{{ to }}", "t": "{{ text }}"}
    options = Options(None, None, "http", request={"format": "query", "body": body})
    wish = EndpointWish(Kind.SMS, f"{stage.receiver.url}?v=2", options)
    await texts(stage, await other(stage, wish))
    await stage.abandoned()
    await stage.states(1, DeliveryState.DELIVERED)
    (call,) = stage.receiver.calls
    assert (call.method, call.body) == ("GET", b"")
    assert call.path == "/hooks?v=2&n=%2B46701740641&t=Hi+Vera%3A+unscanned"


@pytest.mark.parametrize(
    ("answer", "state", "why"),
    [
        (b'{"status": ["queued"]}', DeliveryState.DELIVERED, None),
        (b'{"status": ["failed"]}', DeliveryState.DEAD, UNCLEAR),
        (b"[" * 4000, DeliveryState.DEAD, UNCLEAR),
        (b"queued", DeliveryState.DELIVERED, None),
    ],
)  # fmt: skip
async def test_an_answer_says_whether_it_was_taken(
    stage: Stage, answer: bytes, state: DeliveryState, why: str | None
) -> None:
    """Who answers 200 to everything; what is unclear is not sent again and again."""
    success = {"any": [{"field": "answer.status.0", "eq": "queued"},
                       {"field": "answer.text", "contains": "queued"}]}  # fmt: skip
    stage.receiver.answer = answer
    await texts(stage, await other(stage, success=success))
    await stage.abandoned()
    (delivery,) = await stage.states(1, state)
    (tried,) = await tries(stage, delivery)
    assert (tried.status, tried.why) == (200, why)


@pytest.mark.parametrize(
    ("status", "state"),
    [(400, DeliveryState.DEAD), (422, DeliveryState.DEAD), (401, DeliveryState.WAITING),
     (404, DeliveryState.WAITING), (429, DeliveryState.WAITING), (500, DeliveryState.WAITING)],
)  # fmt: skip
async def test_a_status_says_of_whom_it_speaks(
    stage: Stage, status: int, state: DeliveryState
) -> None:
    """Of this message, or of us and the moment; the log masks what it repeats."""
    stage.receiver.status = status
    stage.receiver.answer = json.dumps({"error": f"{TO}: Hi Vera: unscanned"}).encode()
    await texts(stage, await other(stage))
    await stage.abandoned()
    (delivery,) = await stage.tried(1)
    assert delivery.state is state
    (tried,) = await tries(stage, delivery)
    assert tried.answer == '{"error": "+…: …"}'


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"to": "{{ metadata.phone }}"},
         "`to` gave no phone number with a country code, such as +46"),
        ({"to": "070-174 06 41"}, "`to` gave no phone number with a country code, such as +46"),
        ({"text": "{{ metadata.nothing }} "}, "`text` has 0 characters, not 1 to 1600"),
        ({"text": "x" * 1601}, "`text` has 1601 characters, not 1 to 1600"),
    ],
)  # fmt: skip
async def test_what_cannot_be_sent_ends_it(stage: Stage, words: dict[str, str], why: str) -> None:
    """With the reason; the provider hears nothing."""
    await texts(stage, await other(stage), **words)
    await stage.abandoned()
    (delivery,) = await stage.states(1, DeliveryState.DEAD)
    (tried,) = await tries(stage, delivery)
    assert tried.why == why
    assert stage.receiver.calls == []


async def test_a_change_keeps_the_secrets_that_it_does_not_name(stage: Stage) -> None:
    """A new password leaves the headers, new headers leave the password."""
    options = Options("me", None, "http", request={"body": {"to": "{{ to }}"}})
    wish = EndpointWish(Kind.SMS, stage.receiver.url, options, "one", {"X-Key": "a"})
    endpoint, workspace = await other(stage, wish), stage.world.workspace
    assert endpoint.view.options.header_names == ("x-key",)
    for change, password, header in (
        (EndpointChange(password="two"), "two", "a"),
        (EndpointChange(headers={"X-Key": "b"}), "two", "b"),
        (EndpointChange(user="you"), "two", "b"),
    ):
        changed = await stage.builder.change_endpoint(workspace, endpoint.view.id, change)
        assert not isinstance(changed, BadEndpoint | None)
        await stage.builder.try_endpoint(workspace, endpoint.view.id, TO)
        call = stage.receiver.calls[-1]
        pair = b64decode(call.headers["authorization"].split()[1]).decode()
        assert pair == f"{changed.options.user}:{password}"
        assert call.headers["x-key"] == header
