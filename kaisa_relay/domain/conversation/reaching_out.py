"""Outreach as the conversation tells of it.

Rule 1: it changes nothing of the talk, whether that lives, has ended or never began.
"""

from kaisa_relay.domain.conversation.decision import Decision
from kaisa_relay.domain.conversation.events.talk import OutreachSent
from kaisa_relay.domain.conversation.outreach import ReachOut
from kaisa_relay.domain.ids import MessageId


def reach(decision: Decision, order: ReachOut) -> None:
    """Note it; a send that was noted before is none."""
    state, origin = decision.state, order.origin
    if order.send in state.reached:
        return
    decision.add(
        OutreachSent(
            message=MessageId(order.send),
            send=order.send,
            contact=state.visitor,
            template=order.template,
            language=order.language,
            trigger=origin.trigger,
            trigger_version=origin.version,
            step=origin.step,
            at=decision.at,
        )
    )
