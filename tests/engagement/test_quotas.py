"""What a workspace may have of outreach, and what becomes of the rest."""

from datetime import timedelta
from typing import Any

import pytest

from kaisa_relay.domain.engagement.quota import Quotas
from kaisa_relay.domain.engagement.suppression import Way
from kaisa_relay.domain.sending import Rank
from kaisa_relay.engagement import quota_rows
from kaisa_relay.ports.engagement import DeliveryState, DeliveryView
from tests.engagement.providers import texts, twilio
from tests.engagement.stage import Stage, until
from tests.engagement.test_api import Client
from tests.engagement.test_templates_out import WORDS

WAITING, DELIVERED, DEAD = DeliveryState.WAITING, DeliveryState.DELIVERED, DeliveryState.DEAD
DAY = timedelta(days=1)


async def whys(stage: Stage, delivery: DeliveryView) -> list[str | None]:
    """Return what each try of a delivery came to."""
    seen = await stage.builder.attempts(stage.world.workspace, delivery.id)
    assert seen is not None
    return [each.why for each in seen[1]]


async def in_state(stage: Stage, state: DeliveryState, count: int) -> list[DeliveryView]:
    """Return the deliveries in a state once there are so many, each tried at least once."""
    found: list[DeliveryView] = []

    async def seen() -> bool:
        nonlocal found
        found = [each for each in await stage.deliveries(state=state) if each.attempts]
        return len(found) == count

    await until(seen)
    return found


async def test_triggers_and_endpoints_have_an_end(stage: Stage) -> None:
    """The one too many is refused, and says so; to change one is no matter."""
    stage.restrain(Quotas(triggers=1, endpoints=1))
    client = Client(stage)
    webhook = {"url": "https://a.example/"}
    assert (await client.call("POST", "/endpoints", webhook)).status == 201
    refused = await client.call("POST", "/endpoints", webhook)
    assert (refused.status, refused.problem) == (409, "quota-reached")
    assert (refused.json["quota"], refused.json["most"]) == ("endpoints", 1)
    trigger: dict[str, Any] = {
        "name": "n", "on": ["conversation.closed"], "enabled": False,
        "steps": [{"actions": [WORDS]}],
    }  # fmt: skip
    made = await client.call("POST", "/triggers", trigger)
    assert made.status == 201
    refused = await client.call("POST", "/triggers", trigger)
    assert (refused.status, refused.problem) == (409, "quota-reached")
    assert (refused.json["quota"], refused.json["most"]) == ("triggers", 1)
    path = f"/triggers/{made.json['id']}"
    assert (await client.call("PUT", path, {**trigger, "name": "m"})).status == 200
    assert (await client.call("DELETE", path)).status == 204
    assert (await client.call("PUT", path, trigger)).status == 404
    assert (await client.call("POST", "/triggers", trigger)).status == 201


async def test_what_waits_has_an_end(stage: Stage) -> None:
    """What is beyond is dead at once, with the reason, and can be replayed when there is room."""
    stage.restrain(Quotas(waiting=3))
    endpoint = await stage.endpoint()
    await stage.trigger(endpoint, after=("1h", "2h"))
    await stage.abandoned()
    await stage.abandoned()
    dead = await in_state(stage, DEAD, 2)
    assert len(await stage.deliveries(state=WAITING)) == 2
    for each in dead:
        why = "the workspace's quota is used up: 3 deliveries wait already"
        assert await whys(stage, each) == [why]
        assert each.done_at is not None
    stage.pass_time(timedelta(hours=2))
    await in_state(stage, DELIVERED, 2)
    await stage.abandoned()
    await stage.followed()
    assert len(await stage.deliveries(state=WAITING)) == 2
    assert await stage.builder.replay(stage.world.workspace, dead[0].id) == 1
    await in_state(stage, DELIVERED, 3)


async def test_what_leaves_on_a_day_has_an_end(stage: Stage) -> None:
    """The rest waits for the next one, and is sent then; other ways go on."""
    stage.restrain(Quotas(sms=1))
    await texts(stage, await twilio(stage))
    await stage.abandoned()
    await in_state(stage, DELIVERED, 1)
    await stage.abandoned()
    (waits,) = await in_state(stage, WAITING, 1)
    (why,) = await whys(stage, waits)
    assert why is not None
    assert "1 text messages a day; it waits until 00:00 UTC" in why
    midnight = (stage.world.clock() + DAY).replace(hour=0, minute=0, second=0, microsecond=0)
    assert waits.due_at >= midnight
    assert len(stage.receiver.calls) == 1
    stage.pass_time(waits.due_at - stage.world.clock())
    await in_state(stage, DELIVERED, 2)


async def test_templates_count_when_they_leave(stage: Stage) -> None:
    """Once each, however often they are looked at."""
    stage.restrain(Quotas(whatsapp=1))
    await stage.trigger_of(WORDS)
    await stage.abandoned()
    await in_state(stage, WAITING, 1)
    await stage.courier.becomes(Rank.DELIVERED)
    stage.pass_time(timedelta(minutes=1))
    await in_state(stage, DELIVERED, 1)
    await stage.abandoned()
    (waits,) = await in_state(stage, WAITING, 1)
    assert "1 WhatsApp templates a day" in str(await whys(stage, waits))
    assert len(stage.courier.orders) == 1
    stage.pass_time(waits.due_at - stage.world.clock())

    async def again() -> bool:
        return len(stage.courier.orders) == 2

    await until(again)


@pytest.mark.parametrize("days", [0, 40])
async def test_old_days_are_forgotten(stage: Stage, days: int) -> None:
    """After a while."""
    await texts(stage, await twilio(stage))
    await stage.abandoned()
    await in_state(stage, DELIVERED, 1)
    now, of = stage.world.clock(), stage.world.workspace
    store = stage.store.store
    await store.write(lambda c: quota_rows.tidy(c, now + timedelta(days=days)))
    left = await store.read(lambda c: quota_rows.left_today(c, of, Way.SMS, now))
    assert left == (1 if days == 0 else 0)
