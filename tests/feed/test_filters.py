"""Subscriptions narrowed by what a conversation was created with, and by how it ended."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from attrs import evolve, field, frozen

from kaisa_relay.cli.feed_frames import Asked
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import Choice, Text
from kaisa_relay.domain.conversation.events import ConversationClosed, OutcomeNamed
from kaisa_relay.domain.conversation.terms import EndedBy
from kaisa_relay.domain.ids import ConversationId, MessageId, WorkspaceId
from kaisa_relay.domain.outcomes import Outcome
from kaisa_relay.domain.payloads import NameOutcome, encode
from kaisa_relay.feed.choosing import Known, facet, facets
from kaisa_relay.feed.positions import write_position
from kaisa_relay.ports import Following, SaveMetadata, StoreContent
from tests import fakes
from tests.contracts.world import Started, World
from tests.fakes import EPOCH
from tests.feed.serving import Frame, Serving, serving
from tests.feed.test_feed import ANY_STORE, happen
from tests.feed.test_watch import Screen, asking


async def created_with(world: World, metadata: str) -> Started:
    """Begin a conversation whose customer's form said this."""
    [begun] = await happen(world)
    await world.must(SaveMetadata(begun.id, begun.state.visitor, metadata.encode()))
    return begun


async def close(world: World, begun: Started, command: str, version: int = 1) -> None:
    """Have the agent close a conversation with these words."""
    said = MessageId(world.new_id())
    closed = ConversationClosed(EndedBy.AGENT, EPOCH + timedelta(minutes=1), said)
    agent = fakes.person(1).contact
    stored = StoreContent(said, begun.id, agent, Side.AGENT, Text(command))
    assert await world.append(begun.stream, version, (closed,), stored) is None


async def name(world: World, closed: Started, outcome: Outcome, version: int = 2) -> None:
    """Have the agent tap a button of what was closed."""
    said, agent = MessageId(world.new_id()), fakes.person(1).contact
    tap = Choice(encode(NameOutcome(closed.id, outcome)), "label")
    stored = StoreContent(said, closed.id, agent, Side.AGENT, tap)
    named = OutcomeNamed(said, EPOCH + timedelta(minutes=2))
    assert await world.append(closed.stream, version, (named,), stored) is None


async def first_frame(feed: Serving, world: World, **filters: object) -> Frame:
    """Return the first frame of who subscribes from the beginning with such filters."""
    watcher = await feed.watch()
    await watcher.subscribe(after=write_position(world.workspace, 0), **filters)
    return await watcher.frame()


@ANY_STORE
async def test_what_a_conversation_was_created_with_may_be_asked_for(world: World) -> None:
    """All entries that are asked for must be so; live and from the table alike."""
    gold = await created_with(world, '{"plan":"gold","seats":3,"trial":true,"deep":{"a":1}}')
    await created_with(world, '{"plan":"gold","seats":4}')
    await happen(world)
    async with serving(world) as feed:
        wanted = {"plan": "gold", "seats": "3", "trial": "true"}
        found = await first_frame(feed, world, metadata=wanted)
        assert [event["id"][-1] for event in found["events"]] == ["1"]
        watcher = await feed.watch()
        await watcher.subscribe(metadata=wanted)
        await watcher.frame()
        await happen(world, 2)
        await close(world, gold, "/close sold")
        assert await watcher.numbers(6) == [6]


@ANY_STORE
async def test_endings_of_one_outcome_may_be_asked_for(world: World) -> None:
    """In any case of its letters; an ending without words, or with others, has it not."""
    sold, lost, silent = await happen(world, 3)
    await close(world, sold, "/close Sold to a friend")
    await close(world, lost, "/close lost")
    await close(world, silent, "/close")
    await name(world, silent, Outcome.SOLD)
    async with serving(world) as feed:
        found = await first_frame(feed, world, outcome="sold")
        assert [(each["type"], each["id"][-1]) for each in found["events"]] == [
            ("conversation.closed", "4"),
            ("conversation.outcome_named", "7"),
        ]


async def test_watch_passes_its_filters_on(world: World) -> None:
    gold = await created_with(world, '{"plan":"gold"}')
    other = await created_with(world, '{"plan":"blue"}')
    for begun in (other, gold):
        await close(world, begun, "/close sold")
    begin = write_position(world.workspace, 0)
    async with serving(world) as feed:
        screen = Screen(1)
        asked = evolve(asking(feed), outcome="sold", metadata=(("plan", "gold"),))
        assert await screen.watch(asked, begin) is None
    assert screen.numbers == [4]


def test_what_is_not_asked_for_is_not_in_the_frame() -> None:
    assert json.loads(Asked("ws://x", "k").frame(None)) == {"type": "subscribe"}


@pytest.mark.parametrize(
    ("metadata", "entries"),
    [
        (b"{}", []),
        (b'{"a":null,"b":[1],"c":{"d":1}}', []),
        (b'{"a":"1"}', [("a", "1")]),
        (b'{"a":1,"b":false,"c":1.5}', [("a", "1"), ("b", "false"), ("c", "1.5")]),
    ],
)
def test_what_of_metadata_may_be_asked_for(metadata: bytes, entries: list[tuple[str, str]]) -> None:
    assert facets(metadata) == {facet(*entry) for entry in entries}


@frozen
class Counted:
    """Reads from a store, and keeps what was asked of it."""

    following: Following
    asked: list[Sequence[ConversationId]] = field(factory=list)

    async def metadata(
        self, workspace: WorkspaceId, conversations: Sequence[ConversationId]
    ) -> Mapping[ConversationId, bytes]:
        """Count and read."""
        self.asked.append(conversations)
        return await self.following.metadata(workspace, conversations)

    async def outcomes(
        self, workspace: WorkspaceId, messages: Sequence[MessageId]
    ) -> Mapping[MessageId, str]:
        """Read."""
        return await self.following.outcomes(workspace, messages)


async def test_what_was_looked_up_is_remembered_to_a_bound(world: World) -> None:
    begun = [await created_with(world, f'{{"n":{n}}}') for n in range(4)]
    known = Known(most=2)
    ids = [each.id for each in begun]
    read = Counted(world.store.following)
    told = await known.of(read, world.workspace, ids)
    assert told == {id: {facet("n", str(n))} for n, id in enumerate(ids)}
    for _ in range(2):
        await known.of(read, world.workspace, [ids[0]])
    assert [set(each) for each in read.asked] == [set(ids), {ids[0]}]
