"""Links that lead back, as every store keeps them."""

from datetime import timedelta

from attrs import evolve

from kaisa_relay.domain.conversation.links import LinkOrigin, RecoveryStage
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.engagement.ids import TriggerId
from kaisa_relay.domain.ids import EventSeq
from kaisa_relay.ports import Conflict, NoteRecovery, SaveConversation, SaveToken
from tests import fakes
from tests.contracts.world import World

AT = fakes.EPOCH
ANA, BO = fakes.person(1, "Ana Lind", "sv"), fakes.person(2, "Bo")
STEP = LinkOrigin(TriggerId(50), 2, 1, EventSeq(40))


async def test_each_link_is_found_by_its_number_and_its_token(world: World) -> None:
    """And knows which is the newest; the first link has no number."""
    started = await world.start(ANA, BO)
    day = AT + timedelta(days=1)
    channel = world.channel.id
    one = SaveToken("one", started.id, channel, day, "url one", 1, ANA.contact, STEP)
    two = SaveToken("two", started.id, channel, day, "url two", 2)
    await world.must(one)
    await world.must(SaveConversation(evolve(started.state, phase=Phase.ABANDONED), 2, None))
    directory = world.store.directory
    first = await directory.token(world.workspace, started.token)
    found = await directory.link(world.workspace, started.id, 1)
    assert found is not None
    assert found == await directory.token(world.workspace, "one")
    assert (found.value, found.url, found.until, found.link) == ("one", "url one", day, 1)
    assert (found.live, found.used_by, found.newer) == (False, ANA.contact, None)
    assert first is not None
    assert (first.link, first.newer) == (None, "url one")
    await world.must(two)
    assert await directory.link(world.workspace, started.id, 1) == evolve(found, newer="url two")
    assert await directory.link(world.workspace, started.id, 3) is None
    other = await world.another()
    assert await directory.link(other.workspace, started.id, 1) is None
    assert await world.change(one) == Conflict(one)


async def test_the_newest_link_is_shown(world: World) -> None:
    """By the conversation itself: its code is drawn from that."""
    started = await world.start(ANA, BO)
    for number in (1, 2):
        url = f"url {number}"
        await world.must(SaveToken(url, started.id, world.channel.id, AT, url, number))
    view = await world.store.archive.conversation(world.workspace, started.id)
    assert view is not None
    assert view.url == "url 2"


async def test_what_it_has_earned_is_noted_once(world: World) -> None:
    """Of a conversation that has no such link nothing is."""
    started = await world.start(ANA, BO)
    await world.must(SaveToken("one", started.id, world.channel.id, AT, "url", 1, None, STEP))
    for stage in RecoveryStage:
        await world.must(NoteRecovery(started.id, 1, stage, AT))
        await world.must(NoteRecovery(started.id, 1, stage, AT + timedelta(hours=1)))
        await world.must(NoteRecovery(started.id, 2, stage, AT))
    found = await world.store.directory.link(world.workspace, started.id, 1)
    assert found is not None
    assert found.used_by is None
