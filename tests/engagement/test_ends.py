"""Deliveries end: with their endpoint, with their seven days; and people sleep at night."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from kaisa_relay.domain.engagement.ids import ENDPOINT
from kaisa_relay.domain.engagement.retrying import TRIED_FOR
from kaisa_relay.domain.ids import to_text
from kaisa_relay.engagement import delivering
from kaisa_relay.ports.engagement import DeliveryState, EndpointChange, WhichDeliveries
from tests.engagement.providers import TO, WORDS, other, tries
from tests.engagement.stage import Stage

WAITING, DEAD, CANCELLED = DeliveryState.WAITING, DeliveryState.DEAD, DeliveryState.CANCELLED
HOUR = timedelta(hours=1)
OFF, ON = EndpointChange(enabled=False), EndpointChange(enabled=True)


async def test_what_waits_for_an_endpoint_ends_with_it(stage: Stage) -> None:
    """It would wait for ever, and so would what is replayed."""
    workspace, endpoint = stage.world.workspace, await stage.endpoint()
    trigger = await stage.trigger(endpoint, after=("0s", "1h"))
    await stage.abandoned()
    await stage.calls(1)
    elsewhere = await stage.endpoint("/elsewhere")
    moved = stage.reading({"webhook": to_text(ENDPOINT, elsewhere.view.id)})
    await stage.builder.change_trigger(workspace, evolve(trigger, definition=moved))
    assert await stage.builder.remove_endpoint(workspace, endpoint.view.id) is True
    found = await stage.states(2, DeliveryState.DELIVERED, CANCELLED)
    (ended,) = (each for each in found if each.state is CANCELLED)
    assert [each.why for each in await tries(stage, ended)] == ["its endpoint was removed"]
    every = WhichDeliveries(state=DeliveryState.DELIVERED)
    assert await stage.builder.replay(workspace, every) == 0


async def test_what_an_endpoint_slept_through_is_not_sent_after_weeks(stage: Stage) -> None:
    """Switched off and on again: what is fresh goes out, what is old is dead and says why."""
    workspace, endpoint = stage.world.workspace, await stage.endpoint()
    await stage.trigger(endpoint)
    await stage.builder.change_endpoint(workspace, endpoint.view.id, OFF)
    await stage.abandoned()
    await stage.followed()
    stage.pass_time(TRIED_FOR + HOUR)
    fresh = await stage.abandoned()
    await stage.followed()
    await stage.builder.change_endpoint(workspace, endpoint.view.id, ON)
    old, new = await stage.states(2, DEAD, DeliveryState.DELIVERED)
    assert (old.state, new.state) == (DEAD, DeliveryState.DELIVERED)
    assert new.conversation == fresh.id
    assert [each.why for each in await tries(stage, old)] == ["its seven days were over"]
    assert len(stage.receiver.calls) == 1


async def test_what_nobody_looks_at_any_more_is_dead_after_its_days(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it stayed in the list, as waiting, for good."""
    monkeypatch.setattr(delivering, "TIDY_EVERY", 0.05)
    workspace, endpoint = stage.world.workspace, await stage.endpoint()
    await stage.trigger(endpoint)
    await stage.builder.change_endpoint(workspace, endpoint.view.id, OFF)
    await stage.abandoned()
    await stage.followed()
    stage.pass_time(TRIED_FOR + HOUR)
    stage.kill()
    stage.start()
    (ended,) = await stage.states(1, DEAD)
    assert [each.why for each in await tries(stage, ended)] == ["its seven days were over"]


async def test_nobody_is_woken_by_a_late_try(stage: Stage) -> None:
    """The provider was away in the evening; it is tried again when the night is over."""
    clock = stage.world.clock
    clock.now = datetime(clock.now.year + 1, 1, 12, 20, 59, 50, tzinfo=UTC)
    endpoint = await other(stage)
    stage.receiver.status = 500
    text = {"sms": to_text(ENDPOINT, endpoint.view.id), **WORDS, "to": TO}
    await stage.trigger_of(text, hours={"zone": "UTC", "quiet": "21:00-08:00"})
    await stage.abandoned()
    await stage.tried(1)
    stage.receiver.status = 200
    stage.pass_time(HOUR)
    (waits,) = await stage.tried(2)
    assert (waits.state, waits.due_at.hour) == (WAITING, 8)
    assert [each.why for each in await tries(stage, waits)][1:] == ["it is their quiet hours"]
    stage.pass_time(11 * HOUR)
    await stage.states(1, DeliveryState.DELIVERED)
    assert len(stage.receiver.calls) == 2
