"""What every journal promises: streams, commits, and who hears of them."""

from collections import Counter
from datetime import timedelta

import pytest
import trio
from attrs import evolve

from kaisa_relay.domain.conversation.events import AgentNudged, ConversationQueued, Event
from kaisa_relay.domain.ids import ConversationId, MessageId
from kaisa_relay.ports import (
    Append,
    Conflict,
    Done,
    Recorded,
    SaveConversation,
    SaveMetadata,
)
from tests import fakes
from tests.contracts.traces import Scene, traces
from tests.contracts.world import World

AT = fakes.EPOCH
NUDGED = AgentNudged(AT)
KINDS_THAT_LOSE = [
    "decided",
    "send_again",
    "move",
    "move_gone",
    "end",
    "drop",
    "pair",
    "token",
    "merger",
]


async def test_events_come_back_in_order_with_versions_and_numbers(world: World) -> None:
    queued = ConversationQueued(AT + timedelta(minutes=1), AT)
    events: list[Event] = [NUDGED, queued, NUDGED]
    assert await world.append("conversation/5", 0, events[:2]) is None
    assert await world.append("conversation/5", 2, [NUDGED]) is None
    expected = [
        Recorded(world.workspace, seq, "conversation/5", seq, event)
        for seq, event in enumerate(events, 1)
    ]
    assert await world.store.journal.read(world.workspace, "conversation/5") == expected
    after = await world.store.journal.read(world.workspace, "conversation/5", after=2)
    assert after == expected[2:]
    assert await world.store.journal.read(world.workspace, "conversation/6") == []


@pytest.mark.parametrize("version", [0, 1, 3])
async def test_a_stream_at_another_version_refuses(world: World, version: int) -> None:
    await world.append("conversation/5", 0, [NUDGED, NUDGED])
    assert await world.append("conversation/5", version, [NUDGED]) == Conflict(None)
    assert len(await world.store.journal.read(world.workspace, "conversation/5")) == 2


async def test_without_events_nothing_is_asked_of_the_stream(world: World) -> None:
    change = SaveMetadata(ConversationId(1), fakes.person(1).contact, b"{}")
    assert await world.append("conversation/5", 17, (), change) is None


async def test_every_kind_of_change_can_be_committed_together(world: World) -> None:
    scene = await Scene.set_up(world)
    before = await traces(world)
    lost = await world.append(scene.started.stream, 1, [NUDGED], *scene.one_of_each().values())
    assert lost is None
    after = await traces(world)
    unchanged = [n for n, (old, new) in enumerate(zip(before, after, strict=True)) if old == new]
    # Two readings stay: no message was listed, and as many conversations are live.
    assert unchanged == [1, 12]


@pytest.mark.parametrize("kind", KINDS_THAT_LOSE)
@pytest.mark.parametrize("first", [True, False], ids=["first", "last"])
async def test_a_conflict_names_the_change_and_leaves_no_trace(
    world: World, kind: str, first: bool
) -> None:
    scene = await Scene.set_up(world)
    assert list(scene.losing()) == KINDS_THAT_LOSE
    loser = scene.losing()[kind]
    others = [each for each in scene.one_of_each().values() if type(each) is not type(loser)]
    before, heard, told = await traces(world), len(world.recorded), len(world.items)
    changes = [loser, *others] if first else [*others, loser]
    assert await world.append(scene.started.stream, 1, [NUDGED], *changes) == Conflict(loser)
    assert await traces(world) == before
    assert (len(world.recorded), len(world.items)) == (heard, told)
    assert await world.append(scene.started.stream, 1, [NUDGED]) is None
    assert world.recorded[-1].seq == world.recorded[-2].seq + 1


async def test_a_wrong_version_leaves_no_trace_of_the_changes(world: World) -> None:
    scene = await Scene.set_up(world)
    before = await traces(world)
    lost = await world.append(scene.started.stream, 0, [NUDGED], *scene.one_of_each().values())
    assert lost == Conflict(None)
    assert await traces(world) == before


async def test_of_appends_at_one_version_exactly_one_wins(world: World) -> None:
    answers: list[Conflict | None] = []

    async def append() -> None:
        answers.append(await world.append("conversation/5", 0, [NUDGED]))

    async with trio.open_nursery() as nursery:
        for _ in range(8):
            nursery.start_soon(append)
    assert Counter(answers) == {None: 1, Conflict(None): 7}
    assert len(await world.store.journal.read(world.workspace, "conversation/5")) == 1


async def test_in_a_batch_only_the_guilty_append_fails(world: World) -> None:
    item = await world.arrive()
    await world.must(Done((item,)))
    answers: dict[int, Conflict | None] = {}

    async def append(number: int) -> None:
        changes = (Done((item,)),) if number == 3 else ()
        answers[number] = await world.append(f"conversation/{number}", 0, [NUDGED], *changes)

    async with trio.open_nursery() as nursery:
        for number in range(8):
            nursery.start_soon(append, number)
    assert answers.pop(3) == Conflict(Done((item,)))
    assert set(answers.values()) == {None}
    assert [each.seq for each in world.recorded] == list(range(1, 8))


async def test_an_inbox_row_is_decided_at_most_once(world: World) -> None:
    item = await world.arrive()
    answers: list[Conflict | None] = []

    async def decide(stream: str) -> None:
        answers.append(await world.append(stream, 0, [NUDGED], Done((item,))))

    async with trio.open_nursery() as nursery:
        for number in range(6):
            nursery.start_soon(decide, f"conversation/{number}")
    assert Counter(answers) == {None: 1, Conflict(Done((item,))): 5}
    assert len(world.recorded) == 1


async def test_numbers_are_gapless_per_workspace(world: World) -> None:
    other = await world.another()
    async with trio.open_nursery() as nursery:
        for number in range(10):
            nursery.start_soon(world.append, f"conversation/{number}", 0, [NUDGED, NUDGED])
            nursery.start_soon(other.append, f"conversation/{number}", 0, [NUDGED])
    mine = [each.seq for each in world.recorded if each.workspace == world.workspace]
    theirs = [each.seq for each in world.recorded if each.workspace == other.workspace]
    assert mine == list(range(1, 21))
    assert theirs == list(range(1, 11))


async def test_subscribers_hear_before_the_caller_and_in_order(world: World) -> None:
    for version in range(3):
        await world.append("conversation/5", version, [NUDGED])
        assert len(world.recorded) == version + 1
    stored = await world.store.journal.read(world.workspace, "conversation/5")
    assert world.recorded == stored


async def test_workspaces_do_not_share_streams(world: World) -> None:
    other = await world.another()
    await world.append("conversation/5", 0, [NUDGED])
    assert await world.store.journal.read(other.workspace, "conversation/5") == []
    assert await other.append("conversation/5", 0, [NUDGED]) is None


async def test_a_row_of_another_workspace_cannot_be_decided(world: World) -> None:
    other = await world.another()
    item = await world.arrive()
    assert await other.change(Done((item,))) == Conflict(Done((item,)))
    assert [each.id for each in await world.waiting()] == [item]


async def test_a_snapshot_is_the_last_one_saved(world: World) -> None:
    started = await world.start(fakes.person(1), fakes.person(2))
    assert await world.store.journal.snapshot(world.workspace, started.id) == (started.state, 1)
    later = evolve(
        started.state,
        waiting=(MessageId(4),),
        moved=(AT, AT + timedelta(minutes=1)),
        nudged=True,
    )
    await world.must(SaveConversation(later, 7, None))
    assert await world.store.journal.snapshot(world.workspace, started.id) == (later, 7)


async def test_a_snapshot_belongs_to_its_workspace(world: World) -> None:
    other = await world.another()
    started = await world.start(fakes.person(1), fakes.person(2))
    assert await world.store.journal.snapshot(other.workspace, started.id) is None


async def test_due_conversations_come_earliest_first(world: World) -> None:
    other = await world.another()
    people = fakes.person(1), fakes.person(2)
    states = [(await world.start(*people)).state for _ in range(4)]
    theirs = (await other.start(*people)).state
    for state, minutes in zip(states, (3, 1, 9, None), strict=True):
        at = None if minutes is None else AT + timedelta(minutes=minutes)
        await world.must(SaveConversation(state, 1, at))
    await other.must(SaveConversation(theirs, 1, AT + timedelta(minutes=2)))
    mine = [(world.workspace, states[n].id) for n in (1, 0)]
    before = AT + timedelta(minutes=9)  # not due yet: it falls at that very instant
    due = world.store.journal.due
    assert await due([world.workspace], before, 10) == mine
    both = [world.workspace, other.workspace]
    assert await due(both, before, 10) == [mine[0], (other.workspace, theirs.id), mine[1]]
    assert await due(both, before, 2) == [mine[0], (other.workspace, theirs.id)]
    assert await due([], before, 10) == []


async def test_an_append_says_nothing_of_its_contents() -> None:
    """Changes with personal data leave it out of their `repr`, which may reach a log."""
    metadata = SaveMetadata(ConversationId(1), fakes.person(1).contact, b'{"name":"canary"}')
    assert "canary" not in repr(Append(fakes.WORKSPACE, "conversation/1", 0, (), (metadata,)))
