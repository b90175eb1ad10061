"""The random walks again, with agents who go away and colleagues who stand in for them."""

from datetime import datetime

from attrs import define, field
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import Text
from kaisa_relay.domain.conversation import next_deadline
from kaisa_relay.domain.conversation.events import (
    AgentCameBack,
    AgentWentAway,
    MessageReceived,
    ReplyOverdue,
)
from kaisa_relay.domain.conversation.messages import (
    AgentBack,
    AgentGone,
    AgentOffered,
    Command,
    ConversationCreated,
    Event,
    Handover,
    Tick,
)
from kaisa_relay.domain.conversation.state import Phase, State
from kaisa_relay.domain.conversation.terms import AgentReason
from kaisa_relay.domain.ids import ContactId
from tests.domain.conversation.test_walk import Walk
from tests.domain.conversation.walking import AGENT, ANYBODY
from tests.domain.conversation.witness import Witness


@define
class AwayWitness(Witness):
    """Knows who is away, since when the visitor has heard nothing, and who was asked for that."""

    away: ContactId | None = None
    silent_since: datetime | None = None
    """Since the visitor wrote first, or the agent went, whichever was later."""
    asked: list[ContactId] = field(factory=list)

    def _follow_offer(self, state: State, command: Command, event: Event) -> None:
        super()._follow_offer(state, command, event)
        if self.accepted != self.away:
            self._begin_anew(None)
        match event:
            case AgentWentAway(agent=agent):
                assert agent == self.accepted, "somebody else went away"
                assert self.away is None, "away twice"
                self._begin_anew(agent)
            case AgentCameBack(agent=agent):
                assert agent == self.away
                self._begin_anew(None)
            case MessageReceived(side=Side.AGENT):
                assert not self._stands_in(state), "asked although there was an answer"
                self._begin_anew(self.away)
            case ReplyOverdue(agent=agent):
                assert isinstance(command, Tick)
                assert agent == self.away
            case AgentOffered(why=AgentReason.AWAY):
                self._asked(state, command, event)
            case _:
                pass

    def _begin_anew(self, away: ContactId | None) -> None:
        self.away, self.silent_since = away, None
        self.asked.clear()

    def _stands_in(self, state: State) -> bool:
        return any(each.stand_in for each in state.open_offers)

    def _asked(self, state: State, command: Command, event: AgentOffered) -> None:
        """A colleague who is free, once for one wait, and never after a no."""
        assert isinstance(command, Tick)
        assert command.handover is not None
        assert event.agent in command.handover.free
        assert self.away is not None, "somebody stands in for whoever is there"
        assert event.agent not in (*self.asked, *self.said_no)
        assert state.waits_since is not None
        assert event.at >= state.waits_since + state.terms.first_reply_time, "too early"
        self.asked.append(event.agent)


class AwayWalk(Walk):
    """Everything that happens in a walk, and agents who come and go."""

    def witnessed(self, form: ConversationCreated) -> Witness:
        """Return who sees it all."""
        return AwayWitness(beginning=form)

    @rule(agent=AGENT)
    def an_agent_is_back(self, agent: ContactId) -> None:
        """Or was never away."""
        self.ask(AgentBack(agent, self.now))

    @precondition(lambda self: self.in_phase(Phase.ACTIVE))
    @rule(said=st.booleans(), asks=st.booleans())
    def who_has_it_goes_away(self, said: bool, asks: bool) -> None:
        """With or without a word of theirs before, and of the visitor's after."""
        assert self.state.agent is not None
        if said:
            self.says(self.state.agent, Text("one moment"))
        self.ask(AgentGone(self.state.agent, self.now))
        if asks:
            self.says(self.state.visitor, Text("hello?"))

    @precondition(lambda self: self.in_phase(Phase.ACTIVE) and self.state.away_since is not None)
    @rule(free=st.lists(ANYBODY, max_size=4).map(tuple))
    def the_visitor_has_waited(self, free: tuple[ContactId, ...]) -> None:
        """To the second, with some colleagues free."""
        self.now = max(self.now, next_deadline(self.state) or self.now)
        self.ask(Tick(self.now, self.outage, Handover(None, free, free)))


TestAwayWalk = AwayWalk.TestCase
TestAwayWalk.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
