"""Short ways to a conversation in any phase, with ids and instants that are easy to read."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from attrs import define, field

from kaisa_relay.domain.content import ButtonTap, Content, Text
from kaisa_relay.domain.conversation import State, created, decide, evolve
from kaisa_relay.domain.conversation.messages import (
    Candidate,
    Command,
    ConversationCreated,
    Event,
    HearOutcome,
    MessageRelayed,
    Notified,
    ProposeAgent,
    Receive,
    Refusal,
    Strategy,
    Terms,
    Tick,
)
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import (
    ChannelId,
    ContactId,
    ConversationId,
    MessageId,
    SendId,
    WorkspaceId,
)
from kaisa_relay.domain.outage import Outage
from kaisa_relay.domain.payloads import OfferAnswer, Payload, encode
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.texts import TextKey

PATIENT = Terms(first_reply_time=timedelta(days=30), resume_time=timedelta(0))
"""So that an agent of a test may say nothing, and an end is one."""
T0 = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HERE = ConversationId(7)
ELSEWHERE = ConversationId(8)
CHANNEL = ChannelId(5)
VISITOR, ANNA, BO, STRANGER, OTHER_PHONE = map(ContactId, range(1, 6))


def after(seconds: float = 0, **units: float) -> datetime:
    """The instant so long after the reservation."""
    return T0 + timedelta(seconds=seconds, **units)


def reservation(**changes: Any) -> ConversationCreated:
    """A form for a visitor and two agents, the second one Swedish."""
    values: dict[str, Any] = {
        "workspace": WorkspaceId(3),
        "conversation": HERE,
        "channel": CHANNEL,
        "visitor": VISITOR,
        "language": "en",
        "agents": (Candidate(ANNA, "en"), Candidate(BO, "sv")),
        "chosen": ANNA,
        "strategy": Strategy.LISTED,
        "terms": PATIENT,
        "at": T0,
    }
    return ConversationCreated(**(values | changes))


def ids() -> Callable[[], int]:
    """Fresh ids, far from those of inbound messages."""
    return count(1000).__next__


def tap(payload: Payload) -> ButtonTap:
    """A tap on one of our buttons."""
    return ButtonTap(encode(payload), "label")


def yes(offer: int = 1, conversation: ConversationId = HERE) -> ButtonTap:
    """Accept, tapped."""
    return tap(OfferAnswer(conversation, offer, accept=True))


def no(offer: int = 1, conversation: ConversationId = HERE) -> ButtonTap:
    """Decline, tapped."""
    return tap(OfferAnswer(conversation, offer, accept=False))


def texts(events: tuple[Event, ...]) -> list[tuple[ContactId, TextKey]]:
    """Who is told what."""
    return [(event.contact, event.text) for event in events if isinstance(event, Notified)]


def relayed(events: tuple[Event, ...]) -> list[tuple[MessageId, ContactId]]:
    """What goes across, and to whom."""
    return [(each.message, each.contact) for each in events if isinstance(each, MessageRelayed)]


@define
class Talk:
    """A conversation under test: its clock, its state, everything that happened."""

    state: State = field(factory=lambda: created(reservation()))
    at: datetime = T0
    history: list[Event] = field(factory=list)
    new_id: Callable[[], int] = field(factory=ids)
    inbound: Callable[[], int] = field(factory=lambda: count(100).__next__)

    def wait(self, seconds: float = 0, **units: float) -> "Talk":
        """Let time pass."""
        self.at += timedelta(seconds=seconds, **units)
        return self

    def refused(self, command: Command) -> Refusal | tuple[Event, ...]:
        """Decide and let it happen."""
        outcome = decide(self.state, command, self.new_id)
        if isinstance(outcome, tuple):
            for event in outcome:
                self.history.append(event)
                self.state = evolve(self.state, event)
        return outcome

    def do(self, command: Command) -> tuple[Event, ...]:
        """Decide what cannot be refused."""
        outcome = self.refused(command)
        assert isinstance(outcome, tuple)
        return outcome

    def receive(self, contact: ContactId, said: Content | str, **changes: Any) -> Receive:
        """A fresh message, not yet decided."""
        content = Text(said) if isinstance(said, str) else said
        values: dict[str, Any] = {"sent_at": self.at, "at": self.at} | changes
        return Receive(MessageId(self.inbound()), contact, content, **values)

    def says(self, contact: ContactId, said: Content | str, **changes: Any) -> tuple[Event, ...]:
        """Somebody writes."""
        return self.do(self.receive(contact, said, **changes))

    def propose(self, agent: ContactId = ANNA, *, window_open: bool = True) -> tuple[Event, ...]:
        """The pool has somebody."""
        return self.do(ProposeAgent(agent, window_open, self.at))

    def hear(self, rank: Rank, code: int | None = None) -> tuple[Event, ...]:
        """The open offer's send has come so far."""
        assert self.state.offer is not None
        offer = self.state.offer
        return self.do(HearOutcome(offer.send, MessageId(0), offer.agent, rank, code, at=self.at))

    def outcome(
        self, message: MessageId, contact: ContactId, rank: Rank, code: int | None = None
    ) -> tuple[Event, ...]:
        """What became of a relayed message."""
        sends = [e.send for e in self.history if isinstance(e, MessageRelayed)]
        send = sends[-1] if sends else SendId(0)
        return self.do(HearOutcome(send, message, contact, rank, code, self.at))

    def tick(self, outage: Outage | None = None) -> tuple[Event, ...]:
        """A deadline may have come."""
        return self.do(Tick(self.at, outage))


def reserved(**changes: Any) -> Talk:
    """A link was given out."""
    return Talk(created(reservation(**changes)))


def seeking(**changes: Any) -> Talk:
    """The visitor wrote one message, 100."""
    talk = reserved(**changes)
    talk.says(VISITOR, "hello")
    return talk


def offered(**changes: Any) -> Talk:
    """Anna was asked; the offer is not out yet."""
    talk = seeking(**changes)
    talk.propose()
    return talk


def active(**changes: Any) -> Talk:
    """Anna accepted, message 101."""
    talk = offered(**changes)
    talk.hear(Rank.SENT)
    talk.says(ANNA, yes())
    return talk


def failed() -> Talk:
    """Nobody could take it."""
    talk = seeking()
    talk.wait(30).tick()
    talk.wait(minutes=10).tick()
    return talk


def closed() -> Talk:
    """Anna ended it, message 102."""
    talk = active()
    talk.says(ANNA, "/close")
    return talk


def abandoned() -> Talk:
    """Nobody ever wrote."""
    talk = reserved()
    talk.wait(minutes=30).tick()
    return talk


EVERY_PHASE: dict[Phase, Callable[[], Talk]] = {
    Phase.RESERVED: reserved,
    Phase.SEEKING: offered,
    Phase.ACTIVE: active,
    Phase.ABANDONED: abandoned,
    Phase.FAILED: failed,
    Phase.CLOSED: closed,
}
