"""Who answers, as the API shows it from the first moment on."""

from kaisa_relay.domain.conversation.messages import MatchedBy
from kaisa_relay.domain.ids import ContactId
from tests.domain.builders import (
    ANNA,
    BO,
    OTHER_PHONE,
    VISITOR,
    Talk,
    abandoned,
    active,
    closed,
    failed,
    no,
    offered,
    reserved,
    seeking,
)


def test_it_is_who_is_asked_until_somebody_has_accepted() -> None:
    def answering(talk: Talk) -> ContactId | None:
        return talk.state.answering

    assert [answering(begin()) for begin in (reserved, seeking, offered, active, closed)] == [
        ANNA
    ] * 5
    assert [answering(over()) for over in (abandoned, failed)] == [None, None]


def test_it_moves_on_with_the_offer() -> None:
    talk = offered()
    talk.says(ANNA, no())
    assert talk.state.answering is None
    talk.propose(BO)
    assert talk.state.answering == BO


def test_whom_the_form_named_is_known_for_good() -> None:
    talk = reserved()
    talk.says(OTHER_PHONE, "hello", mismatched=True, matched_by=MatchedBy.TOKEN)
    assert (talk.state.visitor, talk.state.form) == (OTHER_PHONE, VISITOR)


def test_the_message_that_closed_it_is_known() -> None:
    talk = closed()
    (ended,) = [each for each in talk.history if hasattr(each, "outcome")]
    assert talk.state.outcome == ended.outcome
    assert talk.state.outcome is not None
