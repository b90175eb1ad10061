"""`kaisa-relay watch` at a real feed: what it shows, and what it says when it may not watch."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from random import Random

import trio
from attrs import define, evolve, field

from kaisa_relay.cli.feed_frames import Asked, feed_address
from kaisa_relay.cli.watching import Refused, Watch
from kaisa_relay.feed.positions import write_position
from kaisa_relay.ports.keys import ApiKey, Scope
from kaisa_relay.runtime.supervise import RestartPolicy
from tests.contracts.world import World
from tests.feed.serving import KEY, Frame, Serving, number_of, serving
from tests.feed.test_feed import happen, shown

AT_ONCE = RestartPolicy(intensity=0, period=1.0, first_delay=0.0, max_delay=0.0)


@define(eq=False)
class Screen:
    """What is shown until there is no room; then nobody reads any more."""

    room: int
    events: list[Frame] = field(factory=list)
    remarks: list[str] = field(factory=list)
    watching: trio.Event = field(factory=trio.Event)

    def show(self, event: bytes) -> bool:
        """Take one event."""
        self.events.append(json.loads(event))
        return len(self.events) < self.room

    def say(self, remark: str) -> None:
        """Take a remark; the first of a watch that begins now says that it does."""
        self.remarks.append(remark)
        self.watching.set()

    async def watch(self, asked: Asked, after: str | None = None) -> Refused | None:
        """Watch until there is no room or the feed refuses."""
        return await Watch(asked, self.show, self.say, Random(1), after, AT_ONCE).run()

    @property
    def numbers(self) -> Sequence[int]:
        """The numbers of what was shown."""
        return [number_of(event) for event in self.events]


def asking(feed: Serving, key: str = KEY, path: str = "") -> Asked:
    """Return what asks for everything."""
    address = feed_address(f"{feed.url}{path}")
    assert address is not None
    return Asked(address, key)


async def test_who_may_not_watch_hears_why(world: World) -> None:
    async with serving(world) as feed:
        feed.keys["kr_reader"] = ApiKey(2, world.workspace, frozenset({Scope.READ}))
        for asked, why in (
            (asking(feed, "kr_nobody"), "the key is not valid"),
            (asking(feed, "kr_reader"), "the key may not watch: it needs the scope feed:read"),
            (asking(feed, path="/on"), "there is no feed at this address: is it a relay's?"),
        ):
            assert await Screen(1).watch(asked) == Refused(f"The relay refuses: {why}")


async def test_a_filter_that_makes_no_sense_is_refused_in_the_feed_s_words(world: World) -> None:
    async with serving(world) as feed:
        for asked, after, why in (
            (evolve(asking(feed), types=("x.y",)), None, "no type is called 'x.y'"),
            (evolve(asking(feed), conversation="x"), None, "must be a conversation's id"),
            (asking(feed), "x", "is no position of this workspace"),
        ):
            refused = await Screen(1).watch(asked, after)
            assert refused is not None
            assert why in refused.message


async def test_what_happens_while_it_watches_is_shown(world: World) -> None:
    async with serving(world) as feed, trio.open_nursery() as nursery:
        screen = Screen(3)
        nursery.start_soon(screen.watch, asking(feed))
        await screen.watching.wait()
        assert screen.remarks == ["Watching. Live conversations: 0; agents: 0."]
        await happen(world, 3)
    assert screen.numbers == [1, 2, 3]


async def test_it_begins_after_a_position_and_shows_one_conversation_or_type(world: World) -> None:
    _, second, _ = await happen(world, 3)
    begin = write_position(world.workspace, 0)
    async with serving(world) as feed:
        everything, one, typed = Screen(2), Screen(1), Screen(3)
        await everything.watch(asking(feed), write_position(world.workspace, 1))
        await one.watch(evolve(asking(feed), conversation=shown(second.id)), begin)
        await typed.watch(evolve(asking(feed), types=("conversation.created",)), begin)
    assert everything.numbers == [2, 3]
    assert one.numbers == [2]
    assert typed.numbers == [1, 2, 3]


async def test_a_key_that_is_revoked_ends_the_watch(world: World) -> None:
    async with serving(world, look_at_key=0.05) as feed, trio.open_nursery() as nursery:
        screen = Screen(1)
        heard: list[Refused | None] = []

        async def watch() -> None:
            heard.append(await screen.watch(asking(feed)))

        nursery.start_soon(watch)
        await screen.watching.wait()
        del feed.keys[KEY]
    assert heard == [Refused("the key is no longer valid")]


# --- what is no feed at all


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[str]:
    """Listen on loopback and give everybody this answer."""

    async def give(stream: trio.SocketStream) -> None:
        async with stream:
            await stream.receive_some(4096)
            await stream.send_all(answer)

    async with trio.open_nursery() as nursery:
        [listener] = await nursery.start(partial(trio.serve_tcp, give, 0, host="127.0.0.1"))
        with trio.fail_after(20):
            yield f"ws://127.0.0.1:{listener.socket.getsockname()[1]}/feed"
        nursery.cancel_scope.cancel()


async def test_what_speaks_no_websocket_is_told_in_a_sentence() -> None:
    for answer, why in (
        (b"", "nobody answers as a WebSocket"),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", "nobody answers as a WebSocket"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", "HTTP status 200"),
        (b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n", "HTTP status 502"),
    ):
        async with answering(answer) as address:
            assert await Screen(1).watch(Asked(address, KEY)) == Refused(f"{why} at {address}")
