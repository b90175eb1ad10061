"""Random walks through a conversation, with an independent witness of every step."""

from datetime import timedelta
from typing import Any

from attrs import evolve as replace
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from kaisa_relay.domain.content import Content, Text
from kaisa_relay.domain.conversation import created, decide, next_deadline
from kaisa_relay.domain.conversation.messages import (
    Abandon,
    AgentGone,
    AgentOffered,
    AlreadyEnded,
    Command,
    ConversationCreated,
    End,
    EndedBy,
    Handover,
    HearOutcome,
    MatchedBy,
    MessageRelayed,
    NobodyFree,
    NoteIdentity,
    ProposeAgent,
    ProposeAgents,
    Receive,
    ReopenAsked,
    Strategy,
    Terms,
    Tick,
)
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.identity import IdentityShift
from kaisa_relay.domain.ids import ContactId, MessageId, SendId
from kaisa_relay.domain.outage import Outage
from kaisa_relay.domain.payloads import SendAgain
from kaisa_relay.domain.sending import Rank
from tests.domain.builders import (
    ANNA,
    ELSEWHERE,
    HERE,
    T0,
    VISITOR,
    ids,
    reservation,
    tap,
    yes,
)
from tests.domain.conversation.walking import (
    AGENT,
    AGENTS,
    ANSWERS,
    ANYBODY,
    ENDS,
    ENOUGH_TICKS,
    SELDOM,
    TERMS,
    WAITS,
    WORDS,
)
from tests.domain.conversation.witness import Witness


class Walk(RuleBasedStateMachine):
    """People, the pool, the channel and the clock do what they like."""

    @initialize(terms=TERMS, begun=st.integers(0, 3), strategy=st.sampled_from(Strategy))
    def begin(self, terms: Terms, begun: int, strategy: Strategy) -> None:
        """A link is given out, and perhaps the first steps are done."""
        form = reservation(terms=terms, agents=AGENTS, strategy=strategy)
        self.state = created(form)
        self.witness = self.witnessed(form)
        self.now = T0
        self.outage: Outage | None = None
        self.new_id = ids()
        self.received: list[Receive] = []
        self.dropped: set[SendId] = set()
        if begun > 0:
            self.says(VISITOR, Text("hello"))
        if begun > 1:
            self.ask(ProposeAgent(ANNA, True, self.now))
        if begun > 2:
            self.says(ANNA, yes())

    def witnessed(self, form: ConversationCreated) -> Witness:
        """Return who sees it all."""
        return Witness(beginning=form)

    def ask(self, command: Command) -> None:
        """One step, under the eyes of the witness."""
        events = decide(self.state, command, self.new_id)
        if not isinstance(events, tuple):
            assert isinstance(events, AlreadyEnded)
            assert not self.state.phase.live
            return
        self.state = self.witness.see(self.state, command, events)

    def says(self, contact: ContactId, content: Content, **changes: Any) -> None:
        """A message with an id of its own."""
        message = MessageId(self.new_id())
        command = Receive(message, contact, content, self.now, self.now, **changes)
        self.received.append(command)
        self.ask(command)

    def in_phase(self, *phases: Phase) -> bool:
        """Whether the walk stands there."""
        return self.state.phase in phases

    @precondition(lambda self: self.in_phase(Phase.RESERVED))
    @rule(who=ANYBODY, content=WORDS, untouched=st.booleans())
    def the_link_is_used(self, who: ContactId, content: Content, untouched: bool) -> None:
        """By whom it was meant for, or by anybody else, even an agent."""
        by = MatchedBy.TOKEN
        self.says(who, content, untouched=untouched, mismatched=who != VISITOR, matched_by=by)

    @precondition(lambda self: not self.in_phase(Phase.RESERVED))
    @rule(content=WORDS, other_link=st.sampled_from([None, None, ELSEWHERE]))
    def the_visitor_writes(self, content: Content, other_link: Any) -> None:
        """Whenever they like, also after the end."""
        self.says(self.state.visitor, content, duplicate=other_link)

    @precondition(lambda self: not self.in_phase(Phase.RESERVED))
    @rule(who=ANYBODY, content=st.one_of(WORDS, ANSWERS))
    def somebody_writes(self, who: ContactId, content: Content) -> None:
        """Agents with and without an offer, and strangers."""
        if who != self.state.visitor:
            self.says(who, content)

    @precondition(lambda self: self.state.offer is not None)
    @rule(content=ANSWERS, data=st.data())
    def the_agent_answers(self, content: Content, data: st.DataObject) -> None:
        """Who is asked says something."""
        self.says(data.draw(st.sampled_from(self.state.open_offers)).agent, content)

    @precondition(lambda self: self.state.offer is not None)
    @rule(order=st.permutations(range(3)), together=st.booleans())
    def agents_accept(self, order: list[int], together: bool) -> None:
        """With the right buttons: one of them, or all in the same instant, in any order."""
        offers = [self.state.open_offers[at] for at in order if at < len(self.state.open_offers)]
        for offer in offers if together else offers[:1]:
            self.says(offer.agent, yes(offer.number))
        assert self.in_phase(Phase.ACTIVE)

    @precondition(lambda self: self.in_phase(Phase.ACTIVE))
    @rule(content=st.one_of(WORDS, ANSWERS), ends=SELDOM, how=st.sampled_from(ENDS))
    def the_agent_writes(self, content: Content, ends: bool, how: Text) -> None:
        """Words, commands and old buttons."""
        assert self.state.agent is not None
        self.says(self.state.agent, how if ends else content)

    @precondition(lambda self: self.in_phase(Phase.ACTIVE))
    @rule(
        named=st.one_of(st.none(), st.lists(ANYBODY, max_size=2).map(tuple)),
        free=st.lists(ANYBODY, max_size=4).map(tuple),
        reachable=st.lists(ANYBODY, max_size=4).map(tuple),
        noted=st.booleans(),
    )
    def hands_over(self, named: Any, free: Any, reachable: Any, noted: bool) -> None:
        """To somebody free or not, to themselves, to the visitor, or to whoever is next."""
        self.the_agent_hands_over(named, free, reachable, noted)

    def the_agent_hands_over(self, named: Any, free: Any, reachable: Any, noted: bool) -> None:
        """The agent types it."""
        assert self.state.agent is not None
        handover = Handover(named, free, reachable, noted)
        self.says(self.state.agent, Text("/transfer bo"), handover=handover)

    @precondition(lambda self: self.in_phase(Phase.ACTIVE))
    @rule(colleague=AGENT, said=st.booleans())
    def a_colleague_takes_over(self, colleague: ContactId, said: bool) -> None:
        """At once, often just after the first one has written."""
        assert self.state.agent is not None
        if said:
            self.says(self.state.agent, Text("one moment"))
        self.the_agent_hands_over((colleague,), (colleague,), (colleague,), False)
        if self.state.offer_to(colleague) is not None:
            self.says(colleague, yes(self.state.offers))

    @precondition(lambda self: self.state.agent is not None)
    @rule(data=st.data())
    def the_agent_asks_again(self, data: st.DataObject) -> None:
        """For a message that is unconfirmed, or for any other."""
        assert self.state.agent is not None
        known = [message for message, _ in self.state.unconfirmed]
        others = [each.message for each in self.received[-3:]]
        message = data.draw(st.sampled_from([*known, *others, MessageId(10)]))
        self.says(self.state.agent, tap(SendAgain(HERE, message)))

    @precondition(lambda self: self.received)
    @rule(data=st.data())
    def a_message_comes_again(self, data: st.DataObject) -> None:
        """WhatsApp repeats itself: one of the last few messages."""
        command = data.draw(st.sampled_from(self.received[-5:]))
        if command.message in self.state.recent:
            self.ask(replace(command, at=self.now))

    @rule(agent=st.one_of(AGENT, ANYBODY), window_open=st.booleans())
    def the_pool_proposes(self, agent: ContactId, window_open: bool) -> None:
        """Somebody fitting, or somebody proposed too late."""
        self.ask(ProposeAgent(agent, window_open, self.now))

    @rule(agents=st.lists(AGENT, unique=True, max_size=3), window_open=st.booleans())
    def the_pool_proposes_several(self, agents: list[ContactId], window_open: bool) -> None:
        """For a broadcast."""
        if self.state.strategy is Strategy.BROADCAST:
            each = (ProposeAgent(agent, window_open, self.now) for agent in agents)
            self.ask(ProposeAgents(tuple(each), self.now))

    @rule(agent=AGENT)
    def an_agent_goes_away(self, agent: ContactId) -> None:
        """Asked or not."""
        self.ask(AgentGone(agent, self.now))

    @rule()
    def nobody_is_free(self) -> None:
        """The pool says so, asked or not."""
        self.ask(NobodyFree(self.now))

    @rule(data=st.data(), rank=st.sampled_from(Rank))
    def the_channel_reports(self, data: st.DataObject, rank: Rank) -> None:
        """Anything, of any offer or relayed message, late or twice."""
        known = [
            event
            for event in self.witness.history
            if isinstance(event, AgentOffered | MessageRelayed | ReopenAsked)
            and event.send not in self.dropped
        ]
        if not known:
            return
        event = data.draw(st.sampled_from(known[-6:]))
        contact = event.agent if isinstance(event, AgentOffered) else event.contact
        code = data.draw(st.sampled_from([None, 131026, 131047, 131050, 131053]))
        plainer = code == 131053 and data.draw(st.booleans())
        send, message, at = event.send, event.message, self.now
        self.ask(HearOutcome(send, message, contact, rank, code, at, (), plainer))

    @rule(seldom=SELDOM)
    def the_api_ends_it(self, seldom: bool) -> None:
        """Also what has ended already."""
        if seldom or not self.state.phase.live:
            self.ask(End(EndedBy.API, self.now))

    @rule(who=ANYBODY, shift=st.sampled_from(IdentityShift))
    def somebody_changes_their_number(self, who: ContactId, shift: IdentityShift) -> None:
        """Or is recognised in another way, in the conversation or not; it goes on."""
        before = self.state
        self.ask(NoteIdentity(who, shift, self.now))
        assert self.state == before

    @rule(seldom=SELDOM)
    def it_is_not_needed(self, seldom: bool) -> None:
        """The visitor came by another link."""
        if seldom or not self.in_phase(Phase.RESERVED):
            self.ask(Abandon(ELSEWHERE, self.now))

    @rule(seconds=WAITS, away=st.booleans())
    def time_passes(self, seconds: int, away: bool) -> None:
        """With us there, or with an outage of ours, after which every deadline is looked at."""
        began = self.now
        self.now += timedelta(seconds=seconds)
        if away:
            self.outage = Outage(began, self.now)
        self.ask(Tick(self.now, self.outage))

    @rule(seldom=SELDOM)
    def the_deadline_comes(self, seldom: bool) -> None:
        """To the second; a reservation is spared most times."""
        if self.in_phase(Phase.RESERVED) and not seldom:
            return
        self.now = max(self.now, next_deadline(self.state) or self.now)
        self.ask(Tick(self.now, self.outage))

    def teardown(self) -> None:
        """A restart finds the same state, and left alone everything ends."""
        if not hasattr(self, "witness") or not self.witness.content:
            return  # the step that broke a rule is the news
        assert self.witness.refold() == self.state
        for _ in range(ENOUGH_TICKS):
            self.the_deadline_comes(seldom=True)
        assert not self.state.phase.live, "it never ends"


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
