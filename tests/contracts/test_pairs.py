"""What every store promises of pairs: a person is in one conversation per channel."""

from collections import Counter
from datetime import timedelta

import trio
from attrs import evolve

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId
from kaisa_relay.domain.routing import Pair
from kaisa_relay.ports import ClaimPair, Conflict, ReleasePair, SaveConversation, TouchPair
from tests import fakes
from tests.contracts.world import World

AT = fakes.EPOCH
ANA, BO = fakes.person(1), fakes.person(2)
FIRST, SECOND = ConversationId(11), ConversationId(12)


async def pairs(world: World, *contacts: ContactId, on: ChannelId | None = None) -> list[Pair]:
    return await world.store.directory.pairs(world.workspace, contacts, on)


async def test_a_person_is_in_one_conversation_per_channel(world: World) -> None:
    claim = ClaimPair(world.channel.id, ANA.contact, FIRST, Side.VISITOR)
    await world.must(claim)
    await world.must(claim)  # what one has one may claim again
    second = ClaimPair(world.channel.id, ANA.contact, SECOND, Side.AGENT)
    assert await world.change(second) == Conflict(second)
    elsewhere = await world.store.add_channel(world.workspace)
    await world.must(ClaimPair(elsewhere.id, ANA.contact, SECOND, Side.AGENT))
    (here,) = await pairs(world, ANA.contact, on=world.channel.id)
    assert (here.conversation, here.role) == (FIRST, Side.VISITOR)
    both = {(pair.channel, pair.conversation) for pair in await pairs(world, ANA.contact)}
    assert both == {(world.channel.id, FIRST), (elsewhere.id, SECOND)}


async def test_of_conversations_that_claim_a_person_one_wins(world: World) -> None:
    answers: list[bool] = []

    async def claim(conversation: int) -> None:
        change = ClaimPair(
            world.channel.id, ANA.contact, ConversationId(conversation), Side.VISITOR
        )
        answers.append(await world.change(change) is None)

    async with trio.open_nursery() as nursery:
        for number in range(1, 9):
            nursery.start_soon(claim, number)
    assert Counter(answers) == {True: 1, False: 7}


async def test_a_released_pair_remembers_its_last_conversation(world: World) -> None:
    here = (world.channel.id, ANA.contact)
    await world.must(ClaimPair(*here, FIRST, Side.AGENT), TouchPair(*here, AT))
    await world.must(ReleasePair(*here, SECOND))
    assert (await pairs(world, ANA.contact))[0].conversation == FIRST
    await world.must(ReleasePair(*here, FIRST))
    assert await pairs(world, ANA.contact) == [Pair(*here, None, Side.AGENT, FIRST, AT)]
    await world.must(ReleasePair(*here, FIRST))
    await world.must(ClaimPair(*here, SECOND, Side.VISITOR))
    (pair,) = await pairs(world, ANA.contact)
    assert (pair.conversation, pair.role, pair.inbound_at) == (SECOND, Side.VISITOR, AT)


async def test_a_window_only_moves_on(world: World) -> None:
    here = (world.channel.id, ANA.contact)
    later = AT + timedelta(minutes=1, microseconds=1)
    for at in (AT, later, AT):
        await world.must(TouchPair(*here, at))
    assert await pairs(world, ANA.contact) == [Pair(*here, None, None, None, later)]


async def test_pairs_are_read_of_the_named_people_and_workspace(world: World) -> None:
    other = await world.another()
    for of, contact in ((world, ANA), (world, BO), (other, ANA)):
        await of.must(ClaimPair(of.channel.id, contact.contact, FIRST, Side.VISITOR))
    assert {pair.contact for pair in await pairs(world, ANA.contact, BO.contact)} == {1, 2}
    assert [pair.channel for pair in await pairs(world, ANA.contact)] == [world.channel.id]
    assert [pair.channel for pair in await pairs(other, ANA.contact)] == [other.channel.id]
    assert await pairs(world) == []


async def test_the_load_counts_live_conversations(world: World) -> None:
    other = await world.another()
    started = [await world.start(ANA, BO) for _ in range(3)]
    await other.start(ANA, BO)
    closed = evolve(started[0].state, phase=Phase.CLOSED, ended_at=AT)
    await world.must(SaveConversation(closed, 2, None))
    assert await world.store.directory.load(world.workspace) == {world.channel.id: 2}
