"""The outcome and the note of the message that closed a conversation."""

import pytest

from kaisa_relay.domain.chat_commands import Close
from kaisa_relay.domain.closing_word import closing_word
from kaisa_relay.domain.content import Choice, Content, Location, Text
from kaisa_relay.domain.ids import ConversationId
from kaisa_relay.domain.outcomes import Outcome
from kaisa_relay.domain.payloads import NameOutcome, PassOn, Payload, encode


def tapped(payload: Payload) -> Choice:
    """A tap on a button of ours."""
    return Choice(encode(payload), "label")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (Text("/close sold 12000 kr"), Close("sold", "12000 kr")),
        (Text("/close"), Close()),
        (Text("bye"), Close()),
        (tapped(NameOutcome(ConversationId(7), Outcome.LOST)), Close("lost")),
        (tapped(PassOn(ConversationId(7))), Close()),
        (Choice("row", "Sold"), Close()),
        (Location(59.3, 18.1), Close()),
        (None, Close()),
    ],
)
def test_what_is_said_of_the_outcome(content: Content | None, word: Close) -> None:
    """Nothing, where there is no such message any more."""
    assert closing_word(content) == word
