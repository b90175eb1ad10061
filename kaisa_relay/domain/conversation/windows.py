"""Both sides' 24-hour windows: forecast, nudge, hold, reopen, flush.

Rule 1: what cannot be sent now is kept, in order, and goes out when its reader writes.
Rule 2: one template asks a reader back, and one line tells the writer; neither is repeated.
"""

from datetime import datetime, timedelta
from typing import Final

from kaisa_relay.domain.channel import WINDOW, window_open
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.decision import Decision
from kaisa_relay.domain.conversation.events.windows import (
    MessageHeld,
    MessagesFlushed,
    ReopenAsked,
    ReopenFailed,
    WindowClosed,
    WindowClosing,
    WindowOpened,
)
from kaisa_relay.domain.conversation.messages import HearOutcome
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.ids import MessageId, SendId
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.texts import TextKey

LEAD: Final = timedelta(hours=2)
"""How long before it closes a window is forecast to close."""
WORTH: Final = timedelta(minutes=10)
"""By how much a window must have moved for a command alone to say so."""
CLOSED_CODES: Final = (131047, 470)
"""Meta's word that a window is closed, whatever we thought (reference, section 4.12)."""


def closes_at(state: State, side: Side) -> datetime | None:
    """Return when a side's window closes, or closed; None before they ever wrote."""
    wrote_at = state.wrote_at(side)
    return None if wrote_at is None else wrote_at + WINDOW


def reachable(state: State, side: Side, at: datetime) -> bool:
    """Say whether a message for this side can go out now, behind none that waits."""
    if side in state.shut or any(to is side for _, to in state.held):
        return False
    return window_open(state.wrote_at(side), at)


def next_change(state: State) -> datetime | None:
    """Return when the next window is forecast to close, or closes."""
    instants = []
    for side in Side:
        closes = closes_at(state, side)
        if closes is not None and side not in state.shut:
            instants.append(closes if side in state.warned else closes - LEAD)
    return min(instants, default=None)


def pass_on(
    decision: Decision, message: MessageId, to: Side, asked: MessageId | None = None
) -> None:
    """Send a message across, or keep it until its reader can be reached."""
    if reachable(decision.state, to, decision.at):
        decision.relay(message, to, asked)
    else:
        hold(decision, message, to, asked)


def hold(decision: Decision, message: MessageId, to: Side, asked: MessageId | None = None) -> None:
    """Keep a message, ask its reader back, and tell its writer; the latter two once."""
    if (message, to) in decision.state.held:
        return  # of several parts, each hears of it
    aside = decision.state.aside
    first = not any(side is to and each not in aside for each, side in decision.state.held)
    keep(decision, message, to, asked)
    if not any(side is to for side, _ in decision.state.reopening):
        ask_back(decision, to)
    if first and message not in aside:  # the other side knows nothing of the team's
        text = TextKey.HELD_VISITOR if to is Side.AGENT else TextKey.HELD_AGENT
        decision.tell(to.other, text, message)


def keep(decision: Decision, message: MessageId, to: Side, asked: MessageId | None = None) -> None:
    """Keep a message, and say that its reader cannot be reached."""
    if to not in decision.state.shut:
        decision.add(WindowClosed(to, decision.at))
    decision.add(MessageHeld(message, to, decision.at, asked))


def ask_back(decision: Decision, side: Side, *, moved: bool = False) -> None:
    """Ask a side to open their window, by the template that says why."""
    contact = decision.state.visitor if side is Side.VISITOR else decision.state.agent
    assert contact is not None
    message, send = MessageId(decision.new_id()), SendId(decision.new_id())
    decision.add(ReopenAsked(side, message, send, contact, decision.at, moved))


def flushable(state: State, side: Side, at: datetime) -> bool:
    """Say whether messages wait for a side that can be reached after all."""
    waits = any(to is side for _, to in state.held)
    return waits and side not in state.shut and window_open(state.wrote_at(side), at)


def open_for(decision: Decision, side: Side, sent_at: datetime) -> None:
    """A side wrote what does not cross: their window is open for what waits, all the same.

    Not worth an event where it changes nothing: too early by minutes, never too late.
    """
    state, wrote_at = decision.state, decision.state.wrote_at(side)
    held_up = side in state.warned or side in state.shut or not reachable(state, side, decision.at)
    stale = wrote_at is None or sent_at >= wrote_at + WORTH
    if (held_up or stale) and (wrote_at is None or sent_at > wrote_at):
        decision.add(WindowOpened(side, sent_at, decision.at))
        flush(decision, side)


def flush(decision: Decision, side: Side) -> None:
    """A side wrote: what waited for them goes out, in order."""
    waiting = [message for message, to in decision.state.held if to is side]
    for message in waiting:
        decision.relay(message, side)
    if waiting:
        decision.add(MessagesFlushed(side, len(waiting), decision.at))


def hear(decision: Decision, command: HearOutcome) -> None:
    """A template that asks a side back has come somewhere."""
    asked = [side for side, send in decision.state.reopening if send == command.send]
    if command.rank is not Rank.FAILED or not asked:
        return  # it is on its way, or they have written since
    (side,) = asked
    decision.add(ReopenFailed(side, command.code, decision.at))
    held = [message for message, to in decision.state.held if to is side]
    if held and all(message in decision.state.aside for message in held):
        return  # the other side waits for nothing
    failed = TextKey.REOPEN_FAILED_VISITOR if side is Side.AGENT else TextKey.REOPEN_FAILED_AGENT
    decision.tell(side.other, failed)


def tick(decision: Decision) -> None:
    """Windows are about to close, or closed."""
    for side in Side:
        closes = closes_at(decision.state, side)
        if closes is None or side in decision.state.shut:
            continue
        if decision.at >= closes:
            decision.add(WindowClosed(side, decision.at))
        elif decision.at >= closes - LEAD and side not in decision.state.warned:
            decision.add(WindowClosing(side, closes, decision.at))
            _nudge(decision, side)


def _nudge(decision: Decision, side: Side) -> None:
    """Ask whoever is waited for to keep the chat open, while a plain message still reaches them."""
    state = decision.state
    if side is Side.AGENT and state.nudged:
        return  # the reminder of silence has the same button
    if side is Side.VISITOR and state.owing is side and state.terms.expires_after <= WINDOW:
        return  # a talk that ends with the day may end without a word from them
    if state.owing is side:
        text = TextKey.KEEP_OPEN_VISITOR if side is Side.VISITOR else TextKey.KEEP_OPEN_AGENT
        decision.tell(side, text)
    elif state.owing is Side.AGENT and not state.nudged and Side.AGENT not in state.warned:
        decision.tell(Side.AGENT, TextKey.WINDOW_ENDS_AGENT)
