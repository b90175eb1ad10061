"""Recovery: a fresh link, and whoever comes back by it to the same conversation.

Rule 1: it comes back to life when its visitor really writes, and then claims its pair anew.
Rule 2: where somebody has written before, a link is theirs alone; else it binds whoever comes.
"""

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation import earning, offering, reserving, resuming, windows
from kaisa_relay.domain.conversation.decision import Decision
from kaisa_relay.domain.conversation.events.links import LinkCreated
from kaisa_relay.domain.conversation.links import (
    ChannelLeft,
    GiveLink,
    GivenLink,
    LinkOrigin,
    LinkRefusal,
    NoWayBack,
)
from kaisa_relay.domain.conversation.messages import IdentityMismatched, Receive
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.replacing import replace
from kaisa_relay.domain.texts import TextKey


def give(decision: Decision, order: GiveLink) -> LinkRefusal | None:
    """Have a link lead here; a step that has one already keeps it."""
    state = decision.state
    if state.reason in resuming.FOR_GOOD:
        return NoWayBack()
    if made_by(state, order.origin) is not None:
        return None
    if not order.open:
        return ChannelLeft()
    made = LinkCreated(next_number(state), order.until, decision.at, by=order.by)
    if (origin := order.origin) is not None:
        made = replace(
            made,
            trigger=origin.trigger,
            trigger_version=origin.version,
            step=origin.step,
            event=origin.event,
        )
    decision.add(made)
    return None


def next_number(state: State) -> int:
    """Return the number of the next link."""
    return state.links[-1].number + 1 if state.links else 1


def made_by(state: State, origin: LinkOrigin | None) -> GivenLink | None:
    """Return the link that this step made before."""
    if origin is None:
        return None
    return next((each for each in state.links if each.origin == origin), None)


def recovers(state: State, command: Receive) -> bool:
    """Say whether this message brings a conversation back that is over."""
    if state.phase.live or state.reason in resuming.FOR_GOOD:
        return False
    theirs = state.started_at is None or command.contact == state.visitor
    return theirs and earning.good(state, command.link, command.at) is not None


def recover(decision: Decision, command: Receive) -> None:
    """Go on where it ended: with a first message, or as one that was there before."""
    state = decision.state
    link = earning.good(state, command.link, command.at)
    assert link is not None
    begins = state.started_at is None
    if begins and command.mismatched:
        decision.add(IdentityMismatched(state.visitor, command.contact, command.at))
    earning.wrote(decision, link, command.contact, command.sent_at)
    if begins:
        reserving.begin(decision, command)
        return
    if command.untouched:
        windows.flush(decision, Side.VISITOR)
    else:
        reserving.hold(decision, command)
    if command.opens_at is None:
        decision.reply(command.contact, TextKey.RESUMED, command.message)
    else:
        offering.queue(decision, command.opens_at)


def credit(decision: Decision, command: Receive) -> None:
    """Whoever has just written in a live conversation may have come by a link: once each."""
    state = decision.state
    if not state.phase.live or command.contact != state.visitor:
        return
    link = earning.good(state, command.link, command.at)
    if link is not None and not link.used:
        earning.wrote(decision, link, command.contact, command.sent_at)


def too_late(decision: Decision, command: Receive) -> None:
    """Somebody came by a link that leads nowhere any more, or not them."""
    decision.reply(command.contact, TextKey.LINK_ENDED, command.message)
