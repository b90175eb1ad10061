"""The random walks again, with supervisors who write, note and hand over in between."""

from typing import Any

from attrs import define, field
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import Text
from kaisa_relay.domain.conversation import decide
from kaisa_relay.domain.conversation.messages import (
    AlreadyEnded,
    Command,
    ConversationCreated,
    Event,
    MessageRelayed,
    Notified,
    OpenWindow,
)
from kaisa_relay.domain.conversation.orders import (
    AgentNotFree,
    HandOver,
    Handover,
    KeepNote,
    NoAgent,
    NobodyToAsk,
    NotStarted,
    Order,
    OrderRefusal,
    TransferUnderWay,
    UnknownAgent,
    WriteTo,
)
from kaisa_relay.domain.conversation.state import Phase, State
from kaisa_relay.domain.ids import ContactId, MessageId
from kaisa_relay.domain.requester import Requester, RequesterKind
from kaisa_relay.domain.texts import TextKey
from tests.domain.conversation.test_walk import Walk
from tests.domain.conversation.walking import ANYBODY
from tests.domain.conversation.witness import Witness

SAM = Requester(RequesterKind.USER, 9)


@define
class TeamWitness(Witness):
    """Knows what the team wrote, and that the visitor must never hear of a whisper."""

    team: set[MessageId] = field(factory=set)

    def _expect(self, before: State, command: Command) -> None:
        if not isinstance(command, WriteTo):
            super()._expect(before, command)
        elif before.agent is not None or command.to is Side.VISITOR:
            self.team.add(command.message)
            self.due_across[command.to].append(command.message)

    def _crossing(self, state: State, command: Command, event: Event) -> None:
        if not isinstance(event, MessageRelayed) or event.message not in self.team:
            super()._crossing(state, command, event)
            return
        assert event.contact == (state.visitor if event.to is Side.VISITOR else self.accepted)
        self._sent(event)

    def _addresses(self, state: State, command: Command, event: Event) -> None:
        super()._addresses(state, command, event)
        if not isinstance(event, Notified):
            return
        if event.about in self.team:
            assert event.text is TextKey.TEAM_WROTE
            assert event.contact != state.visitor, "the visitor hears of the team's words"
        if event.text is TextKey.REOPEN_FAILED_VISITOR:
            held = {message for message, to in state.held if to is Side.AGENT}
            assert not held or held - self.team, "the visitor waits for nothing"


class TeamWalk(Walk):
    """Everything that happens in a walk, and orders."""

    def witnessed(self, form: ConversationCreated) -> Witness:
        """Return who sees it all."""
        return TeamWitness(beginning=form)

    def order(self, order: Order) -> None:
        """One order, done or refused for a reason that holds."""
        events = decide(self.state, order, self.new_id)
        if isinstance(events, tuple):
            self.state = self.witness.see(self.state, order, events)
            return
        assert isinstance(events, AlreadyEnded | OrderRefusal)
        assert not isinstance(order, KeepNote)
        self.refused(order, events)

    def refused(self, order: Order, refusal: AlreadyEnded | OrderRefusal) -> None:
        """Check that a refusal says what is so."""
        match refusal:
            case AlreadyEnded():
                assert not self.state.phase.live
            case NotStarted():
                assert self.in_phase(Phase.RESERVED)
            case NoAgent():
                assert self.in_phase(Phase.SEEKING)
            case TransferUnderWay(agent=agent):
                assert self.state.offer_to(agent) is not None
            case AgentNotFree(agent=agent):
                assert isinstance(order, HandOver)
                assert agent not in order.handover.free
            case NobodyToAsk() | UnknownAgent():
                assert isinstance(order, HandOver)
                assert (order.handover.named is None) == isinstance(refusal, NobodyToAsk)

    def written(self) -> MessageId:
        """Return the id of what the team writes."""
        return MessageId(self.new_id())

    @rule(to=st.sampled_from(Side))
    def the_team_writes(self, to: Side) -> None:
        """To either side, whenever."""
        self.order(WriteTo(self.written(), to, Text("from us"), SAM, self.now))

    @rule(who=ANYBODY)
    def somebody_is_obeyed_elsewhere(self, who: ContactId) -> None:
        """`/status` of an agent: their window opens, nothing else."""
        self.ask(OpenWindow(who, self.now, self.now))

    @rule()
    def the_team_notes(self) -> None:
        """Also after the end."""
        before = self.state
        self.order(KeepNote(self.written(), Text("so it was"), SAM, self.now))
        assert self.state == before

    @precondition(lambda self: not self.in_phase(Phase.RESERVED))
    @rule(
        named=st.one_of(st.none(), st.lists(ANYBODY, max_size=2).map(tuple)),
        free=st.lists(ANYBODY, max_size=4).map(tuple),
        noted=st.booleans(),
    )
    def the_team_hands_over(self, named: Any, free: Any, noted: bool) -> None:
        """To somebody free or not."""
        words = Text("knows more") if noted else None
        facts = Handover(named, free, (), noted)
        self.order(HandOver(facts, self.written(), words, SAM, self.now))


TestTeamWalk = TeamWalk.TestCase
TestTeamWalk.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
