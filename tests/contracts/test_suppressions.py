"""What every store promises of the suppression list."""

from kaisa_relay.domain.conversation.events import ContactOptedIn, ContactOptedOut
from kaisa_relay.domain.engagement.ids import SuppressionId
from kaisa_relay.domain.engagement.suppression import Address, Source, Way
from kaisa_relay.domain.ids import ContactId
from kaisa_relay.ports.suppressing import Allow, Suppress
from tests import fakes
from tests.contracts.world import World

AT = fakes.EPOCH
NUMBER, HIDDEN = Address(Way.WHATSAPP, "+12025550100"), Address(Way.WHATSAPP, "US.1")
SMS = Address(Way.SMS, "+12025550100")
EVERY = (NUMBER, HIDDEN, SMS)


def suppress(world: World, address: Address, source: Source) -> Suppress:
    return Suppress(SuppressionId(world.new_id()), address, source, AT)


async def test_on_the_list_and_off_it(world: World) -> None:
    """Each way by itself; their own word replaces what others say of them, never the reverse."""
    suppressed, of = world.store.directory.suppressed, world.workspace
    assert await suppressed(of, ()) == await suppressed(of, EVERY) == {}
    await world.must(
        suppress(world, NUMBER, Source.REFUSED),
        suppress(world, NUMBER, Source.PREFERENCE),
        suppress(world, HIDDEN, Source.CHAT),
    )
    assert await suppressed(of, EVERY) == {NUMBER: Source.REFUSED, HIDDEN: Source.CHAT}
    await world.must(suppress(world, NUMBER, Source.CHAT), suppress(world, SMS, Source.API))
    await world.must(suppress(world, HIDDEN, Source.PREFERENCE))
    chat = {NUMBER: Source.CHAT, HIDDEN: Source.CHAT}
    assert await suppressed(of, EVERY) == {**chat, SMS: Source.API}
    await world.must(Allow(NUMBER), Allow(SMS), Allow(SMS))
    assert await suppressed(of, EVERY) == {HIDDEN: Source.CHAT}
    await world.must(suppress(world, NUMBER, Source.API))
    assert await suppressed(of, [NUMBER]) == {NUMBER: Source.API}


async def test_every_workspace_has_its_own(world: World) -> None:
    other = await world.another()
    await world.must(suppress(world, NUMBER, Source.CHAT))
    assert await world.store.directory.suppressed(other.workspace, EVERY) == {}
    await other.must(Allow(NUMBER))
    assert await world.store.directory.suppressed(world.workspace, EVERY) == {NUMBER: Source.CHAT}


async def test_its_events_are_read_back(world: World) -> None:
    """Also of somebody whom we do not know."""
    events = (
        ContactOptedOut(ContactId(7), (Way.SMS, Way.WHATSAPP), Source.CHAT, AT),
        ContactOptedIn(None, (Way.WHATSAPP,), Source.PREFERENCE, AT),
    )
    row = suppress(world, NUMBER, Source.CHAT)
    assert await world.append("message/7", 0, events, row) is None
    assert await world.append("message/7", 0, events, row) is not None
    history = await world.store.journal.read(world.workspace, "message/7")
    assert tuple(each.event for each in history) == events
