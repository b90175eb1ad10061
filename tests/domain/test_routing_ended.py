"""Words after the end: whether they are the ended conversation's, and what others are asked."""

import pytest
from attrs import evolve

from kaisa_relay.domain.routing import Answer, Facts, ToConversation, Token, route
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import ELSEWHERE, HERE, VISITOR
from tests.domain.test_routing import facts, past, token

ENDED = ToConversation(HERE, VISITOR)


def words(by: Token | None = None) -> Facts:
    """The visitor of a conversation that ended a moment ago writes."""
    return evolve(facts(VISITOR, pairs=(past(VISITOR),), token=by), ended=ENDED)


@pytest.mark.parametrize("by", [None, token(used_by=VISITOR, live=False)])
def test_they_are_the_ended_conversations(by: Token | None) -> None:
    """Also with its own link, which leads nowhere else any more."""
    assert route(words(by)) == ENDED


def test_another_link_leads_where_it_leads() -> None:
    """Whoever scans a new code means that."""
    assert route(words(token(conversation=ELSEWHERE))) != ENDED


def test_a_stranger_without_a_number_is_asked_for_it() -> None:
    """Once: as soon as they are known, they hear what everybody hears."""
    hidden = evolve(facts(), hidden=True)
    assert route(hidden) == Answer(TextKey.ASK_NUMBER, None)
    known = evolve(facts(VISITOR), hidden=True)
    assert route(known) == Answer(TextKey.OUT_OF_SESSION_VISITOR, VISITOR)
