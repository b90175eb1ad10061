"""The live feed over a real socket: order, once, resuming, and every way to be refused."""

import pytest
import trio

from kaisa_relay.domain.channel import Pace
from kaisa_relay.domain.ids import CONVERSATION, ConversationId, MessageId, SendId, to_text
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.tracking import MessageStatus
from kaisa_relay.feed.frames import LARGEST
from kaisa_relay.feed.positions import write_position
from kaisa_relay.ports import Recorded
from tests import fakes
from tests.contracts.world import Started, World
from tests.fakes import EPOCH
from tests.feed.serving import KEY, serving

AT = EPOCH
UPGRADE = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
)
ANY_STORE = pytest.mark.parametrize("world", ["memory", "postgresql", "sqlite"], indirect=True)


def shown(id: ConversationId) -> str:
    """Return an id as it leaves the house."""
    return to_text(CONVERSATION, id)


async def happen(world: World, times: int = 1) -> list[Started]:
    """Have so many events happen, each a conversation of its own."""
    begun = []
    for _ in range(times):
        visitor, agent = (fakes.person(world.new_id() % 10**9, who) for who in ("Vera", "Anna"))
        begun.append(await world.start(visitor, agent))
    return begun


@ANY_STORE
async def test_first_what_is_so_then_what_happens(world: World) -> None:
    [before] = await happen(world)
    async with serving(world) as feed:
        watcher = await feed.watch()
        await watcher.subscribe()
        snapshot = await watcher.frame()
        assert snapshot["type"] == "snapshot"
        assert snapshot["position"] == write_position(world.workspace, 1)
        [seen] = snapshot["conversations"]
        assert (seen["id"], seen["status"], seen["visitor"]["name"]) == (
            shown(before.id), "reserved", "Vera",
        )  # fmt: skip
        assert snapshot["more"] is False
        [then] = await happen(world)
        frame = await watcher.frame()
        [event] = frame["events"]
        assert (event["type"], event["subject"]) == ("conversation.created", shown(then.id))
        assert event["specversion"] == "1.0"
        assert frame["position"] == write_position(world.workspace, 2)


@ANY_STORE
async def test_a_position_goes_on_where_it_was_given(world: World) -> None:
    await happen(world, 5)
    async with serving(world, most_events=2) as feed:
        watcher = await feed.watch()
        await watcher.subscribe(after=write_position(world.workspace, 1))
        assert await watcher.numbers(5) == [2, 3, 4, 5]
        await happen(world, 3)
        assert await watcher.numbers(8) == [6, 7, 8]


async def test_ten_thousand_events_behind_come_in_order_and_once(world: World) -> None:
    await happen(world, 10_000)
    async with serving(world, keep=100) as feed:
        watcher = await feed.watch()
        await watcher.subscribe(after=write_position(world.workspace, 0))
        assert await watcher.numbers(10_000) == list(range(1, 10_001))


async def test_types_and_one_conversation_may_be_asked_for(world: World) -> None:
    async with serving(world) as feed:
        by_type, by_conversation, other = [await feed.watch() for _ in range(3)]
        [mine] = await happen(world)
        begin = write_position(world.workspace, 0)
        await by_type.subscribe(after=begin, types=["conversation.*", "channel.down"])
        await by_conversation.subscribe(after=begin, conversation=shown(mine.id))
        await other.subscribe(after=begin, types=["channel.down"])
        await happen(world)
        assert await by_type.numbers(2) == [1, 2]
        assert await by_conversation.numbers(1) == [1]
        for quiet in (by_conversation, other):
            with trio.move_on_after(0.2) as silence:
                await quiet.frame()
            assert silence.cancelled_caught


async def test_another_subscription_replaces_the_one_before(world: World) -> None:
    await happen(world, 3)
    async with serving(world) as feed:
        watcher = await feed.watch()
        for after in (0, 1, 2):
            await watcher.subscribe(after=write_position(world.workspace, after))
            assert await watcher.numbers(3) == list(range(after + 1, 4))


async def test_a_workspace_sees_only_its_own(world: World) -> None:
    other = await world.another()
    await other.start(fakes.person(1), fakes.person(2))
    async with serving(world) as feed:
        watcher = await feed.watch()
        await watcher.subscribe()
        assert (await watcher.frame())["conversations"] == []
        await other.start(fakes.person(3), fakes.person(4))
        [mine] = await happen(world)
        [event] = (await watcher.frame())["events"]
        assert event["subject"] == shown(mine.id)


# --- who cannot follow


async def test_who_reads_more_slowly_than_things_happen_is_told_where_to_go_on(
    world: World,
) -> None:
    """What the ring no longer holds is said to be a gap, and the table still has it."""
    async with serving(world, keep=3, gather=0.3) as feed:
        watcher = await feed.watch()
        await watcher.subscribe()
        await watcher.frame()
        await happen(world)
        assert await watcher.numbers(1) == [1]
        await happen(world, 10)  # while the feed gathers
        gap = await watcher.frame()
        assert gap == {"type": "gap", "position": write_position(world.workspace, 1)}
        await watcher.subscribe(after=gap["position"])
        assert await watcher.numbers(11) == list(range(2, 12))


async def test_who_takes_nothing_is_cut_off_and_nobody_else_waits(world: World) -> None:
    async with serving(world, stalled_seconds=2.0, gather=0.0) as feed:
        stalled = await trio.open_tcp_stream("127.0.0.1", int(feed.url.rpartition(":")[2]))
        await stalled.send_all(handshake())
        await stalled.receive_some(4096)
        await stalled.send_all(masked(b'{"type":"subscribe"}'))
        quick = await feed.watch()
        await quick.subscribe()
        await quick.frame()
        number = 0
        while feed.hub.statistics().watchers == 2:
            feed.hub.take(made_up(world, number, 2_000))
            assert await quick.numbers(number + 2_000) == list(range(number + 1, number + 2_001))
            number += 2_000
        assert feed.hub.statistics().watchers == 1
        feed.hub.take(made_up(world, number, 1))
        assert await quick.numbers(number + 1) == [number + 1]
        await stalled.aclose()


def made_up(world: World, after: int, times: int) -> list[Recorded]:
    """So many events as the tail tells them, of no store: it is slower than a network's buffers."""
    status = MessageStatus(MessageId(1), SendId(2), ConversationId(3), Rank.READ, None, AT)
    return [
        Recorded(world.workspace, seq, "send/2", 4, status)
        for seq in range(after + 1, after + 1 + times)
    ]


def handshake() -> bytes:
    """A request to watch, by hand: trio-websocket would read what nobody wants."""
    key = f"Authorization: Bearer {KEY}"
    lines = ("GET /feed HTTP/1.1", "Host: localhost", *UPGRADE, key, "", "")
    return "\r\n".join(lines).encode()


def masked(payload: bytes) -> bytes:
    """A text frame with the mask 0."""
    return bytes((0x81, 0x80 | len(payload), 0, 0, 0, 0)) + payload


# --- who is refused


@pytest.mark.parametrize(
    ("frame", "error"),
    [
        ({"type": "unsubscribe"}, "bad_frame"),
        ({"type": "subscribe", "afte": "x"}, "bad_frame"),
        ({"type": "subscribe", "types": "all"}, "bad_frame"),
        ([], "bad_frame"),
        ({"type": "subscribe", "types": ["conversation.sold"]}, "bad_types"),
        ({"type": "subscribe", "types": ["conversation.*"] * 101}, "bad_types"),
        ({"type": "subscribe", "conversation": "cnv_1"}, "bad_conversation"),
        ({"type": "subscribe", "metadata": {"plan": 1}}, "bad_frame"),
        ({"type": "subscribe", "metadata": dict.fromkeys("abcdefghijk", "")}, "bad_metadata"),
        ({"type": "subscribe", "after": "7"}, "bad_position"),
        ({"type": "subscribe", "after": "pos_0000000000009-0"}, "bad_position"),
    ],
)
async def test_a_frame_that_makes_no_sense_is_answered_and_ends_it(
    world: World, frame: object, error: str
) -> None:
    async with serving(world) as feed:
        watcher = await feed.watch()
        await watcher.say(frame)
        assert await watcher.closed() == (error, 1008)


async def test_a_position_that_has_not_happened_is_refused(world: World) -> None:
    await happen(world)
    async with serving(world) as feed:
        watcher = await feed.watch()
        await watcher.subscribe(after=write_position(world.workspace, 2))
        assert await watcher.closed() == ("bad_position", 1008)


async def test_a_huge_frame_ends_it(world: World) -> None:
    async with serving(world) as feed:
        watcher = await feed.watch()
        await watcher.subscribe(conversation="x" * LARGEST)
        assert (await watcher.closed())[1] == 1009


async def test_who_asks_for_nothing_is_asked_to_leave(world: World) -> None:
    async with serving(world, subscribe_within=0.1) as feed:
        assert await (await feed.watch()).closed() == ("no_subscription", 1008)


async def test_a_key_that_ends_ends_what_it_opened(world: World) -> None:
    async with serving(world, look_at_key=0.05) as feed:
        watcher = await feed.watch()
        await watcher.subscribe()
        await watcher.frame()
        del feed.keys[KEY]
        assert await watcher.closed() == ("key_ended", 4401)


async def test_a_server_that_stops_says_so(world: World) -> None:
    async with serving(world) as feed:
        watcher, silent = await feed.watch(), await feed.watch()
        await watcher.subscribe()
        await watcher.frame()
        feed.hub.close()
        assert await watcher.closed() == (None, 1001)
        assert await silent.closed() == (None, 1001)
        assert feed.hub.statistics().watchers == 0


async def test_who_subscribes_again_and_again_is_asked_to_stop(world: World) -> None:
    async with serving(world, subscriptions=Pace(interval=3600.0, burst=3)) as feed:
        watcher = await feed.watch()
        for _ in range(4):
            await watcher.subscribe()
        assert await watcher.closed() == ("too_many_subscriptions", 1008)
