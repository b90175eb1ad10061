"""From an event to somebody's server: signed, once by its id, however often it takes."""

import json
from datetime import timedelta

import trio

from kaisa_relay.domain.engagement.retrying import OPENS_AFTER, TRIED_FOR
from kaisa_relay.domain.ids import CONVERSATION, to_text
from kaisa_relay.ports.engagement import DeliveryState, EndpointChange, WhichDeliveries
from tests.engagement.stage import Stage, until

WAITING, DELIVERED = DeliveryState.WAITING, DeliveryState.DELIVERED
MINUTE = timedelta(minutes=1)


async def test_an_event_is_posted_signed(stage: Stage) -> None:
    """As CloudEvents, with a signature that somebody else's library accepts."""
    endpoint = await stage.endpoint()
    await stage.trigger(endpoint)
    begun = await stage.abandoned()
    (call,) = await stage.calls(1)
    event = call.verified(endpoint.secret or "")
    assert event["type"] == "conversation.abandoned"
    assert event["subject"] == to_text(CONVERSATION, begun.id)
    assert event["data"] == {"reason": "unscanned"}
    assert call.headers["content-type"] == "application/cloudevents+json"
    (delivery,) = await stage.states(1, DELIVERED)
    seen = await stage.builder.attempts(stage.world.workspace, delivery.id)
    assert seen is not None
    (attempt,) = seen[1]
    assert (attempt.number, attempt.status, attempt.why) == (1, 200, None)
    assert attempt.answer == "thanks"


async def test_only_what_happens_later_and_fits_starts_it(stage: Stage) -> None:
    """What was there before the trigger does not, nor another type, nor another reason."""
    endpoint = await stage.endpoint()
    await stage.abandoned()
    await stage.trigger(endpoint, when={"field": "event.data.reason", "eq": "duplicate"})
    await stage.trigger(endpoint, when={"field": "conversation.status", "eq": "reserved"})
    await stage.closed(await stage.conversation())
    await stage.abandoned()
    (delivery,) = await stage.states(1, DELIVERED)
    assert delivery.event == 6
    assert len(stage.receiver.calls) == 1


async def test_steps_wait_and_are_stopped(stage: Stage) -> None:
    """A ladder of three, whose visitor comes back after the second."""
    endpoint = await stage.endpoint()
    await stage.trigger(endpoint, after=("10m", "1h", "2h"), unless=["conversation.resumed"])
    begun, other = await stage.abandoned(), await stage.abandoned()
    await stage.states(6, WAITING)
    stage.pass_time(10 * MINUTE)
    await stage.calls(2)
    stage.pass_time(50 * MINUTE)
    await stage.calls(4)
    await stage.resumed(begun)
    await stage.followed()
    stage.pass_time(60 * MINUTE)
    await stage.calls(5)
    found = await stage.states(6, DELIVERED, DeliveryState.CANCELLED)
    cancelled = [each for each in found if each.state is DeliveryState.CANCELLED]
    assert [(each.conversation, each.step) for each in cancelled] == [(begun.id, 2)]
    subjects = [json.loads(each.body)["subject"] for each in stage.receiver.calls]
    assert subjects.count(to_text(CONVERSATION, other.id)) == 3


async def test_a_failure_is_tried_again_under_the_same_id(stage: Stage) -> None:
    """After a while, and until it is taken."""
    await stage.trigger(await stage.endpoint())
    stage.receiver.status = 500
    await stage.abandoned()
    await stage.tried(1)
    stage.receiver.status = 204
    stage.receiver.answer = b""
    stage.pass_time(MINUTE)
    (delivery,) = await stage.states(1, DELIVERED)
    assert delivery.attempts == 2
    first, second = stage.receiver.calls
    assert first.id == second.id
    assert first.body == second.body
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


async def test_retry_after_is_obeyed(stage: Stage) -> None:
    """In seconds."""
    await stage.trigger(await stage.endpoint())
    stage.receiver.status, stage.receiver.headers = 503, {"retry-after": "600"}
    await stage.abandoned()
    (delivery,) = await stage.tried(1)
    assert delivery.due_at == stage.world.clock.now + timedelta(seconds=600)


async def test_what_is_never_taken_is_dead_after_seven_days_and_can_be_replayed(
    stage: Stage,
) -> None:
    """One by one, or all that failed."""
    await stage.trigger(await stage.endpoint())
    stage.receiver.status = 400
    await stage.abandoned()
    (delivery,) = await stage.tried(1)
    stage.pass_time(TRIED_FOR)
    await stage.states(1, DeliveryState.DEAD)
    stage.receiver.status = 200
    dead = WhichDeliveries(state=DeliveryState.DEAD)
    assert await stage.builder.replay(stage.world.workspace, dead) == 1
    await stage.states(1, DELIVERED)
    assert await stage.builder.replay(stage.world.workspace, delivery.id) == 1
    await stage.calls(4)
    seen = await stage.builder.attempts(stage.world.workspace, delivery.id)
    assert seen is not None
    assert [each.number for each in seen[1]][:3] == [1, 2, 3]


async def test_an_endpoint_that_is_gone_is_disabled(stage: Stage) -> None:
    """410; switched on again, what waits goes on."""
    endpoint = await stage.endpoint()
    await stage.trigger(endpoint)
    stage.receiver.status = 410
    await stage.abandoned()
    await stage.tried(1)

    async def disabled() -> bool:
        (view,) = await stage.builder.endpoints(stage.world.workspace)
        return view.disabled_by == "gone"

    await until(disabled)
    stage.receiver.status = 200
    stage.pass_time(MINUTE)
    await stage.abandoned()
    await stage.followed()
    await stage.states(2, WAITING)
    assert len(stage.receiver.calls) == 1
    on = EndpointChange(enabled=True)
    await stage.builder.change_endpoint(stage.world.workspace, endpoint.view.id, on)
    await stage.states(2, DELIVERED)


async def test_a_dead_endpoint_rests_and_others_go_on(stage: Stage) -> None:
    """It is tried once in a while; the other one never waits for it."""
    dead, alive = await stage.endpoint("/dead"), await stage.endpoint("/alive")
    workspace = stage.world.workspace
    nowhere = "http://127.0.0.1:1/"
    await stage.builder.change_endpoint(workspace, dead.view.id, EndpointChange(nowhere))
    await stage.trigger(dead, alive)
    for _ in range(OPENS_AFTER + 3):
        await stage.abandoned()
    await stage.calls(OPENS_AFTER + 3)
    tried = [each for each in await stage.deliveries(endpoint=dead.view.id) if each.attempts]
    assert len(tried) <= OPENS_AFTER + 3

    async def all_taken() -> bool:
        found = await stage.deliveries(endpoint=alive.view.id)
        return all(each.state is DELIVERED for each in found)

    async def rests() -> bool:
        by_id = {each.id: each for each in await stage.builder.endpoints(workspace)}
        assert by_id[alive.view.id].failures == 0
        known = by_id[dead.view.id]
        return known.failures >= OPENS_AFTER and known.rests_until is not None

    await until(all_taken)
    await until(rests)
    assert {call.path for call in stage.receiver.calls} == {"/hooks/alive"}


async def test_a_new_secret_signs_beside_the_one_before(stage: Stage) -> None:
    """For a day; afterwards alone."""
    endpoint = await stage.endpoint()
    await stage.trigger(endpoint)
    rotated = await stage.builder.rotate_secret(stage.world.workspace, endpoint.view.id)
    assert rotated is not None
    assert rotated.secret != endpoint.secret
    await stage.abandoned()
    (call,) = await stage.calls(1)
    assert call.verified(endpoint.secret or "") == call.verified(rotated.secret or "")
    await stage.states(1, DELIVERED)
    stage.pass_time(timedelta(days=1))
    await stage.abandoned()
    _, call = await stage.calls(2)
    (alone,) = call.headers["webhook-signature"].split()
    assert alone.startswith("v1,")


async def test_an_engine_killed_anywhere_starts_everything_once(stage: Stage) -> None:
    """Whatever was cut off, each event has one delivery in the end, and each was taken."""
    await stage.trigger(await stage.endpoint())
    for number in range(12):
        await stage.abandoned()
        if number % 3 == 0:
            await trio.sleep(0.02 * number)
            stage.kill()
            stage.start()
    found = await stage.states(12, DELIVERED)
    assert len({each.event for each in found}) == 12
    assert len({call.id for call in stage.receiver.calls}) == 12
