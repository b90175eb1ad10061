"""From an event to a text message, by Twilio."""

import json
from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest

from kaisa_relay.domain.engagement.ids import DELIVERY
from kaisa_relay.domain.engagement.suppression import Address, Way
from kaisa_relay.domain.ids import to_text
from kaisa_relay.engagement.outlets import open_outlets
from kaisa_relay.ports.engagement import (
    AttemptView,
    BadEndpoint,
    DeliveryState,
)
from kaisa_relay.ports.outreach import Declined
from tests.engagement.providers import (
    ACCOUNT,
    QUEUED,
    SENDER,
    SERVICE,
    TO,
    form,
    texts,
    tries,
    twilio,
)
from tests.engagement.stage import Stage


@pytest.mark.parametrize(
    ("sender", "user", "whose"),
    [(SENDER, None, "From"), ("Acme", "SK" + "3d" * 16, "From"), (SERVICE, None, None)],
)
async def test_an_event_becomes_a_message_by_twilio(
    stage: Stage, sender: str, user: str | None, whose: str | None
) -> None:
    """As its API wants it; the log has its id, and neither number nor words."""
    endpoint = await twilio(stage, sender, user)
    assert endpoint.secret is None
    await texts(stage, endpoint)
    await stage.abandoned()
    (delivery,) = await stage.states(1, DeliveryState.DELIVERED)
    (call,) = stage.receiver.calls
    assert (call.method, call.path) == ("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json")
    by = {whose or "MessagingServiceSid": sender}
    assert form(call) == {"To": TO, "Body": "Hi Vera: unscanned", **by}
    scheme, _, pair = call.headers["authorization"].partition(" ")
    assert (scheme, b64decode(pair).decode()) == ("Basic", f"{user or ACCOUNT}:auth token")
    assert call.headers["idempotency-key"] == to_text(DELIVERY, delivery.id)
    (tried,) = await tries(stage, delivery)
    assert (tried.status, tried.why, tried.answer) == (201, None, "SM1")


@pytest.mark.parametrize(
    ("status", "answer", "state", "kept"),
    [
        (400, {"code": 21211, "message": f"The 'To' number {TO} is not valid."},
         DeliveryState.DEAD, "21211: The 'To' number +… is not valid."),
        (400, {"code": 21610, "message": "Attempt to send to unsubscribed recipient"},
         DeliveryState.DEAD, "21610: Attempt to send to unsubscribed recipient"),
        (400, {"code": 21606, "message": "The 'From' number is not yours"},
         DeliveryState.WAITING, "21606: The 'From' number is not yours"),
        (401, {"code": 20003, "message": "Authenticate"},
         DeliveryState.WAITING, "20003: Authenticate"),
        (429, {"code": 20429, "message": "Too many requests"},
         DeliveryState.WAITING, "20429: Too many requests"),
        (503, {}, DeliveryState.WAITING, "{}"),
    ],
)  # fmt: skip
async def test_what_twilio_says_of_the_receiver_ends_it(
    stage: Stage, status: int, answer: Any, state: DeliveryState, kept: str
) -> None:
    """What it says of us, or of the moment, is tried again."""
    endpoint = await twilio(stage)
    stage.receiver.status, stage.receiver.answer = status, json.dumps(answer).encode()
    await texts(stage, endpoint)
    await stage.abandoned()
    (delivery,) = await stage.tried(1)
    assert delivery.state is state
    (tried,) = await tries(stage, delivery)
    assert (tried.status, tried.why, tried.answer) == (status, f"it answered {status}", kept)


async def test_who_has_answered_stop_to_twilio_gets_no_more(stage: Stage) -> None:
    """By text message, from any trigger: 21610 says so of the number."""
    endpoint = await twilio(stage)
    refusal = {"code": 21610, "message": "Attempt to send to unsubscribed recipient"}
    stage.receiver.status, stage.receiver.answer = 400, json.dumps(refusal).encode()
    await texts(stage, endpoint)
    begun = await stage.abandoned()
    await stage.states(1, DeliveryState.DEAD)
    assert stage.courier.declined == [Declined(begun.id, Address(Way.SMS, TO))]


async def test_who_is_not_twilio_takes_nothing(stage: Stage) -> None:
    """A web page, for example; it may have done anything, so it is not repeated."""
    endpoint = await twilio(stage)
    stage.receiver.answer = b"<h1>Welcome"
    await texts(stage, endpoint)
    await stage.abandoned()
    (delivery,) = await stage.states(1, DeliveryState.DEAD)
    (tried,) = await tries(stage, delivery)
    assert tried.why == "what came back is not Twilio's"


async def test_a_message_that_was_not_taken_is_tried_again_under_the_same_id(stage: Stage) -> None:
    """Until it is."""
    endpoint = await twilio(stage)
    stage.receiver.status, stage.receiver.answer = 500, b"{}"
    await texts(stage, endpoint)
    await stage.abandoned()
    await stage.tried(1)
    stage.receiver.status, stage.receiver.answer = 201, QUEUED
    stage.pass_time(timedelta(minutes=1))
    await stage.states(1, DeliveryState.DELIVERED)
    first, second = stage.receiver.calls
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert first.body == second.body


async def test_an_example_goes_to_a_number(stage: Stage) -> None:
    """And says that it needs one."""
    endpoint, workspace = await twilio(stage), stage.world.workspace
    for nobody in (None, "Vera"):
        refused = await stage.builder.try_endpoint(workspace, endpoint.view.id, nobody)
        assert isinstance(refused, BadEndpoint)
        assert refused.field == "to"
    seen = await stage.builder.try_endpoint(workspace, endpoint.view.id, "+46 70 174 06 41")
    assert isinstance(seen, AttemptView)
    assert (seen.status, seen.answer) == (201, "SM1")
    assert form(stage.receiver.calls[0])["To"] == TO


async def test_a_provider_is_judged_like_any_other(stage: Stage) -> None:
    """By where its name leads."""
    target, content = await stage.example(await twilio(stage), TO)
    async with open_outlets() as strict:
        reply = await strict.send(target, content, "dlv_1", stage.world.clock())
    assert (reply.status, reply.why) == (None, "leads into a private network")


async def test_nothing_of_a_message_is_shown(stage: Stage) -> None:
    """Not by what holds it on its way."""
    target, content = await stage.example(await twilio(stage), TO)
    assert TO not in repr(content)
    assert "auth token" not in repr(target)
