""" "Send again" while the reader's window is closed: who asked is remembered until it goes."""

from datetime import timedelta

import pytest
from attrs import evolve

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.messages import (
    HearOutcome,
    MessageHeld,
    MessageRelayed,
    MessageSettled,
    Receive,
    ReopenAsked,
)
from kaisa_relay.domain.ids import MessageId, SendId
from kaisa_relay.domain.payloads import SendAgain
from kaisa_relay.domain.sending import Rank
from tests.domain.builders import ANNA, HERE, PATIENT, VISITOR, Talk, active, relayed, tap

LONG = evolve(PATIENT, expires_after=timedelta(days=7))
LOST = MessageId(102)


def asked_again() -> tuple[Talk, Receive, SendId]:
    """Anna's word may be lost; a day later she asks for it again, and the visitor is away."""
    talk = active(terms=LONG)
    (*_, first) = talk.says(ANNA, "hello")
    assert isinstance(first, MessageRelayed)
    talk.outcome(LOST, VISITOR, Rank.PARKED)
    talk.wait(hours=25)
    wish = talk.receive(ANNA, tap(SendAgain(HERE, LOST)))
    events = talk.do(wish)
    assert relayed(events) == []
    assert MessageHeld(LOST, Side.VISITOR, talk.at, wish.message) in events
    assert [type(each) for each in events].count(ReopenAsked) == 1
    return talk, wish, first.send


def test_it_goes_for_the_tap_that_wanted_it() -> None:
    """The tap comes twice, which is no news while it waits nor afterwards."""
    talk, wish, _ = asked_again()
    assert talk.do(wish) == ()
    sent = [each for each in talk.says(VISITOR, "back") if isinstance(each, MessageRelayed)]
    again = [each for each in sent if each.to is Side.VISITOR]
    assert [(each.message, each.asked) for each in again] == [(LOST, wish.message)]
    assert talk.do(wish) == ()
    assert talk.state.asked_for == ()


@pytest.mark.parametrize("waits", [True, False])
@pytest.mark.parametrize(("rank", "code"), [(Rank.FAILED, 131026), (Rank.PARKED, None)])
def test_what_becomes_of_the_first_send_is_no_news(
    waits: bool, rank: Rank, code: int | None
) -> None:
    """Nobody is told of a failure that is not the last word."""
    talk, _, first = asked_again()
    if not waits:
        talk.says(VISITOR, "back")
    assert talk.do(HearOutcome(first, LOST, VISITOR, rank, code, talk.at)) == ()


def test_what_had_arrived_after_all_is_not_sent_again() -> None:
    talk, _, first = asked_again()
    (settled,) = talk.do(HearOutcome(first, LOST, VISITOR, Rank.DELIVERED, None, talk.at))
    assert isinstance(settled, MessageSettled)
    assert (talk.state.held, talk.state.asked_for) == ((), ())
    assert VISITOR not in [contact for _, contact in relayed(talk.says(VISITOR, "back"))]


def test_a_part_that_is_known_to_have_failed_waits_though_another_arrived() -> None:
    """Of a long text one part is refused by the closed window, one was only thought lost."""
    talk = active(terms=LONG)
    talk.says(ANNA, "x" * 5000)
    (sent,) = [each for each in talk.history if isinstance(each, MessageRelayed)][-1:]
    talk.do(HearOutcome(sent.send, LOST, VISITOR, Rank.PARKED, None, talk.at))
    talk.do(HearOutcome(sent.more[0], LOST, VISITOR, Rank.FAILED, 131047, talk.at))
    talk.do(HearOutcome(sent.send, LOST, VISITOR, Rank.SENT, None, talk.at))
    assert talk.state.held == ((LOST, Side.VISITOR),)
