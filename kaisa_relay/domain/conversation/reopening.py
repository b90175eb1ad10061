"""The fold of links: which there are, and what a conversation is again when one is used.

Rule 1: of many links the latest are remembered; whoever comes by an older one is not counted.
"""

from typing import Final

from kaisa_relay.domain.conversation.changing_hands import resumed
from kaisa_relay.domain.conversation.events.links import ConversationRecovered, LinkCreated
from kaisa_relay.domain.conversation.links import GivenLink, LinkOrigin, RecoveryStage
from kaisa_relay.domain.conversation.state import Phase, State
from kaisa_relay.domain.replacing import replace

REMEMBERED: Final = 32
"""Links of one conversation: more than the steps of three outreaches."""


def link_made(state: State, event: LinkCreated) -> State:
    """One more way here."""
    origin = None
    if event.trigger is not None and event.step is not None and event.event is not None:
        version = event.trigger_version or 0
        origin = LinkOrigin(event.trigger, version, event.step, event.event)
    made = GivenLink(event.link, event.at, event.until, origin)
    return replace(state, links=(*state.links[1 - REMEMBERED :], made))


def recovered(state: State, event: ConversationRecovered) -> State:
    """Somebody came by a link, or was taken then; where it was over it is a search again.

    One that never began is a reservation for the moment, until its first message is noted.
    """
    if event.stage is RecoveryStage.ACCEPTED:
        return replace(state, recovering=None)
    links = tuple(
        replace(each, used=True) if each.number == event.link else each for each in state.links
    )
    if not state.phase.live:
        begun = state.started_at
        back = resumed(state, event)
        phase = Phase.RESERVED if begun is None else back.phase
        state = replace(back, phase=phase, started_at=begun, visitor=event.visitor)
    waiting = event.link if state.phase is not Phase.ACTIVE else None
    return replace(state, links=links, recovering=waiting)
