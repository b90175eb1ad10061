"""The random walks again, over numbers that are banned or go away."""

from datetime import datetime, timedelta

from attrs import define
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from kaisa_relay.domain.channel import window_open
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.messages import (
    Command,
    ConversationCreated,
    ConversationMoved,
    Event,
    MessageRelayed,
    MoveChannel,
)
from kaisa_relay.domain.conversation.state import Phase, State
from kaisa_relay.domain.ids import ChannelId, MessageId
from tests.domain.builders import T0
from tests.domain.conversation.test_walk_team import TeamWalk, TeamWitness
from tests.domain.conversation.witness import Witness

NUMBERS = st.integers(5, 7).map(ChannelId)
AGO = st.none() | st.integers(0, 30).map(lambda hours: timedelta(hours=hours))


@define
class MovingWitness(TeamWitness):
    """Knows that whoever has not written to this number cannot be reached on it."""

    now: datetime = T0

    def see(self, before: State, command: Command, events: tuple[Event, ...]) -> State:
        """Check one step at its instant."""
        self.now = command.at
        return super().see(before, command, events)

    def _out_of_reach(self, state: State, side: Side) -> bool:
        known = super()._out_of_reach(state, side)
        moved = any(isinstance(each, ConversationMoved) for each in self.history)
        return known or (moved and not window_open(state.wrote_at(side), self.now))


class MovingWalk(TeamWalk):
    """Everything that happens in a walk, while the numbers that carry it change."""

    def witnessed(self, form: ConversationCreated) -> Witness:
        """Return who sees it all."""
        return MovingWitness(beginning=form)

    @precondition(lambda self: self.in_phase(Phase.RESERVED, Phase.SEEKING, Phase.ACTIVE))
    @rule(to=NUMBERS, wrote=st.tuples(AGO, AGO), unsent=st.integers(0, 4), announced=st.booleans())
    def another_number_carries_it(
        self,
        to: ChannelId,
        wrote: tuple[timedelta | None, timedelta | None],
        unsent: int,
        announced: bool,
    ) -> None:
        """With the latest messages of each lane not begun on the old one, or all of them out."""
        before = self.state
        visitor, agent = (self.ago(each) for each in wrote)
        left = self.last_relayed(unsent)
        sends = {send for leg in left for send in self.witness.sends.get(leg, ())}
        self.ask(MoveChannel(to, self.now, visitor, agent, left, announced))
        if self.state.channel == before.channel:
            assert self.state == before
            return
        self.dropped |= sends  # nothing is ever heard of what was never begun
        assert not self.state.open_offers, "an offer of another number is open"
        again = [each for each in self.witness.step if isinstance(each, MessageRelayed)]
        for side in Side:
            mine = [message for message, to in left if to is side]
            sent = [each.message for each in again if each.to is side]
            kept = [message for message, to in self.state.held if to is side]
            assert [each for each in sent + kept if each in mine] == mine, "lost, or out of order"

    def ago(self, time: timedelta | None) -> datetime | None:
        """Return the instant so long before now."""
        return None if time is None else self.now - time

    def last_relayed(self, number: int) -> tuple[tuple[MessageId, Side], ...]:
        """Return the latest legs that went to those who are in it now, in order."""
        legs: list[tuple[MessageId, Side]] = []
        for side, contact in ((Side.VISITOR, self.state.visitor), (Side.AGENT, self.state.agent)):
            went = [
                event.message
                for event in self.witness.history
                if isinstance(event, MessageRelayed) and event.contact == contact
            ]
            kept = {message for message, to in self.state.held if to is side}
            latest = list(dict.fromkeys(reversed(went)))[:number]
            legs += [(each, side) for each in sorted(latest) if each not in kept]
        return tuple(legs)


TestMovingWalk = MovingWalk.TestCase
TestMovingWalk.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
