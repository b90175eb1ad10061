"""What every store promises when contacts turn out to be one person, or lose a number."""

from datetime import timedelta

import pytest
from attrs import evolve

from kaisa_relay.domain.contact import Sender, Side
from kaisa_relay.domain.contact_events import BlockedBy, ContactMerged
from kaisa_relay.domain.content import Text
from kaisa_relay.domain.identity import Recognised
from kaisa_relay.domain.ids import ContactId, ConversationId, MessageId, SendId
from kaisa_relay.domain.outgoing import Recipient
from kaisa_relay.domain.routing import Pair
from kaisa_relay.domain.sending import SendState
from kaisa_relay.ports import (
    BlockContact,
    ClaimPair,
    Conflict,
    ForgetNumbers,
    KnowAgent,
    MergeContacts,
    MoveSend,
    NewSend,
    ReleasePair,
    SaveContact,
    StoreContent,
    TouchPair,
)
from tests import fakes
from tests.contracts.world import World

AT = fakes.EPOCH
ANA = fakes.person(1, "Ana Lind", "sv")
HIDDEN = evolve(fakes.person(2, "ana"), phone=None, bsuid="US.1")
BOTH = Sender("1201", "US.1")
FIRST, SECOND = ConversationId(11), ConversationId(12)
MERGE = MergeContacts(HIDDEN.contact, ANA.contact)


async def save_both(world: World) -> None:
    """Ana by her number, and again by her BSUID."""
    await world.must(SaveContact(ANA, fakes.PORTFOLIO, (), "1201"))
    await world.must(SaveContact(HIDDEN, fakes.PORTFOLIO))


async def find(world: World, sender: Sender) -> Recognised:
    return await world.store.directory.find(world.workspace, fakes.PORTFOLIO, sender, [])


async def test_two_become_one(world: World) -> None:
    """Every identity leads to the heir; both can be written to, and nobody else changes."""
    await save_both(world)
    other = await world.another()
    await other.must(SaveContact(HIDDEN, fakes.PORTFOLIO))
    found = await find(world, BOTH)
    assert found == Recognised((HIDDEN.contact, ANA.contact), same=True)
    await world.must(MERGE)
    for sender in (BOTH, Sender("1201", None), Sender(None, "US.1")):
        assert await find(world, sender) == Recognised((ANA.contact,))
    people = await world.store.directory.people(world.workspace, [ANA.contact, HIDDEN.contact])
    assert people[ANA.contact] == evolve(ANA, bsuid="US.1")
    assert people[HIDDEN.contact] == evolve(HIDDEN, phone=ANA.phone)
    assert await find(other, Sender(None, "US.1")) == Recognised((HIDDEN.contact,))


async def test_their_pairs_go_over(world: World) -> None:
    """What the heir has stays; the later of two messages opens the window."""
    await save_both(world)
    here, there = world.channel.id, (await world.store.add_channel(world.workspace)).id
    later = AT + timedelta(hours=1)
    await world.must(
        ClaimPair(here, ANA.contact, FIRST, Side.VISITOR), TouchPair(here, ANA.contact, AT)
    )
    await world.must(
        TouchPair(here, HIDDEN.contact, later),
        ClaimPair(there, HIDDEN.contact, SECOND, Side.AGENT),
    )
    await world.must(ReleasePair(there, HIDDEN.contact, SECOND))
    await world.must(MERGE)
    pairs = await world.store.directory.pairs(world.workspace, [ANA.contact, HIDDEN.contact])
    assert sorted(pairs, key=lambda each: each.channel) == [
        Pair(here, ANA.contact, FIRST, Side.VISITOR, inbound_at=later),
        Pair(there, ANA.contact, None, Side.AGENT, SECOND),
    ]


async def test_what_only_the_absorbed_one_had_goes_over(world: World) -> None:
    """The heir has written here, and the other was in a conversation that may go on."""
    await save_both(world)
    await world.must(TouchPair(world.channel.id, ANA.contact, AT))
    await world.must(ClaimPair(world.channel.id, HIDDEN.contact, FIRST, Side.VISITOR))
    await world.must(ReleasePair(world.channel.id, HIDDEN.contact, FIRST))
    await world.must(MERGE)
    (pair,) = await world.store.directory.pairs(world.workspace, [ANA.contact])
    assert pair == Pair(world.channel.id, ANA.contact, None, Side.VISITOR, FIRST, AT)


@pytest.mark.parametrize("busy", ["live", "agent"])
async def test_one_that_is_needed_is_not_absorbed(world: World, busy: str) -> None:
    """Somebody waits for them, or forms name them: nothing changes at all."""
    await save_both(world)
    live = ClaimPair(world.channel.id, HIDDEN.contact, FIRST, Side.VISITOR)
    await world.must(live if busy == "live" else KnowAgent(HIDDEN.contact))
    assert await world.change(MERGE) == Conflict(MERGE)
    assert (await find(world, BOTH)).same


async def test_who_lost_a_number_is_not_written_to_at_it(world: World) -> None:
    """Their BSUID is left; a number that they never had is nobody's to lose."""
    await world.must(SaveContact(evolve(ANA, bsuid="US.7"), fakes.PORTFOLIO, (), "1201"))
    assert await find(world, BOTH) == Recognised((), left=(ANA.contact,))
    await world.must(ForgetNumbers(ANA.contact, (fakes.phone(9),)))
    people = await world.store.directory.people(world.workspace, [ANA.contact])
    assert people[ANA.contact].phone == ANA.phone
    assert ANA.phone is not None
    await world.must(ForgetNumbers(ANA.contact, (ANA.phone,), "1201"))
    people = await world.store.directory.people(world.workspace, [ANA.contact])
    assert people[ANA.contact] == evolve(ANA, phone=None, bsuid="US.7")
    assert await find(world, BOTH) == Recognised()


async def test_the_merger_is_told_in_a_stream_of_its_own(world: World) -> None:
    """Once: a second one of the same contact is a conflict."""
    await save_both(world)
    event = ContactMerged(ANA.contact, HIDDEN.contact, AT)
    stream = f"contact/{HIDDEN.contact}"
    assert await world.append(stream, 0, [event], MERGE) is None
    assert [each.event for each in world.recorded] == [event]
    assert await world.append(stream, 0, [event], MERGE) is not None


async def test_a_block_goes_over(world: World) -> None:
    """The heir's own stays; without one they have the absorbed contact's, and nobody else's."""
    await save_both(world)
    directory = world.store.directory
    both = [ANA.contact, HIDDEN.contact]
    await world.must(BlockContact(HIDDEN.contact, BlockedBy.OPERATOR, AT))
    assert await directory.blocked(world.workspace, both) == {HIDDEN.contact}
    await world.must(MERGE)
    assert await directory.blocked(world.workspace, both) == {ANA.contact}
    block = await world.store.archive.block(world.workspace, ANA.contact)
    assert block is not None
    assert (block.by, block.at) == (BlockedBy.OPERATOR, AT)


async def test_what_waits_for_who_lost_a_number_goes_elsewhere(world: World) -> None:
    """To the number of the same commit, to the BSUID, or nowhere; what was begun stays."""
    assert ANA.phone is not None
    await world.must(SaveContact(ANA, fakes.PORTFOLIO, (), "1201"))
    old, new = Recipient(ANA.phone, None), fakes.phone(77)
    waits, begun, other = (evolve(world.outgoing(), contact=ANA.contact, recipient=old),) * 3
    begun, other = evolve(begun, id=SendId(900)), evolve(other, id=SendId(901))
    other = evolve(other, contact=HIDDEN.contact)
    await world.must(*(NewSend(each) for each in (waits, begun, other)))
    await world.must(MoveSend(begun.id, (SendState.READY,), SendState.SENDING, 1))

    async def recipients() -> dict[SendId, Recipient]:
        page = world.store.sends.unfinished(world.workspace, world.channel.id, SendId(0), 9)
        return {each.id: each.recipient for each in await page}

    moved = SaveContact(evolve(ANA, phone=new, bsuid="US.1"), fakes.PORTFOLIO)
    await world.must(ForgetNumbers(ANA.contact, (ANA.phone,)), moved)
    assert await recipients() == {waits.id: Recipient(new, None), begun.id: old, other.id: old}
    await world.must(ForgetNumbers(ANA.contact, (new,)))
    assert (await recipients())[waits.id] == Recipient(None, "US.1")


async def test_what_they_said_goes_over(world: World) -> None:
    """A quote of it is understood, and erasing the heir erases it; other people's stays theirs."""
    await save_both(world)
    directory, workspace = world.store.directory, world.workspace
    said = [(MessageId(5), HIDDEN.contact, "wamid-5"), (MessageId(6), ContactId(50), "wamid-6")]
    for message, who, wamid in said:
        await world.must(StoreContent(message, FIRST, who, Side.VISITOR, Text("said"), wamid))
    assert await directory.message(workspace, ANA.contact, "wamid-5") is None
    await world.must(MERGE)
    assert await directory.message(workspace, ANA.contact, "wamid-5") == MessageId(5)
    assert await directory.wamid(workspace, ANA.contact, MessageId(5)) == "wamid-5"
    assert [each.contact for each in await directory.said(workspace, [MessageId(5)])] == [
        ANA.contact
    ]
    assert await directory.message(workspace, ContactId(50), "wamid-6") == MessageId(6)
