"""Keeps account of each message of a conversation: due, sent, given back, failed, told of.

Rule 1: a message goes out once, unless WhatsApp gave it back or a person asks for it again.
Rule 2: one that WhatsApp gave back goes out again, waits, or has failed: it is never just gone.
"""

from collections.abc import Iterable

from attrs import define, field

from kaisa_relay.domain.chat_commands import Literal, parse
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import ButtonTap, Text
from kaisa_relay.domain.conversation.messages import (
    Command,
    Event,
    HearOutcome,
    MessageFailed,
    MessageRelayed,
    MoveChannel,
    Notified,
    Receive,
)
from kaisa_relay.domain.conversation.state import Phase, State
from kaisa_relay.domain.failures import NOTES
from kaisa_relay.domain.ids import ContactId, MessageId, SendId
from kaisa_relay.domain.payloads import SendAgain, of_content
from kaisa_relay.domain.sending import Rank

Leg = tuple[MessageId, Side]


@define
class Crossings:
    """What must go across, what went, and what came back, by what was asked and seen alone."""

    accepted: ContactId | None = None
    agents: set[ContactId] = field(factory=set)
    writers: dict[MessageId, ContactId] = field(factory=dict)
    due_across: dict[Side, list[MessageId]] = field(factory=lambda: {side: [] for side in Side})
    went_across: dict[Side, list[MessageId]] = field(factory=lambda: {side: [] for side in Side})
    told: set[MessageId] = field(factory=set)
    step: tuple[Event, ...] = ()
    sends: dict[Leg, tuple[SendId, ...]] = field(factory=dict)
    """The latest sends of each message that went."""
    given_back: set[Leg] = field(factory=set)
    taps: dict[MessageId, MessageId] = field(factory=dict)
    """Which message each tap on "Send again" wanted."""
    lost_now: Leg | None = None
    """What this step says was given back."""

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
        self._sent(event)
        if event.asked is not None:
            assert self.taps[event.asked] == event.message, "nobody asked for it"

    def _out_of_reach(self, state: State, side: Side) -> bool:
        """Say whether a window is known to be closed."""
        return side in state.shut

    def _sent(self, event: MessageRelayed) -> None:
        """Note that a message goes out: the first time, or once more for a reason."""
        leg, went = (event.message, event.to), self.went_across[event.to]
        if event.message in went:
            assert event.asked is not None or leg in self.given_back, "sent twice"
        else:
            assert event.asked is None
            went.append(event.message)
        self.given_back.discard(leg)
        self.sends[leg] = (event.send, *event.more)

    def _came_back(self, side: Side, kept: Iterable[MessageId]) -> bool:
        """Say whether what is kept never went, or was given back."""
        went = self.went_across[side]
        return all((each, side) in self.given_back for each in kept if each in went)

    def _hear(self, before: State, command: Command) -> None:
        """Note what WhatsApp, the number that is left, or a person gives back."""
        self.lost_now = None
        if isinstance(command, Receive) and isinstance(
            wish := of_content(command.content), SendAgain
        ):
            lost = [each for each in before.unconfirmed if each[0] == wish.message]
            self.given_back.update(lost)
            if lost and command.contact == before.agent:
                self.taps[command.message] = wish.message
        if isinstance(command, MoveChannel):
            self.given_back.update(command.unsent)
        if not isinstance(command, HearOutcome) or command.rank is not Rank.FAILED:
            return
        for leg, sends in self.sends.items():
            if command.send in sends and leg[0] == command.message:
                self.given_back.add(leg)
                self.lost_now = leg

    def _answered_for(self, before: State, state: State, command: Command) -> None:
        """What came back in a living conversation went again, waits, or is known to have failed."""
        if self.lost_now is None or not before.phase.live:
            return
        message, side = self.lost_now
        kept = (message, side) in state.held or message in state.waiting
        failed = any(isinstance(e, MessageFailed) and e.message == message for e in self.step)
        known = message in before.failed
        assert kept or failed or known or self.lost_now not in self.given_back, "gone"

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
            assert self._came_back(side, held), "kept though it is on its way"
            if side is Side.VISITOR or state.phase is Phase.ACTIVE:
                assert went + [each for each in held if each not in went] == due
            assert not held or self._out_of_reach(state, side), "held from who can be reached"
        if before.phase.live and not self.accepted:
            went = self.went_across[Side.AGENT]
            assert self._came_back(Side.AGENT, state.waiting), "waits though it is on its way"
            waiting = [message for message in state.waiting if message not in went]
            assert went + waiting == self.due_across[Side.AGENT]


def goes_on(before: State, command: Receive) -> bool:
    """Whether it has not ended: the visitor writes soon, or somebody comes by their link."""
    assert before.ended_at is not None
    if before.reason in ("duplicate", "blocked"):
        return False
    visitor = command.contact == before.visitor
    if visitor and command.at - before.ended_at < before.terms.resume_time:
        return True
    good = any(each.number == command.link and command.at < each.until for each in before.links)
    return good and (visitor or before.started_at is None)
