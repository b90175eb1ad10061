"""Life after the end: a visitor who writes soon is in the same conversation again.

Rule 1: it comes back as a search: the pairs are claimed anew, and who had it before comes first.
Rule 2: nothing of an end stays: what had not reached its reader then follows now.
"""

from datetime import datetime
from typing import Final

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation import reserving, windows
from kaisa_relay.domain.conversation.decision import Decision
from kaisa_relay.domain.conversation.messages import ConversationResumed, Receive
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.conversation.terms import AbandonReason, EndedBy
from kaisa_relay.domain.crossing import opens_window
from kaisa_relay.domain.ids import ContactId
from kaisa_relay.domain.payloads import of_content
from kaisa_relay.domain.texts import TextKey

FOR_GOOD: Final = (AbandonReason.DUPLICATE.value, EndedBy.BLOCKED.value)
"""Ends after which nothing goes on: the visitor has another conversation, or shall have none."""


def may_resume(state: State, contact: ContactId, at: datetime) -> bool:
    """Say whether a message of this person's, now, would resume it."""
    if state.ended_at is None or contact != state.visitor or state.reason in FOR_GOOD:
        return False
    return at - state.ended_at < state.terms.resume_time


def resumes(state: State, command: Receive) -> bool:
    """Say whether this message does: a reaction or a tap on an old button of ours does not."""
    content = command.content
    said = opens_window(content) and of_content(content) is None
    return said and may_resume(state, command.contact, command.at)


def resume(decision: Decision, command: Receive) -> None:
    """Look for an agent again, who gets this message and what waited before."""
    contact = command.contact
    decision.add(ConversationResumed(contact, command.at, command.sent_at))
    if command.untouched:
        windows.flush(decision, Side.VISITOR)
    else:
        reserving.hold(decision, command)
    decision.reply(contact, TextKey.RESUMED, command.message)
