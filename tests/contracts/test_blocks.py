"""What every store promises of the block list."""

from datetime import timedelta

from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.contact_events import BlockedBy, ContactBlocked, ContactUnblocked
from kaisa_relay.domain.ids import ContactId, ConversationId
from kaisa_relay.ports import (
    BlockContact,
    BlockView,
    PersonView,
    SaveContact,
    UnblockContact,
)
from kaisa_relay.ports.directory import Writer
from tests import fakes
from tests.contracts.world import World

AT = fakes.EPOCH
ANA, BO, STRANGER = fakes.person(1), fakes.person(2), ContactId(99)
TALK = ConversationId(7)


async def blocked(world: World, *contacts: ContactId) -> frozenset[ContactId]:
    return await world.store.directory.blocked(world.workspace, contacts)


async def test_on_the_list_and_off_it(world: World) -> None:
    """The first block stays as it is; what was never on it can be taken off all the same."""
    everybody = (ANA.contact, BO.contact, STRANGER)
    assert await blocked(world) == await blocked(world, *everybody) == frozenset()
    await world.must(SaveContact(ANA, fakes.PORTFOLIO))
    first = BlockContact(ANA.contact, BlockedBy.AGENT, AT, BO.contact, TALK)
    await world.must(first, BlockContact(STRANGER, BlockedBy.API, AT))
    await world.must(BlockContact(ANA.contact, BlockedBy.API, AT + timedelta(hours=1)))
    assert await blocked(world, *everybody) == {ANA.contact, STRANGER}
    ana = BlockView(
        PersonView(ANA.contact, ANA.name, ANA.phone), BlockedBy.AGENT, AT, BO.contact, TALK
    )
    archive = world.store.archive
    assert await archive.block(world.workspace, ANA.contact) == ana
    assert await archive.block(world.workspace, BO.contact) is None
    await world.must(UnblockContact(BO.contact), UnblockContact(ANA.contact))
    assert await blocked(world, *everybody) == {STRANGER}


async def test_pages_of_one_workspace(world: World) -> None:
    other = await world.another()
    for contact in (3, 1, 2):
        await world.must(BlockContact(ContactId(contact), BlockedBy.API, AT))
    await other.must(BlockContact(ContactId(4), BlockedBy.API, AT))
    page = await world.store.archive.blocks(world.workspace, ContactId(1), 1)
    assert [each.person for each in page] == [PersonView(ContactId(2), None, None)]
    everybody = await world.store.archive.blocks(world.workspace, None, 9)
    assert [each.person.contact for each in everybody] == [1, 2, 3]
    assert await world.store.directory.blocked(other.workspace, [ContactId(1)]) == frozenset()


async def test_it_is_read_with_who_writes(world: World) -> None:
    """One read for many writers says it too, of each in their own workspace."""
    other = await world.another()
    for each in (world, other):
        await each.must(SaveContact(ANA, fakes.PORTFOLIO, (), "1201"))
    await world.must(BlockContact(ANA.contact, BlockedBy.API, AT))
    sender = Sender("1201", None)
    met = await world.store.directory.meet(
        [
            Writer(each.workspace, fakes.PORTFOLIO, each.channel.id, sender, ())
            for each in (world, other)
        ]
    )
    assert [each.blocked for each in met] == [{ANA.contact}, frozenset()]


async def test_its_events_are_read_back(world: World) -> None:
    stream = f"contact/{ANA.contact}"
    events = (
        ContactBlocked(ANA.contact, BlockedBy.API, AT),
        ContactUnblocked(ANA.contact, BlockedBy.OPERATOR, AT),
    )
    row = BlockContact(ANA.contact, BlockedBy.API, AT)
    assert await world.append(stream, 0, events[:1], row) is None
    assert await world.append(stream, 0, events[:1], row) is not None
    assert await world.append(stream, 1, events[1:], UnblockContact(ANA.contact)) is None
    history = await world.store.journal.read(world.workspace, stream)
    assert tuple(each.event for each in history) == events
