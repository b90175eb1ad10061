"""Triggers that are added and switched off while others follow the journal, and a late start."""

from datetime import timedelta

import trio

from kaisa_relay.engagement.following import Follower
from kaisa_relay.ports.engagement import DeliveryState
from tests.engagement.stage import Stage

WAITING, CANCELLED = DeliveryState.WAITING, DeliveryState.CANCELLED


async def outdated(stage: Stage) -> Follower:
    """Let the follower look at what happened, by the triggers that it knew when it was killed."""
    seen, follower = trio.Event(), stage.engine.follower
    follower.outdated = seen.set
    async with trio.open_nursery() as nursery:
        nursery.start_soon(follower.run)
        follower.ring()
        with trio.fail_after(10):
            await seen.wait()
        nursery.cancel_scope.cancel()
    follower.outdated = stage.engine.reload
    return follower


async def test_what_was_removed_starts_nothing(stage: Stage) -> None:
    """Not by a follower who has not heard of it: nothing could cancel that any more."""
    trigger = await stage.trigger(await stage.endpoint(), after=("1h",))
    stage.kill()
    await stage.builder.remove_trigger(stage.world.workspace, trigger.id)
    await stage.abandoned()
    await outdated(stage)
    assert await stage.deliveries() == []


async def test_what_was_added_misses_nothing(stage: Stage) -> None:
    """Nor does the cursor pass what happens before the follower hears of it."""
    endpoint = await stage.endpoint()
    await stage.trigger(endpoint)
    workspace, known = stage.world.workspace, stage.engine.follower.standing
    added = await stage.trigger(endpoint)
    stage.kill()
    stage.engine.follower.standing = known
    await stage.abandoned()
    await outdated(stage)
    assert await stage.deliveries() == []
    stage.start()
    found = await stage.states(2, DeliveryState.DELIVERED)
    assert added.id in {each.trigger for each in found}
    assert workspace in stage.engine.follower.standing


async def test_what_was_cancelled_before_a_crash_is_not_sent_after_it(stage: Stage) -> None:
    """The visitor came back, and the relay was killed before it had looked: it looks first."""
    endpoint = await stage.endpoint()
    await stage.trigger(endpoint, after=("10m",), unless=["conversation.resumed"])
    begun = await stage.abandoned()
    await stage.states(1, WAITING)
    stage.kill()
    await stage.resumed(begun)
    stage.pass_time(timedelta(minutes=10))
    stage.start()
    await stage.states(1, CANCELLED)
    assert stage.receiver.calls == []
