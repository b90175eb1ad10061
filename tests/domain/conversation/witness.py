"""Keeps its own, independent account of a conversation and says where the rules were broken.

Rule 1: nothing here looks at how a decision was made, only at what was asked and what came of it.
Rule 2: every check is a promise of the product or the architecture, named by its function.
"""

from datetime import timedelta

from attrs import define, field

from kaisa_relay.domain.chat_commands import Literal, parse
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import ButtonTap, Text
from kaisa_relay.domain.conversation import created, decide, evolve, next_deadline
from kaisa_relay.domain.conversation.deadlines import natural_deadline
from kaisa_relay.domain.conversation.messages import (
    AgentAccepted,
    AgentLost,
    AgentOffered,
    Command,
    ConversationAbandoned,
    ConversationClosed,
    ConversationCreated,
    ConversationFailed,
    ConversationResumed,
    ConversationTransferred,
    DeadlineMoved,
    Event,
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
from kaisa_relay.domain.conversation.state import Phase, State
from kaisa_relay.domain.failures import NOTES
from kaisa_relay.domain.ids import ContactId, MessageId
from kaisa_relay.domain.payloads import SendAgain, of_content
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import ids

TO_VISITORS = frozenset(list(TextKey)[: list(TextKey).index(TextKey.OFFER)])
AFTER_THE_END = (
    MessageFailed,
    MessageUnconfirmed,
    MessageSettled,
    Notified,
    NoteAdded,
    NoteKept,
    ReopenFailed,
)
OFFER_OVER = OfferDeclined | OfferExpired | OfferFailed | OfferRescinded
ENDED = ConversationAbandoned | ConversationClosed | ConversationFailed


@define
class Witness:
    """Sees every command with its events, in order."""

    beginning: ConversationCreated
    history: list[Event] = field(factory=list)
    open_offers: dict[int, ContactId] = field(factory=dict)
    rescinded: set[ContactId] = field(factory=set)
    accepted: ContactId | None = None
    agents: set[ContactId] = field(factory=set)
    said_no: set[ContactId] = field(factory=set)
    writers: dict[MessageId, ContactId] = field(factory=dict)
    due_across: dict[Side, list[MessageId]] = field(factory=lambda: {side: [] for side in Side})
    went_across: dict[Side, list[MessageId]] = field(factory=lambda: {side: [] for side in Side})
    told: set[MessageId] = field(factory=set)
    step: tuple[Event, ...] = ()
    before: ContactId | None = None
    moved: set[object] = field(factory=set)

    def see(self, before: State, command: Command, events: tuple[Event, ...]) -> State:
        """Check one step; return the state after it."""
        self._expect(before, command)
        self.rescinded.clear()
        state = before
        self.step, self.before = events, before.agent
        for event in events:
            state = evolve(state, event)
            self.history.append(event)
            self._follow_offer(state, command, event)
            self._addresses(state, command, event)
            self._crossing(state, command, event)
            self._failing(event)
        self._crossed(before, state)
        self._repeats(before, state, command)
        self._time(before, state, command, events)
        self._ends(before, state, events)
        return state

    def refold(self) -> State:
        """The state as a restart would rebuild it."""
        state = created(self.beginning)
        for event in self.history:
            state = evolve(state, event)
        return state

    def _expect(self, before: State, command: Command) -> None:
        """Note which messages must go across, by what was asked alone."""
        if not isinstance(command, Receive) or command.message in self.writers:
            return
        self.writers[command.message] = command.contact
        content = command.content
        # Everything that the walk lets people say crosses, but for what answers and commands.
        if isinstance(content, ButtonTap) and of_content(content):
            return
        if not before.phase.live and not goes_on(before, command):
            return
        if before.phase is Phase.RESERVED or not before.phase.live:
            if not command.untouched:
                self.due_across[Side.AGENT].append(command.message)
        elif command.contact == before.visitor:
            self.due_across[Side.AGENT].append(command.message)
        elif before.phase is Phase.ACTIVE and command.contact == before.agent:
            typed = parse(content.body, "en") if isinstance(content, Text) else None
            if typed is None or isinstance(typed, Literal):
                self.due_across[Side.VISITOR].append(command.message)

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
            case ConversationResumed():
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
        assert event.contact in {state.visitor, self.accepted} | writer | former
        if isinstance(event, Notified):
            to_visitor = event.contact == state.visitor
            assert (event.text in TO_VISITORS) == to_visitor, event.text

    def _crossing(self, state: State, command: Command, event: Event) -> None:
        if not isinstance(event, MessageRelayed):
            return
        if event.to is Side.AGENT:
            assert self.accepted is not None, "relayed before anybody accepted"
            assert event.contact == self.accepted
            assert self.writers[event.message] == state.visitor
        else:
            assert event.contact == state.visitor
            assert self.writers[event.message] in self.agents
        if event.asked is None:
            if event.message not in self.went_across[event.to]:  # else WhatsApp gave it back
                self.went_across[event.to].append(event.message)
            return
        assert isinstance(command, Receive)
        assert command.message == event.asked
        wish = of_content(command.content)
        assert isinstance(wish, SendAgain)
        assert wish.message == event.message
        assert event.message in self.went_across[event.to]

    def _failing(self, event: Event) -> None:
        """A writer hears once that a message will not arrive, unless it was sent once more."""
        if isinstance(event, Notified) and event.text in NOTES:
            assert event.about is not None
            assert event.contact == self.writers[event.about], "not their message"
            assert event.about not in self.told, "told twice"
            self.told.add(event.about)
        elif isinstance(event, MessageRelayed):
            self.told.discard(event.message)

    def _crossed(self, before: State, state: State) -> None:
        """Each message once, in order of arrival; whatever waits is in the state."""
        for side in Side:
            due, went = self.due_across[side], self.went_across[side]
            assert went == due[: len(went)]
            held = [message for message, to in state.held if to is side]
            if side is Side.VISITOR or state.phase is Phase.ACTIVE:
                assert went + [each for each in held if each not in went] == due
            assert not held or side in state.shut, "held from who can be reached"
        if before.phase.live and not self.accepted:
            went = self.went_across[Side.AGENT]
            waiting = [message for message in state.waiting if message not in went]
            assert went + waiting == self.due_across[Side.AGENT]

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
        graced = before.moved is not None and was == before.moved[1]  # over once somebody writes
        if same and due is not None and was is not None and not graced:
            assert due >= was, "a deadline came nearer by itself"
        if isinstance(command, Tick) and (was is None or command.at < was):
            assert events == ()
        for event in events:
            if isinstance(event, DeadlineMoved):
                self._moved(before, command, event)

    def _moved(self, before: State, command: Command, event: DeadlineMoved) -> None:
        natural = natural_deadline(before)
        assert isinstance(command, Tick)
        assert command.outage is not None
        assert natural is not None
        assert event.due == natural.at
        assert (event.due, before.phase, before.offers) not in self.moved, "moved twice"
        self.moved.add((event.due, before.phase, before.offers))
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
        if any(isinstance(event, ConversationResumed) for event in events):
            assert state.phase is Phase.SEEKING
            assert state.ended_at is None
            return
        assert all(isinstance(event, AFTER_THE_END) for event in events)
        assert (before.phase, before.ended_at, before.reason) == (
            state.phase,
            state.ended_at,
            state.reason,
        )


def goes_on(before: State, command: Receive) -> bool:
    """Whether the visitor writes so soon after the end that it is none."""
    assert before.ended_at is not None
    soon = command.at - before.ended_at < before.terms.resume_time
    return (
        soon and command.contact == before.visitor and before.reason not in ("duplicate", "blocked")
    )


def _clocks(state: State) -> object:
    """Return what a deadline may come nearer by."""
    answered = (state.agent, state.unanswered_since, state.reminded_at)
    return (state.phase, state.open_offers, answered, state.nudged, state.warned, state.shut)
