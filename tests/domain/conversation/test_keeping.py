"""A conversation of years is no larger than one of a day, but for what waits for its reader."""

from datetime import timedelta

import attrs
import pytest

from kaisa_relay.domain.conversation import State
from kaisa_relay.domain.conversation.messages import (
    AgentGone,
    Handover,
    HearOutcome,
    MessageRelayed,
    OfferDeclined,
    OfferExpired,
    ReopenAsked,
    Terms,
)
from kaisa_relay.domain.ids import MessageId
from kaisa_relay.domain.sending import Rank
from tests.domain.builders import ANNA, BO, VISITOR, Talk, active, no

FREE = Handover((BO,), (BO,), (BO,))
TERMS = Terms(first_reply_time=timedelta(days=300), expires_after=timedelta(days=300))


def lengths(state: State) -> dict[str, int]:
    """Return how long every list in a state is."""
    values = {each.name: getattr(state, each.name) for each in attrs.fields(State)}
    return {name: len(value) for name, value in values.items() if isinstance(value, tuple)}


def talked(talk: Talk) -> None:
    """A visitor and an agent write."""
    talk.says(VISITOR, "hello?")
    talk.says(ANNA, "yes")


def declined(talk: Talk) -> None:
    """Anna hands over to Bo, who says no."""
    talk.says(ANNA, "/transfer bo", handover=FREE)
    assert any(isinstance(e, OfferDeclined) for e in talk.says(BO, no(talk.state.offers)))


def missed(talk: Talk) -> None:
    """Anna hands over to Bo, who says nothing."""
    talk.says(ANNA, "/transfer bo", handover=FREE)
    talk.hear(Rank.SENT)
    assert any(isinstance(e, OfferExpired) for e in talk.wait(minutes=3).tick())


def reopened(talk: Talk) -> None:
    """Anna's window closes, a template asks her back, and she comes."""
    talk.wait(hours=25)
    talk.tick()
    talk.tick()
    events = talk.says(VISITOR, "hello?")
    assert any(isinstance(e, ReopenAsked) for e in events)
    talk.says(ANNA, "yes")


def lost(talk: Talk) -> None:
    """Nobody knows whether a message of the visitor's arrived."""
    talk.says(VISITOR, "hello?")
    [sent] = [e for e in talk.history[-2:] if isinstance(e, MessageRelayed)]
    talk.do(HearOutcome(sent.send, sent.message, ANNA, Rank.PARKED, None, talk.at))


def stood_in(talk: Talk) -> None:
    """Anna is away, Vera waits, nobody is free; Anna comes back to it."""
    talk.do(AgentGone(ANNA, talk.at))
    talk.says(VISITOR, "hello?")
    talk.says(ANNA, "yes")


@pytest.mark.parametrize("happens", [talked, declined, missed, reopened, lost, stood_in])
def test_a_list_ends_somewhere(happens: object) -> None:
    """After twice as much of it, no list is longer than before."""
    assert callable(happens)
    talk = active(terms=TERMS)
    for _ in range(150):
        happens(talk)
    before = lengths(talk.state)
    for _ in range(150):
        happens(talk)
    assert lengths(talk.state) == before


def test_what_waits_is_never_cut() -> None:
    """However much that is: it is the visitor's, and reaches whoever comes."""
    talk = active(terms=TERMS)
    talk.wait(hours=25).tick()
    for _ in range(200):
        talk.says(VISITOR, "hello?")
    assert {name for name, length in lengths(talk.state).items() if length > 150} == {"held"}
    first = talk.state.held[0][0]
    assert isinstance(first, int)
    relayed = [e for e in talk.says(ANNA, "here") if isinstance(e, MessageRelayed)]
    assert relayed[0].message == MessageId(first)
    assert len(relayed) == 201
