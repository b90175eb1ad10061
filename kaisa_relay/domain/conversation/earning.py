"""What a link has earned: whoever wrote by it, and whom an agent then took.

Rule 1: each of the two is said once for each time that somebody comes by it.
"""

from datetime import datetime

from kaisa_relay.domain.conversation.decision import Decision
from kaisa_relay.domain.conversation.events.links import ConversationRecovered
from kaisa_relay.domain.conversation.links import GivenLink, RecoveryStage
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.ids import ContactId


def good(state: State, number: int | None, at: datetime) -> GivenLink | None:
    """Return the link of this number while it leads anywhere."""
    link = _link(state, number)
    return link if link is not None and at < link.until else None


def wrote(decision: Decision, link: GivenLink, visitor: ContactId, sent_at: datetime) -> None:
    """Somebody came by it."""
    _earned(decision, link, visitor, RecoveryStage.WROTE, sent_at)


def accepted(decision: Decision) -> None:
    """An agent has taken whoever came by it."""
    link = _link(decision.state, decision.state.recovering)
    if link is not None:
        _earned(decision, link, decision.state.visitor, RecoveryStage.ACCEPTED)


def _link(state: State, number: int | None) -> GivenLink | None:
    return next((each for each in state.links if each.number == number), None)


def _earned(
    decision: Decision,
    link: GivenLink,
    visitor: ContactId,
    stage: RecoveryStage,
    sent_at: datetime | None = None,
) -> None:
    at, origin = decision.at, link.origin
    if origin is None:
        event = ConversationRecovered(visitor, link.number, stage, at, sent_at=sent_at)
    else:
        by = (origin.trigger, origin.version, origin.step)
        event = ConversationRecovered(visitor, link.number, stage, at, *by, sent_at)
    decision.add(event)
