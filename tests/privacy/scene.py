"""What a relay keeps of a conversation, with a person's data in all of it."""

import json
from datetime import datetime, timedelta

from attrs import evolve
from sqlalchemy import Connection, insert

from kaisa_relay.domain.contact import Person, Side
from kaisa_relay.domain.content import Text
from kaisa_relay.domain.conversation import events as happened
from kaisa_relay.domain.conversation.events import Event
from kaisa_relay.domain.conversation.messages import EndedBy, MatchedBy
from kaisa_relay.domain.engagement.ids import SuppressionId
from kaisa_relay.domain.engagement.suppression import Address, Source, Way
from kaisa_relay.domain.ids import ContactId, MessageId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.requester import Requester, RequesterKind
from kaisa_relay.domain.sending import Rank, SendState
from kaisa_relay.ports import (
    EndSend,
    NewSend,
    ParkItem,
    SaveAnswer,
    SaveContact,
    SaveMetadata,
    StoreContent,
    WantFile,
)
from kaisa_relay.ports.suppressing import Suppress
from kaisa_relay.store import Store
from kaisa_relay.store.engagement_table import attempt, delivery
from tests import fakes
from tests.contracts.test_files import picture
from tests.contracts.world import Started, World
from tests.privacy.conftest import Office

NUMBER = Phone("+46709876543")
XENIA = Person(ContactId(71), "Xenia Quillfeather", "sv", NUMBER, "SE.Canary1234567")
OTTO = Person(ContactId(72), "Otto Staysbert", "en", Phone("+46701112233"))
AGENT = fakes.person(3, "Anna")
MAIL = "xenia@quillfeather.example"
NEEDLES = (b"Xenia", b"Quillfeather", b"quillfeather", b"709876543", b"Canary1234567", b"zeppelin")
"""Of these no byte may be left."""
BY = Requester(RequesterKind.KEY, 5)


async def talked(at_work: Office, who: Person) -> Started:
    """Leave of a conversation whatever a relay keeps, with the person's data in all of it."""
    world = at_work.world
    assert who.phone is not None
    it = await world.start(who, AGENT)
    word, reply, farewell = (MessageId(world.new_id()) for _ in range(3))
    form = {"mail": MAIL if who is XENIA else "otto@example.com", "name": who.name}
    await world.must(
        SaveContact(who, fakes.PORTFOLIO, (who.phone,), who.phone[1:]),
        SaveMetadata(it.id, who.contact, json.dumps(form).encode()),
        _stored(it, word, who, Side.VISITOR, f"{who.name} has a zeppelin" if who is XENIA else "a"),
        _stored(it, reply, AGENT, Side.AGENT, f"Hello {who.name}"),
        SaveAnswer(f"key-{who.contact}", b"hash", who.name.encode() + str(it.id).encode(), _far()),
        WantFile(evolve(picture(world), message=word, contact=who.contact)),
    )
    at = world.clock
    events: tuple[Event, ...] = (
        happened.ConversationStarted(who.contact, MatchedBy.TOKEN, at()),
        happened.MessageReceived(word, Side.VISITOR, "text", at(), at()),
        happened.MessageReceived(reply, Side.AGENT, "text", at(), at()),
        happened.ConversationClosed(EndedBy.AGENT, at(), farewell),
    )
    for version, event in enumerate(events, 1):
        assert await world.append(it.stream, version, (event,)) is None
    await _sent(world, it, who, word)
    await _on_disk(at_work, word, who)
    await _delivered(at_work.library.store.store, world, it, who)
    await _parked(world, it)
    return it


def _stored(it: Started, id: MessageId, who: Person, side: Side, said: str) -> StoreContent:
    return StoreContent(id, it.id, who.contact, side, Text(said), f"wamid-{who.phone}-{id}")


def _far() -> datetime:
    return fakes.EPOCH + timedelta(days=36500)


async def _sent(world: World, it: Started, who: Person, message: MessageId) -> None:
    """Leave a leg whose wamid holds the number, as WhatsApp's do."""
    send = evolve(world.outgoing(), conversation=it.id, contact=who.contact, message=message)
    await world.must(NewSend(send))
    wamid = f"wamid-of-{who.phone}"
    await world.must(EndSend(send.id, (SendState.READY,), Rank.SENT, world.clock(), wamid))


async def _on_disk(at_work: Office, message: MessageId, who: Person) -> None:
    async with at_work.disk.writing(at_work.world.workspace, message) as file:
        await file.write(f"photograph of {who.name}".encode())
        await at_work.disk.keep(at_work.world.workspace, message)


async def _delivered(store: Store, world: World, it: Started, who: Person) -> None:
    """Leave what a server answered, which repeats what it was told."""
    of, id, at = world.workspace, world.new_id(), 1
    row = {
        "workspace": of,
        "id": id,
        "trigger_id": 1,
        "version": 1,
        "seq": id,
        "step": 0,
        "conversation": it.id,
        "action": 0,
        "endpoint": 1,
        "state": "delivered",
        "first_due_at": at,
        "due_at": at,
        "attempts": 1,
        "done_at": at,
    }
    tried = {
        "workspace": of,
        "delivery": id,
        "number": 1,
        "at": at,
        "took": 1,
        "status": 200,
        "answer": f"thank you, {who.name}",
    }

    def put(connection: Connection) -> None:
        connection.execute(insert(delivery).values(row))
        connection.execute(insert(attempt).values(tried))

    await store.write(put)


async def _parked(world: World, it: Started) -> None:
    id = await world.arrive()
    await world.must(ParkItem((id,), it.stream, "quarantined"))


async def suppressed(world: World) -> None:
    for way, text in ((Way.SMS, NUMBER), (Way.WHATSAPP, NUMBER), (Way.EMAIL, MAIL)):
        id = SuppressionId(world.new_id())
        await world.must(Suppress(id, Address(way, text), Source.CHAT, world.clock()))
