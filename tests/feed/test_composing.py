"""Frames are made once for many, of exactly the events that are kept."""

from kaisa_relay.domain.ids import ConversationId
from kaisa_relay.feed.choosing import Wanted
from kaisa_relay.feed.composing import MOST_SHARED, Composed, Shared
from kaisa_relay.feed.ring import Ring
from tests.contracts.world import World
from tests.feed.serving import serving
from tests.feed.test_feed import made_up

ALL = Wanted()
ONE = Wanted(conversation=ConversationId(1))


def test_a_frame_is_found_by_who_stands_there_and_wants_the_same() -> None:
    shared, frame = Shared(), Composed(5, 2, "…")
    shared.keep(3, 5, ALL, frame)
    assert shared.find(3, 5, Wanted(after=1)) is frame  # where they began does not matter
    assert shared.find(2, 5, ALL) is None
    assert shared.find(3, 5, ONE) is None
    assert shared.find(3, 6, ALL) is None  # there is more to tell by now


def test_frames_that_many_different_watchers_want_are_not_all_kept() -> None:
    shared = Shared()
    for seq in range(MOST_SHARED + 1):
        shared.keep(seq, 50, ALL, Composed(50, 50 - seq, "…"))
    assert shared.find(MOST_SHARED, 50, ALL) is not None
    assert shared.find(0, 50, ALL) is None


async def test_the_ring_gives_what_it_promises_to_keep_and_no_more(world: World) -> None:
    ring = Ring(most=8)
    for number, recorded in enumerate(made_up(world, 0, 40), 1):
        ring.add(recorded)
        oldest = max(1, number - 7)
        assert ring.after(oldest - 2, 3) is None or oldest == 1
        kept = ring.after(oldest - 1, 100)
        assert kept is not None
        assert [each.seq for each in kept] == list(range(oldest, number + 1))
        assert ring.after(number, 3) == ()


async def test_all_who_watch_the_same_are_told_the_same(world: World) -> None:
    """Whoever shares a frame, and whoever wants another, gets each of their events once."""
    async with serving(world, gather=0.01) as feed:
        watchers = [await feed.watch() for _ in range(8)]
        for number, watcher in enumerate(watchers):
            await watcher.subscribe(**({"types": ["message.status"]} if number % 2 else {}))
            await watcher.frame()
        for first in (0, 700, 1_400):
            feed.hub.take(made_up(world, first, 700))
            for watcher in watchers:
                assert await watcher.numbers(first + 700) == list(range(first + 1, first + 701))
