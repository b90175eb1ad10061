"""A decision in the making: events, and the state that they lead to so far."""

from collections.abc import Callable
from datetime import datetime

from attrs import define, field

from kaisa_relay.domain.channel import window_open
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.evolving import evolve
from kaisa_relay.domain.conversation.messages import Event, MessageRelayed, Notified
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.ids import ContactId, MessageId, SendId
from kaisa_relay.domain.texts import TextKey

NewId = Callable[[], int]
"""Gives fresh ids; injected, so that a history can be replayed."""


@define
class Decision:
    """Collects events; each later rule sees the state as the earlier ones left it."""

    state: State
    at: datetime
    new_id: NewId
    events: list[Event] = field(factory=list)
    states: list[State] = field(factory=list)
    """What it was after each event."""

    def add(self, event: Event) -> None:
        """Let this have happened."""
        self.events.append(event)
        self.state = evolve(self.state, event)
        self.states.append(self.state)

    def relay(self, message: MessageId, to: Side, asked: MessageId | None = None) -> None:
        """Send a message across, or once more because somebody asked for it."""
        contact = self.state.visitor if to is Side.VISITOR else self.state.agent
        assert contact is not None
        if self.state.asked_for:
            asked = asked or dict(self.state.asked_for).get(message)
        parts = self.state.marks_of(message).parts
        send, *more = [SendId(self.new_id()) for _ in range(parts)]
        self.add(MessageRelayed(message, send, to, contact, self.at, asked, tuple(more)))

    def reply(
        self,
        contact: ContactId,
        text: TextKey,
        about: MessageId | None = None,
        who: ContactId | None = None,
    ) -> None:
        """Answer somebody who has just written, so that their window is open."""
        message, send = MessageId(self.new_id()), SendId(self.new_id())
        self.add(Notified(message, send, contact, text, self.at, about, who))

    def tell(
        self,
        side: Side,
        text: TextKey,
        about: MessageId | None = None,
        who: ContactId | None = None,
    ) -> None:
        """Tell a side something if its 24-hour window is open; otherwise nothing could be sent."""
        state = self.state
        visitor = side is Side.VISITOR
        contact = state.visitor if visitor else state.agent
        wrote_at = state.visitor_wrote_at if visitor else state.agent_wrote_at
        if contact is not None and window_open(wrote_at, self.at):
            self.reply(contact, text, about, who)

    @property
    def outcome(self) -> tuple[Event, ...]:
        """What was decided."""
        return tuple(self.events)
