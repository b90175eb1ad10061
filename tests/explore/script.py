"""A conversation from its form to its end, as the events and contents that it leaves."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from attrs import frozen

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import Text
from kaisa_relay.domain.conversation import events as happened
from kaisa_relay.domain.conversation.events import Event
from kaisa_relay.domain.conversation.messages import EndedBy, MatchedBy
from kaisa_relay.domain.ids import ContactId, MessageId, SendId
from kaisa_relay.ports import SaveMetadata, StoreContent
from tests import fakes
from tests.contracts.world import Started, World

VERA, ANNA, BO = (fakes.person(n, name) for n, name in enumerate(("Vera", "Anna", "Bo"), 1))
METADATA = b'{"car": {"model": "Volvo", "year": 2024}, "tags": ["new", "red"], "trade_in": true}'


@frozen
class Words:
    """The messages of a conversation, by what they are for."""

    question: MessageId
    answer: MessageId
    deal: MessageId


async def sold(world: World, words: str = "Is the blue one still there?") -> Started:
    """Play a conversation in which one agent says no, the next yes, and sells."""
    it = await world.start(VERA, ANNA)
    said = Words(*(MessageId(world.new_id()) for _ in range(3)))

    def stored(message: MessageId, who: ContactId, side: Side, body: str) -> StoreContent:
        return StoreContent(message, it.id, who, side, Text(body))

    await world.must(
        SaveMetadata(it.id, VERA.contact, METADATA),
        stored(said.question, VERA.contact, Side.VISITOR, words),
        stored(said.answer, ANNA.contact, Side.AGENT, "It is."),
        stored(said.deal, ANNA.contact, Side.AGENT, "/close sold 12000 kr"),
    )
    for version, event in enumerate(_events(world, said), 1):
        world.clock.forward(seconds=10)
        assert await world.append(it.stream, version, (event(),)) is None
    return it


def _events(world: World, said: Words) -> Iterator[Callable[[], Event]]:
    at, new = world.clock, world.new_id
    there, back = SendId(new()), SendId(new())
    vera, anna, bo = (each.contact for each in (VERA, ANNA, BO))

    def offer(number: int, who: ContactId) -> Event:
        message, send = MessageId(new()), SendId(new())
        return happened.AgentOffered(number, who, message, send, number == 1, at())

    yield lambda: happened.ConversationStarted(vera, MatchedBy.TOKEN, at())
    yield lambda: happened.MessageReceived(said.question, Side.VISITOR, "text", at(), at())
    yield lambda: offer(1, bo)
    yield lambda: happened.OfferDeclined(1, bo, at())
    yield lambda: happened.ConversationQueued(at() + timedelta(minutes=10), at())
    yield lambda: offer(2, anna)
    yield lambda: happened.OfferSent(2, at())
    yield lambda: happened.AgentAccepted(2, anna, at())
    yield lambda: happened.MessageRelayed(said.question, there, Side.AGENT, anna, at())
    yield lambda: happened.MessageReceived(said.answer, Side.AGENT, "text", at(), at())
    yield lambda: happened.MessageRelayed(said.answer, back, Side.VISITOR, vera, at())
    yield lambda: happened.MessageFailed(said.answer, back, Side.VISITOR, 131026, at())
    yield lambda: happened.MessageReceived(said.deal, Side.AGENT, "text", at(), at())
    yield lambda: happened.ConversationClosed(EndedBy.AGENT, at(), said.deal)
