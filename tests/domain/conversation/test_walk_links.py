"""The random walks again, with links that are made at any time and used by anybody."""

from datetime import timedelta
from typing import Any

from attrs import define, evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from kaisa_relay.domain.content import Content
from kaisa_relay.domain.conversation import decide
from kaisa_relay.domain.conversation.links import GiveLink, LinkOrigin, NoWayBack, RecoveryStage
from kaisa_relay.domain.conversation.messages import (
    AgentAccepted,
    Command,
    ConversationCreated,
    ConversationRecovered,
    ConversationStarted,
    Event,
    MatchedBy,
    Notified,
    Receive,
)
from kaisa_relay.domain.conversation.outreach import ReachOut
from kaisa_relay.domain.conversation.resuming import FOR_GOOD
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.engagement.ids import TriggerId
from kaisa_relay.domain.ids import ContactId, EventSeq, SendId
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import VISITOR
from tests.domain.conversation.test_walk import Walk
from tests.domain.conversation.walking import ANYBODY, WORDS
from tests.domain.conversation.witness import Witness

STEPS = st.builds(
    LinkOrigin,
    st.just(TriggerId(50)),
    st.integers(1, 2),
    st.integers(0, 2),
    st.integers(1, 2).map(EventSeq),
)


@define
class LinkWitness(Witness):
    """Knows which links there are, and that only a word of their visitor's brings them anything."""

    begun: bool = False
    wrote: int = 0
    taken: int = 0

    def see(self, before: State, command: Command, events: tuple[Event, ...]) -> State:
        """Check one step; return the state after it."""
        state = super().see(before, command, events)
        self.content = False
        for event in events:
            if isinstance(event, ConversationRecovered):
                self._earned(before, command, event, events)
        self.begun = self.begun or any(isinstance(each, ConversationStarted) for each in events)
        assert self.taken <= self.wrote, "taken who never came"
        self.content = True
        return state

    def _addresses(self, state: State, command: Command, event: Event) -> None:
        if isinstance(event, Notified) and event.text in (TextKey.LINK_USED, TextKey.LINK_ENDED):
            assert isinstance(command, Receive)
            assert event.contact == command.contact, "told to somebody else"
        else:
            super()._addresses(state, command, event)

    def _earned(
        self,
        before: State,
        command: Command,
        event: ConversationRecovered,
        events: tuple[Event, ...],
    ) -> None:
        assert isinstance(command, Receive)
        [link] = (each for each in before.links if each.number == event.link)
        if event.stage is RecoveryStage.ACCEPTED:
            assert any(isinstance(each, AgentAccepted) for each in events)
            self.taken += 1
            return
        self.wrote += 1
        assert command.link == event.link
        assert command.at < link.until, "it was over"
        assert event.visitor == command.contact
        if not before.phase.live:
            assert before.reason not in FOR_GOOD
            assert not before.started_at or command.contact == before.visitor, "not theirs"
        origin = link.origin
        by = (origin.trigger, origin.version, origin.step) if origin else (None, None, None)
        assert (event.trigger, event.trigger_version, event.step) == by


class LinkWalk(Walk):
    """Everything that happens in a walk, and links."""

    def witnessed(self, form: ConversationCreated) -> Witness:
        """Return who sees it all."""
        return LinkWitness(beginning=form)

    @rule(lasts=st.integers(1, 200_000), origin=st.one_of(st.none(), STEPS))
    def a_link_is_made(self, lasts: int, origin: LinkOrigin | None) -> None:
        """At any time; a step that has one makes no other."""
        known = [each for each in self.state.links if origin and each.origin == origin]
        command = GiveLink(self.now + timedelta(seconds=lasts), self.now, origin)
        events = decide(self.state, command, self.new_id)
        if isinstance(events, NoWayBack):
            assert self.state.reason in FOR_GOOD
            return
        assert isinstance(events, tuple)
        assert len(events) == (0 if known else 1)
        before = self.state
        self.state = self.witness.see(self.state, command, events)
        assert self.state.phase is before.phase, "a link alone changes nothing"

    @rule(send=st.integers(1, 4), origin=STEPS)
    def an_outreach_goes_out(self, send: int, origin: LinkOrigin) -> None:
        """At any time, once by its id, and the talk stays as it was."""
        id = SendId(1_000_000 + send)
        command = ReachOut(id, "news", "en", origin, self.now)
        events = decide(self.state, command, self.new_id)
        assert isinstance(events, tuple)
        assert len(events) == (0 if id in self.state.reached else 1)
        before = self.state
        self.state = self.witness.see(self.state, command, events)
        assert evolve(self.state, reached=before.reached) == before

    @precondition(lambda self: self.state.links)
    @rule(data=st.data(), who=ANYBODY, content=WORDS, untouched=st.booleans(), own=st.booleans())
    def a_link_is_used(
        self, data: st.DataObject, who: ContactId, content: Content, untouched: bool, own: bool
    ) -> None:
        """By the visitor most times, by the latest or an older one."""
        contact = self.state.visitor if own else who
        numbers = [each.number for each in self.state.links[-3:]]
        changes: dict[str, Any] = {
            "link": data.draw(st.sampled_from(numbers)),
            "matched_by": MatchedBy.TOKEN,
            "mismatched": contact != VISITOR,
            "untouched": untouched,
        }
        self.says(contact, content, **changes)


TestLinkWalk = LinkWalk.TestCase
TestLinkWalk.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
