"""What a conversation is: the fold of its events.

Rule 1: the state holds ids, codes and times, so that a snapshot of it is no personal data.
"""

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.links import GivenLink
from kaisa_relay.domain.conversation.messages import (
    Candidate,
    ConversationCreated,
    Strategy,
    Terms,
)
from kaisa_relay.domain.crossing import PLAIN, Marks
from kaisa_relay.domain.ids import (
    ChannelId,
    ContactId,
    ConversationId,
    MessageId,
    SendId,
    WorkspaceId,
)


class Phase(StrEnum):
    """Where a conversation stands; the API's `status`."""

    RESERVED = "reserved"
    SEEKING = "seeking"
    ACTIVE = "active"
    ABANDONED = "abandoned"
    FAILED = "failed"
    CLOSED = "closed"

    @property
    def live(self) -> bool:
        """Whether its pairs are in use."""
        return self in (Phase.RESERVED, Phase.SEEKING, Phase.ACTIVE)


@frozen
class Offer:
    """An open offer; its time runs from `sent_at`. `template` says by which message it went.

    `stand_in` says that it is because the agent is away.
    """

    number: int
    agent: ContactId
    send: SendId
    offered_at: datetime
    sent_at: datetime | None = None
    template: bool = True
    stand_in: bool = False


@frozen
class Hand:
    """An agent who has it, or had it, from the message `since` on.

    `wrote_at` is when they last wrote before another had it; None while they have it, and where
    the number is another since.
    """

    agent: ContactId
    since: MessageId
    wrote_at: datetime | None = None


@frozen
class State:
    """One conversation. Instants are None until they have come."""

    workspace: WorkspaceId
    id: ConversationId
    channel: ChannelId
    visitor: ContactId
    language: str
    agents: tuple[Candidate, ...]
    chosen: ContactId
    strategy: Strategy
    terms: Terms
    phase: Phase
    created_at: datetime
    searching_since: datetime | None = None
    queued_until: datetime | None = None
    offer: Offer | None = None
    offers: int = 0
    offer_sends: tuple[SendId, ...] = ()
    declined: tuple[ContactId, ...] = ()
    missed: tuple[ContactId, ...] = ()
    unreached: tuple[tuple[ContactId, datetime], ...] = ()
    """Whom an offer did not reach, and when that was known last."""
    waiting: tuple[MessageId, ...] = ()
    agent: ContactId | None = None
    started_at: datetime | None = None
    accepted_at: datetime | None = None
    last_message_at: datetime | None = None
    visitor_wrote_at: datetime | None = None
    agent_wrote_at: datetime | None = None
    nudged: bool = False
    nudged_at: datetime | None = None
    recent: tuple[MessageId, ...] = ()
    unconfirmed: tuple[tuple[MessageId, Side], ...] = ()
    failed: tuple[MessageId, ...] = ()
    """The messages of late that will not arrive; sent once more they are hoped for again."""
    sent_again: tuple[tuple[MessageId, SendId], ...] = ()
    moved: tuple[datetime, datetime] | None = None
    """The deadline that an outage moved last: when it would have been, and when it is."""
    moved_before: tuple[tuple[datetime, datetime], ...] = ()
    """The others that were moved, of late."""
    ended_at: datetime | None = None
    reason: str | None = None
    marked: tuple[tuple[MessageId, Marks], ...] = ()
    """What goes with the messages of late that are more than plain."""
    held: tuple[tuple[MessageId, Side], ...] = ()
    """Messages that wait for the window of the side that they are for, in order."""
    asked_for: tuple[tuple[MessageId, MessageId], ...] = ()
    """Which of what waits was sent before, and the tap that wanted it sent again."""
    warned: tuple[Side, ...] = ()
    """Whose window was said to close soon, since they last wrote."""
    shut: tuple[Side, ...] = ()
    """Whose window is known to be closed."""
    reopening: tuple[tuple[Side, SendId], ...] = ()
    """Who was asked by which template to open theirs, and has not written since."""
    reopen_sends: tuple[SendId, ...] = ()
    owing: Side | None = None
    """Who was written to last, and is waited for."""
    opens_at: datetime | None = None
    """When it opened, or will, if the search began while it was closed."""
    at_once: int = 1
    rivals: tuple[Offer, ...] = ()
    """The other open offers of a broadcast; none while `offer` is None."""
    former: ContactId | None = None
    """Who had it before, when it has changed hands or comes back after its end."""
    unanswered_since: datetime | None = None
    """Since when the agent has it without having written; None once they have."""
    reminded_at: datetime | None = None
    """When the agent was told that their first word is waited for."""
    outcome: MessageId | None = None
    """The agent's message that closed it."""
    aside: tuple[MessageId, ...] = ()
    """What one side alone knows of, or nobody: the team's texts and notes of late; texts of the
    team's that wait are among them however long they do."""
    hands: tuple[Hand, ...] = ()
    """Through whose hands it went of late, the latest last; empty in snapshots of before it was
    kept."""
    form: ContactId | None = None
    """Who the form named; the visitor is who came. None in snapshots of before it was kept."""
    reached: tuple[SendId, ...] = ()
    """Templates of triggers that went out of late."""
    links: tuple[GivenLink, ...] = ()
    """The links of late that lead back here, the latest last."""
    recovering: int | None = None
    """The number of the link by which the visitor came, until an agent accepts."""
    away_since: datetime | None = None
    """Since when the agent who has it takes no offers; else the three after it are empty too."""
    waits_since: datetime | None = None
    """Since when the visitor waits for a word of theirs."""
    overdue_at: datetime | None = None
    """When somebody else was looked for last in this wait; None asks for the next at once."""
    asked_instead: tuple[ContactId, ...] = ()
    """Who was asked to take over in this wait."""

    @property
    def answering(self) -> ContactId | None:
        """Who has accepted; else who is asked now, or will be first; None when nobody is."""
        if self.agent is not None:
            return self.agent
        if self.offer is not None:
            return self.offer.agent
        return self.chosen if self.phase.live and self.offers == 0 else None

    @property
    def open_offers(self) -> tuple[Offer, ...]:
        """Return every offer that may still be accepted."""
        return () if self.offer is None else (self.offer, *self.rivals)

    def offer_to(self, contact: ContactId) -> Offer | None:
        """Return somebody's open offer."""
        return next((each for each in self.open_offers if each.agent == contact), None)

    @property
    def wants_agent(self) -> bool:
        """Whether the pool should be asked."""
        return self.phase is Phase.SEEKING and self.offer is None

    def marks_of(self, message: MessageId) -> Marks:
        """Return what goes with a message beside its content."""
        return next((marks for marked, marks in self.marked if marked == message), PLAIN)

    def sent_since(self, message: MessageId, send: SendId) -> bool:
        """Say whether a message was sent once more later, so that this send counts no more."""
        latest = dict(self.sent_again).get(message)
        return latest is not None and send < latest  # joined with later ones it has a later id

    def hand_of(self, message: MessageId) -> Hand | None:
        """Return who had it when an agent wrote this; None where that is not known."""
        return next((hand for hand in reversed(self.hands) if hand.since < message), None)

    def side_of(self, contact: ContactId) -> Side | None:
        """Say on which side somebody stands; None for who is not (or no longer) in it."""
        if contact == self.visitor:
            return Side.VISITOR
        return Side.AGENT if contact == self.agent else None

    def wrote_at(self, side: Side) -> datetime | None:
        """Return when a side last wrote, which opened their window; None if they never did."""
        return self.visitor_wrote_at if side is Side.VISITOR else self.agent_wrote_at

    def language_of(self, contact: ContactId) -> str:
        """Return the language in which to address somebody."""
        for agent in self.agents:
            if agent.contact == contact:
                return agent.language
        return self.language


def created(event: ConversationCreated) -> State:
    """Return the state that a conversation begins with."""
    return State(
        workspace=event.workspace,
        id=event.conversation,
        channel=event.channel,
        visitor=event.visitor,
        language=event.language,
        agents=event.agents,
        chosen=event.chosen,
        strategy=event.strategy,
        terms=event.terms,
        phase=Phase.RESERVED,
        created_at=event.at,
        form=event.visitor,
        at_once=event.at_once,
    )
