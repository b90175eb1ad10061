"""How often a trigger writes to one visitor."""

from collections.abc import Sequence
from datetime import timedelta

from kaisa_relay.domain.contact import Person
from kaisa_relay.domain.conversation.events import ConversationAbandoned
from kaisa_relay.domain.conversation.terms import AbandonReason
from kaisa_relay.engagement.delivering import KEPT, TIDY_EVERY
from kaisa_relay.engagement.limit_rows import tidy
from kaisa_relay.ports.engagement import DeliveryState, DeliveryView
from kaisa_relay.store.engagement_table import trigger_start
from tests import fakes
from tests.engagement.stage import Stage

DELIVERED, CANCELLED = DeliveryState.DELIVERED, DeliveryState.CANCELLED
ONCE = {"times": 1, "per": "7d"}
VERA, ZOE = fakes.person(901, "Vera"), fakes.person(902, "Zoe")


async def abandon(stage: Stage, visitor: Person = VERA) -> None:
    """Let somebody fill in a form, and never come."""
    begun = await stage.world.start(visitor, fakes.person(903, "Anna"))
    event = ConversationAbandoned(AbandonReason.UNSCANNED, stage.world.clock())
    assert await stage.world.append(begun.stream, 1, (event,)) is None


async def ended(stage: Stage, count: int) -> list[DeliveryState]:
    """Return how so many deliveries ended, in order."""
    found = await stage.states(count, DELIVERED, CANCELLED)
    return [each.state for each in found]


async def reasons(stage: Stage, deliveries: Sequence[DeliveryView]) -> set[str | None]:
    """Return why these were not delivered."""
    found = set()
    for each in deliveries:
        seen = await stage.builder.attempts(stage.world.workspace, each.id)
        assert seen is not None
        found |= {attempt.why for attempt in seen[1]}
    return found


async def test_enough_is_enough(stage: Stage) -> None:
    """Of one trigger, for one visitor, until the time is over; what was not sent says why."""
    endpoint = await stage.endpoint()
    await stage.trigger(endpoint, limit=ONCE, after=("0s", "1s"))
    await abandon(stage)
    await abandon(stage)
    await abandon(stage, ZOE)
    await stage.followed()
    stage.pass_time(timedelta(seconds=1))
    assert await ended(stage, 6) == [DELIVERED] * 2 + [CANCELLED] * 2 + [DELIVERED] * 2
    second = (await stage.deliveries())[2:4]
    why = "its visitor has had enough of this trigger: 1 per 7d"
    assert await reasons(stage, second) == {why}
    assert all(each.done_at is not None for each in second)
    assert len(stage.receiver.calls) == 4
    stage.pass_time(timedelta(days=7))
    await abandon(stage)
    await stage.followed()
    stage.pass_time(timedelta(seconds=1))
    assert (await ended(stage, 8))[6:] == [DELIVERED] * 2


async def test_it_counts_through_a_crash(stage: Stage) -> None:
    """What has started is known by who comes after."""
    endpoint = await stage.endpoint()
    await stage.trigger(endpoint, limit={"times": 2, "per": "1h"})
    await abandon(stage)
    await abandon(stage)
    await stage.followed()
    stage.kill()
    stage.start()
    await abandon(stage)
    assert await ended(stage, 3) == [DELIVERED, DELIVERED, CANCELLED]


async def test_other_triggers_count_for_themselves(stage: Stage) -> None:
    """And one without a limit never does."""
    endpoint = await stage.endpoint()
    await stage.trigger(endpoint, limit=ONCE)
    await stage.trigger(endpoint, limit=ONCE)
    await stage.trigger(endpoint)
    await abandon(stage)
    await abandon(stage)
    found = await ended(stage, 6)
    assert sorted(found) == [CANCELLED] * 2 + [DELIVERED] * 4


async def test_old_starts_are_forgotten(stage: Stage) -> None:
    """After as long as the longest limit remembers."""
    endpoint = await stage.endpoint()
    await stage.trigger(endpoint, limit=ONCE)
    await abandon(stage)
    await ended(stage, 1)
    now = stage.world.clock()

    async def left() -> int:
        return len(await stage.store.store.read(lambda c: c.execute(trigger_start.select()).all()))

    await stage.store.store.write(lambda c: tidy(c, now - KEPT))
    assert await left() == 1
    await stage.store.store.write(lambda c: tidy(c, now + timedelta(seconds=TIDY_EVERY)))
    assert await left() == 0
