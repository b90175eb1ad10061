"""What the agent called the outcome: read again from the message that closed the conversation, or
from the button that was tapped after it.

Rule 1: the words stay with the message, so that they go when it is erased.
"""

from kaisa_relay.domain import chat_commands
from kaisa_relay.domain.chat_commands import Close
from kaisa_relay.domain.content import Choice, Content, Text
from kaisa_relay.domain.outgoing import Outgoing
from kaisa_relay.domain.payloads import NameOutcome, of_content
from kaisa_relay.domain.texts import FALLBACK


def closing_word(content: Content | Outgoing | None) -> Close:
    """Return the outcome and the note; both None where there is no such message, or none said."""
    if isinstance(content, Choice):
        tapped = of_content(content)
        return Close(tapped.outcome.value) if isinstance(tapped, NameOutcome) else Close()
    said = chat_commands.parse(content.body, FALLBACK) if isinstance(content, Text) else None
    return said if isinstance(said, Close) else Close()
