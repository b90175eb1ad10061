"""How it ended, said by a button after `/close`: who may say it, and until when."""

import pytest

from kaisa_relay.domain.conversation.messages import ConversationClosed, OutcomeNamed
from kaisa_relay.domain.ids import ContactId, ConversationId
from kaisa_relay.domain.outcomes import Outcome
from kaisa_relay.domain.payloads import NameOutcome
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import (
    ANNA,
    BO,
    ELSEWHERE,
    HERE,
    STRANGER,
    VISITOR,
    Talk,
    active,
    failed,
    tap,
    texts,
)

SOLD = tap(NameOutcome(HERE, Outcome.SOLD))


def ended() -> Talk:
    """Anna has closed it, without a word."""
    talk = active()
    talk.says(ANNA, "/close")
    return talk


def test_whoever_gives_no_outcome_is_asked_for_one() -> None:
    """The conversation is closed all the same."""
    events = active().says(ANNA, "/close")
    assert isinstance(events[0], ConversationClosed)
    assert texts(events) == [(ANNA, TextKey.OUTCOME_ASKED), (VISITOR, TextKey.CLOSED_VISITOR)]


def test_a_tap_names_it() -> None:
    """Also much later, and once more by whoever tapped the wrong one: the latest counts."""
    talk = ended()
    for _ in range(2):
        talk.at += talk.state.terms.resume_time
        named, *rest = talk.says(ANNA, SOLD)
        assert isinstance(named, OutcomeNamed)
        assert texts(tuple(rest)) == [(ANNA, TextKey.OUTCOME_NOTED)]
        assert talk.state.outcome == named.message


@pytest.mark.parametrize(
    ("who", "of"), [(BO, HERE), (VISITOR, HERE), (STRANGER, HERE), (ANNA, ELSEWHERE)]
)
def test_nobody_else_names_it(who: ContactId, of: ConversationId) -> None:
    talk = ended()
    known = talk.state
    events = talk.says(who, tap(NameOutcome(of, Outcome.LOST)))
    assert not any(isinstance(each, OutcomeNamed) for each in events)
    assert talk.state.outcome == known.outcome


def test_what_nobody_closed_has_no_outcome() -> None:
    talk = failed()
    events = talk.says(ANNA, SOLD)
    assert not any(isinstance(each, OutcomeNamed) for each in events)


def test_a_tap_is_no_word_for_one_that_goes_on() -> None:
    """The visitor came back before the agent tapped."""
    assert texts(active().says(ANNA, SOLD)) == [(ANNA, TextKey.STATUS_ACTIVE)]
