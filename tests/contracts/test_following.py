"""What every store promises to whoever follows a workspace as one."""

import trio

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import Text
from kaisa_relay.domain.conversation.events import AgentNudged
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import MessageId
from kaisa_relay.ports import SaveMetadata, StoreContent
from tests import fakes
from tests.contracts.world import World

ANA, BO, CY, DI = (fakes.person(n, name) for n, name in enumerate(("Ana", "Bo", "Cy", "Di"), 1))


async def test_events_of_all_streams_come_in_the_order_of_their_commits(world: World) -> None:
    await world.start(ANA, BO)
    await world.start(CY, DI)
    following = world.store.following
    found = await following.events(world.workspace, 0, 100)
    assert list(found) == world.recorded
    assert [each.seq for each in found] == [1, 2]
    assert await following.position(world.workspace) == 2
    assert list(await following.events(world.workspace, 1, 100)) == world.recorded[1:]
    assert list(await following.events(world.workspace, 0, 1)) == world.recorded[:1]
    assert await following.events(world.workspace, 2, 100) == []


async def test_events_of_some_types_come_with_the_number_up_to_which_they_are_all(
    world: World,
) -> None:
    first = await world.start(ANA, BO)
    nudged = AgentNudged(world.clock())
    assert await world.append(first.stream, 1, (nudged,)) is None
    await world.start(CY, DI)
    following, created = world.store.following, "conversation.created"
    head, found = await following.of_types(world.workspace, 0, [created], 10)
    assert (head, [each.seq for each in found]) == (3, [1, 3])
    head, found = await following.of_types(world.workspace, 1, ["conversation.nudged"], 10)
    assert (head, list(found)) == (3, [world.recorded[1]])
    assert await following.of_types(world.workspace, 0, [created], 1) == (3, [world.recorded[0]])
    assert await following.of_types(world.workspace, 3, [created], 1) == (3, [])


async def test_a_workspace_is_followed_alone(world: World) -> None:
    other = await world.another()
    await other.start(ANA, BO)
    following = world.store.following
    assert await following.position(world.workspace) == 0
    assert await following.events(world.workspace, 0, 100) == []
    assert (await following.standing(world.workspace, 10)).conversations == ()


async def test_what_stands_is_what_the_events_up_to_its_position_made(world: World) -> None:
    first = await world.start(ANA, BO)
    second = await world.start(CY, DI)
    standing = await world.store.following.standing(world.workspace, 10)
    assert standing.position == 2
    assert [each.id for each in standing.conversations] == [second.id, first.id]
    assert {each.phase for each in standing.conversations} == {Phase.RESERVED}
    assert not standing.more
    few = await world.store.following.standing(world.workspace, 1)
    assert ([each.id for each in few.conversations], few.more) == ([second.id], True)


async def test_a_snapshot_holds_nothing_of_a_commit_that_came_while_it_was_read(
    world: World,
) -> None:
    """Each conversation is one event here, so their numbers must agree, whenever it is read."""

    async def write() -> None:
        for n in range(20):
            await world.start(fakes.person(10 + 2 * n, "Even"), fakes.person(11 + 2 * n, "Odd"))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(write)
        for _ in range(30):
            standing = await world.store.following.standing(world.workspace, 100)
            assert standing.position == len(standing.conversations)


async def test_what_events_do_not_hold_is_read_for_many_at_once(world: World) -> None:
    """Of one's own workspace; what is not there is left out."""
    first, second = await world.start(ANA, BO), await world.start(CY, DI)
    sold, silent, never = (MessageId(world.new_id()) for _ in range(3))
    await world.must(SaveMetadata(first.id, ANA.contact, b'{"plan": "gold"}'))
    for message, said in ((sold, "/close sold to a friend"), (silent, "/close")):
        await world.must(StoreContent(message, first.id, BO.contact, Side.AGENT, Text(said)))
    following = world.store.following
    asked = [first.id, second.id]
    assert await following.metadata(world.workspace, asked) == {first.id: b'{"plan": "gold"}'}
    words = [sold, silent, never]
    assert await following.outcomes(world.workspace, words) == {sold: "sold"}
    other = await world.another()
    assert await following.metadata(other.workspace, asked) == {}
    assert await following.outcomes(other.workspace, words) == {}
