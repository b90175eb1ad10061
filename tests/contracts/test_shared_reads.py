"""What every store promises of reads for many: each gets what it would get alone."""

from attrs import evolve

from kaisa_relay.domain.contact import Person, Sender, Side
from kaisa_relay.domain.conversation.deadlines import next_deadline
from kaisa_relay.domain.conversation.events import AgentNudged
from kaisa_relay.domain.ids import ContactId, ConversationId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.ports import (
    Briefing,
    ClaimPair,
    SaveContact,
    SaveConversation,
    SaveMetadata,
    Writer,
)
from tests import fakes
from tests.contracts.world import World

ANA, BO, CY = fakes.person(1, "Ana Lind", "sv"), fakes.person(2, "Bo"), fakes.person(3, "Cy")
FIRST = ConversationId(11)


def writer(world: World, sender: Sender, *phones: Phone) -> Writer:
    return Writer(world.workspace, fakes.PORTFOLIO, world.channel.id, sender, phones)


async def save(world: World, person: Person, *phones: Phone, wa_id: str | None = None) -> None:
    await world.must(SaveContact(person, fakes.PORTFOLIO, phones, wa_id))


async def test_writers_are_met_as_if_each_were_alone(world: World) -> None:
    directory, hidden = world.store.directory, evolve(BO, phone=None, bsuid="US.2")
    await save(world, ANA, fakes.phone(1), wa_id="1201")
    await save(world, hidden)
    await save(world, CY, fakes.phone(3))
    await world.must(ClaimPair(world.channel.id, ANA.contact, FIRST, Side.VISITOR))
    writers = [
        writer(world, Sender(None, "US.2")),
        writer(world, Sender("1201", "US.9"), fakes.phone(3)),
        writer(world, Sender("1299", None), fakes.phone(99)),
        writer(world, Sender(None, None), fakes.phone(3), fakes.phone(1)),
        writer(world, Sender(None, "US.2")),
    ]
    met = await directory.meet(writers)
    assert [each.contacts for each in met] == [
        (BO.contact,),
        (ANA.contact,),
        (),
        (CY.contact, ANA.contact),
        (BO.contact,),
    ]
    for asked, each in zip(writers, met, strict=True):
        contacts = each.contacts
        alone = await directory.find(asked.workspace, asked.portfolio, asked.sender, asked.phones)
        assert (contacts, each.recognised) == (alone.contacts, alone)
        pairs = await directory.pairs(asked.workspace, contacts, asked.channel)
        assert each.pairs == tuple(pairs)
        assert each.people == await directory.people(asked.workspace, contacts)
    assert await directory.meet([]) == []


async def test_nobody_is_met_in_another_workspace_or_portfolio_or_channel(world: World) -> None:
    other = await world.another()
    await save(world, evolve(ANA, bsuid="US.1"), fakes.phone(1))
    await world.must(ClaimPair(world.channel.id, ANA.contact, FIRST, Side.VISITOR))
    here, sender = writer(world, Sender(None, "US.1")), Sender(None, "US.1")
    elsewhere = await world.store.add_channel(world.workspace)
    there, strange, beside, again = await world.store.directory.meet(
        [
            writer(other, sender, fakes.phone(1)),
            evolve(here, portfolio="another"),
            evolve(here, channel=elsewhere.id),
            here,
        ]
    )
    assert (there.contacts, strange.contacts) == ((), ())
    assert (beside.contacts, beside.pairs) == ((ANA.contact,), ())
    assert [pair.conversation for pair in again.pairs] == [FIRST]


async def test_a_conversation_is_briefed_of_its_people_and_metadata(world: World) -> None:
    await save(world, ANA)
    await save(world, BO)
    await world.must(SaveMetadata(FIRST, ANA.contact, b'{"a": 1}'))
    other, directory = await world.another(), world.store.directory
    asked = (FIRST, [ANA.contact, BO.contact, ContactId(77)])
    assert await directory.briefing(world.workspace, *asked) == Briefing(
        {ANA.contact: ANA, BO.contact: BO}, b'{"a": 1}'
    )
    assert await directory.briefing(other.workspace, *asked) == Briefing({}, b"{}")


async def test_a_conversation_is_stored_as_its_row_and_what_came_after(world: World) -> None:
    started, other = await world.start(ANA, BO), await world.another()
    journal = world.store.journal
    stored = await journal.stored(world.workspace, started.id)
    assert stored is not None
    assert (stored.state, stored.version, stored.later) == (started.state, 1, ())
    nudged = AgentNudged(fakes.EPOCH)
    assert await world.append(started.stream, 1, (nudged, nudged)) is None
    stored = await journal.stored(world.workspace, started.id)
    assert stored is not None
    assert [each.version for each in stored.later] == [2, 3]
    assert list(stored.later) == await journal.read(world.workspace, started.stream, 1)
    await world.must(SaveConversation(started.state, 2, next_deadline(started.state)))
    stored = await journal.stored(world.workspace, started.id)
    assert stored is not None
    assert (stored.version, [each.version for each in stored.later]) == (2, [3])
    assert await journal.stored(other.workspace, started.id) is None
    assert await journal.stored(world.workspace, FIRST) is None
