"""Keeps its own, independent account of a conversation and says where the rules were broken.

Rule 1: nothing here looks at how a decision was made, only at what was asked and what came of it.
Rule 2: every check is a promise of the product or the architecture, named by its function.
"""

from datetime import datetime, timedelta

from attrs import define, field

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation import created, decide, evolve, next_deadline
from kaisa_relay.domain.conversation.deadlines import waits
from kaisa_relay.domain.conversation.events import OutreachSent
from kaisa_relay.domain.conversation.messages import (
    AgentAccepted,
    AgentLost,
    AgentOffered,
    Command,
    ConversationAbandoned,
    ConversationClosed,
    ConversationCreated,
    ConversationFailed,
    ConversationRecovered,
    ConversationResumed,
    ConversationTransferred,
    DeadlineMoved,
    Event,
    LinkCreated,
    MessageFailed,
    MessageRelayed,
    MessageSettled,
    MessageUnconfirmed,
    NoteAdded,
    NoteKept,
    Notified,
    OfferDeclined,
    OfferExpired,
    OfferFailed,
    OfferRescinded,
    ProposeAgents,
    Receive,
    ReopenFailed,
    Tick,
)
from kaisa_relay.domain.conversation.resuming import FOR_GOOD
from kaisa_relay.domain.conversation.state import Phase, State
from kaisa_relay.domain.failures import NOTES
from kaisa_relay.domain.ids import ContactId
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import ids
from tests.domain.conversation.crossings import Crossings

TO_VISITORS = frozenset(list(TextKey)[: list(TextKey).index(TextKey.OFFER)])
TO_EITHER = frozenset({TextKey.FILE_TOO_LARGE, TextKey.FILE_LOST, TextKey.FILE_NOT_TAKEN})
AFTER_THE_END = (
    MessageFailed,
    MessageUnconfirmed,
    MessageSettled,
    Notified,
    NoteAdded,
    NoteKept,
    ReopenFailed,
    LinkCreated,
    OutreachSent,
)
OFFER_OVER = OfferDeclined | OfferExpired | OfferFailed | OfferRescinded
ENDED = ConversationAbandoned | ConversationClosed | ConversationFailed


@define
class Witness(Crossings):
    """Sees every command with its events, in order."""

    beginning: ConversationCreated = field(kw_only=True)
    content: bool = True
    """Whether the latest step was as it must be."""
    history: list[Event] = field(factory=list)
    open_offers: dict[int, ContactId] = field(factory=dict)
    rescinded: set[ContactId] = field(factory=set)
    said_no: set[ContactId] = field(factory=set)
    before: ContactId | None = None
    moved: set[object] = field(factory=set)
    moved_from: set[datetime] = field(factory=set)
    moved_to: set[datetime] = field(factory=set)
    living: bool = True

    def see(self, before: State, command: Command, events: tuple[Event, ...]) -> State:
        """Check one step; return the state after it."""
        self.content = False
        self._expect(before, command)
        self._hear(before, command)
        self.rescinded.clear()
        state = before
        self.step, self.before, self.living = events, before.agent, before.phase.live
        for event in events:
            state = evolve(state, event)
            self.history.append(event)
            self._follow_offer(state, command, event)
            self._addresses(state, command, event)
            self._crossing(state, command, event)
            if isinstance(event, DeadlineMoved):
                self.moved_from.add(event.due)
            self._failing(event)
        self._crossed(before, state)
        self._answered_for(before, state, command)
        self._repeats(before, state, command)
        self._time(before, state, command, events)
        self._ends(before, state, events)
        self.content = True
        return state

    def refold(self) -> State:
        """The state as a restart would rebuild it."""
        state = created(self.beginning)
        for event in self.history:
            state = evolve(state, event)
        return state

    def _follow_offer(self, state: State, command: Command, event: Event) -> None:
        match event:
            case AgentOffered():
                several = isinstance(command, ProposeAgents)
                assert several or not self.open_offers, "two offers at once"
                assert event.agent not in self.open_offers.values(), "asked twice at once"
                assert event.agent != state.visitor, "the visitor is asked to be the agent"
                assert event.agent in {each.contact for each in state.agents}
                assert event.agent != self.accepted, "handed over to themselves"
                if self.accepted is None:
                    assert event.agent not in self.said_no, "asked again after a no"
                self.open_offers[event.offer] = event.agent
            case OfferDeclined() | OfferExpired() | OfferFailed() | OfferRescinded():
                assert self.open_offers.pop(event.offer) == event.agent
                if isinstance(event, OfferRescinded):
                    self.rescinded.add(event.agent)
                if isinstance(event, OfferDeclined):
                    self.said_no.add(event.agent)
            case AgentAccepted():
                assert self.open_offers == {event.offer: event.agent}, "not theirs alone"
                assert self.accepted is None, "two winners"
                assert isinstance(command, Receive)
                assert command.contact == event.agent
                self.open_offers, self.accepted = {}, event.agent
                self.agents.add(event.agent)
            case AgentLost():
                assert self.accepted == event.agent
                self.accepted = None
            case ConversationResumed() | ConversationRecovered() if not self.living:
                self.accepted = None
                self.said_no.clear()
            case ConversationTransferred():
                assert self.open_offers == {event.offer: event.agent}, "not their offer"
                assert self.accepted == event.before, "handed over by somebody else"
                assert isinstance(command, Receive)
                assert command.contact == event.agent
                self.open_offers, self.accepted = {}, event.agent
                self.agents.add(event.agent)
            case _:
                pass
        assert self.open_offers == {each.number: each.agent for each in state.open_offers}
        assert state.agent == self.accepted

    def _addresses(self, state: State, command: Command, event: Event) -> None:
        """Nobody hears of it but the two, and whoever just wrote; each in their own words."""
        if not isinstance(event, Notified | MessageRelayed):
            return
        writer = {command.contact} if isinstance(command, Receive) else set()
        if isinstance(event, Notified) and event.contact in self.rescinded:
            assert event.text is TextKey.OFFER_TAKEN
            return
        over = any(isinstance(each, ConversationTransferred | AgentLost) for each in self.step)
        former = {self.before} if over else set()
        failed: set[ContactId] = set()
        if isinstance(event, Notified) and event.text in NOTES and event.about is not None:
            failed = {self.writers[event.about]}
        assert event.contact in {state.visitor, self.accepted} | writer | former | failed
        if isinstance(event, Notified) and event.text not in TO_EITHER:
            to_visitor = event.contact == state.visitor
            assert (event.text in TO_VISITORS) == to_visitor, event.text

    def _repeats(self, before: State, state: State, command: Command) -> None:
        """The same again is no news, and the same question has the same answer."""
        if isinstance(command, Receive):
            assert decide(state, command, ids()) == (), "a repeat is news"
        assert decide(before, command, ids()) == decide(before, command, ids())

    def _time(
        self, before: State, state: State, command: Command, events: tuple[Event, ...]
    ) -> None:
        due, was = next_deadline(state), next_deadline(before)
        assert (due is not None) == state.phase.live
        same = _clocks(before) == _clocks(state)
        graced = was in self.moved_to  # over once somebody writes
        for wait in waits(state):
            hidden = wait.at not in self.moved_from and (due is None or due > wait.at)
            assert not hidden, "a deadline waits for another one"
        if same and due is not None and was is not None and not graced:
            assert due >= was, "a deadline came nearer by itself"
        if isinstance(command, Tick) and (was is None or command.at < was):
            assert events == ()
        for event in events:
            if isinstance(event, DeadlineMoved):
                self._moved(before, command, event)

    def _moved(self, before: State, command: Command, event: DeadlineMoved) -> None:
        assert isinstance(command, Tick)
        assert command.outage is not None
        natural = next(each for each in waits(before) if each.ours and each.at == event.due)
        assert (event.due, before.phase, before.offers) not in self.moved, "moved twice"
        self.moved.add((event.due, before.phase, before.offers))
        self.moved_to.add(event.until)
        grace = max(timedelta(seconds=60), min(command.outage.length, natural.length))
        assert event.until == command.outage.ended + grace > command.at

    def _ends(self, before: State, state: State, events: tuple[Event, ...]) -> None:
        ends = [event for event in events if isinstance(event, ENDED)]
        assert len(ends) == int(before.phase.live and not state.phase.live)
        if not state.phase.live:
            assert not self.open_offers, "an offer outlived its conversation"
            assert state.ended_at is not None
        if before.phase.live:
            return
        if any(isinstance(event, ConversationResumed | ConversationRecovered) for event in events):
            assert before.reason not in FOR_GOOD, "blocked, or somewhere else"
            assert state.phase is Phase.SEEKING
            assert state.ended_at is None
            return
        assert all(isinstance(event, AFTER_THE_END) for event in events)
        assert (before.phase, before.ended_at, before.reason) == (
            state.phase,
            state.ended_at,
            state.reason,
        )


def _clocks(state: State) -> object:
    """Return what a deadline may come nearer by."""
    answered = (state.agent, state.unanswered_since, state.reminded_at, state.away_since)
    waited = (state.waits_since, state.overdue_at)
    wrote = tuple(state.wrote_at(side) is not None for side in Side)  # on this number
    spoken = (state.nudged, state.warned, state.shut, state.channel, wrote)
    return (state.phase, state.open_offers, answered, waited, *spoken)
