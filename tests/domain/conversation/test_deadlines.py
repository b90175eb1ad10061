"""Time as data: when a conversation must act, and where an outage of ours moves that to."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.domain.conversation import evolve, next_deadline
from kaisa_relay.domain.conversation.deadlines import (
    SEARCH_TIME,
    Deadline,
    Wait,
    expires_at,
    next_wait,
)
from kaisa_relay.domain.conversation.messages import (
    AgentAccepted,
    AgentNudged,
    AgentOffered,
    ConversationAbandoned,
    ConversationClosed,
    ConversationFailed,
    DeadlineMoved,
    HearOutcome,
    NobodyFree,
    OfferExpired,
    ProposeAgent,
    ProposeAgents,
    Strategy,
    WindowClosed,
    WindowClosing,
)
from kaisa_relay.domain.conversation.orders import HandOver, Handover
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import MessageId
from kaisa_relay.domain.outage import Outage, moved_deadline
from kaisa_relay.domain.requester import Requester, RequesterKind
from kaisa_relay.domain.sending import Rank
from tests.domain.builders import (
    ANNA,
    BO,
    EVERY_PHASE,
    PATIENT,
    T0,
    VISITOR,
    Talk,
    active,
    after,
    no,
    offered,
    reserved,
    seeking,
)

TERMS = PATIENT


def sent() -> Talk:
    """The offer is out."""
    talk = offered()
    talk.wait(7).hear(Rank.SENT)
    return talk


def queued() -> Talk:
    """Nobody is free."""
    talk = seeking()
    talk.wait(7).do(NobodyFree(talk.at))
    return talk


def nudged() -> Talk:
    """The agent was reminded."""
    talk = active()
    talk.wait(hours=22).tick()
    return talk


@pytest.mark.parametrize(
    ("talk", "due", "length", "wait"),
    [
        (reserved(), after(minutes=30), TERMS.link_expires_after, Wait.SCAN),
        (seeking(), after(30), SEARCH_TIME, Wait.AGENT),
        (offered(), after(60), timedelta(seconds=60), Wait.OFFER),
        (sent(), after(127), TERMS.offer_time, Wait.OFFER),
        (queued(), after(607), TERMS.queue_time, Wait.AGENT),
        (active(), after(hours=22), TERMS.nudge_after, Wait.WORD),
        (nudged(), after(hours=24), TERMS.expires_after, Wait.WORD),
    ],
    ids=["reserved", "seeking", "offered", "sent", "queued", "active", "nudged"],
)
def test_every_wait_has_its_deadline(
    talk: Talk, due: datetime, length: timedelta, wait: Wait
) -> None:
    """And is as long as the terms say."""
    assert next_wait(talk.state) == Deadline(due, length, wait)
    assert next_deadline(talk.state) == due


@pytest.mark.parametrize("phase", Phase)
def test_only_the_living_have_deadlines(phase: Phase) -> None:
    """A live conversation always has one, an ended one never."""
    state = EVERY_PHASE[phase]().state
    assert (next_deadline(state) is not None) == phase.live
    assert (expires_at(state) is not None) == phase.live


def test_what_the_api_calls_the_expiry() -> None:
    """The link's deadline while reserved, then the inactivity deadline."""
    assert expires_at(reserved().state) == after(minutes=30)
    assert expires_at(active().state) == after(hours=24)
    assert expires_at(nudged().state) == after(hours=24)


def test_a_history_without_messages_counts_from_its_beginning() -> None:
    """Deadlines are total, as `evolve` is."""
    state = evolve(reserved().state, AgentAccepted(1, ANNA, after(5)))
    assert next_wait(state) == Deadline(after(hours=22, seconds=5), TERMS.nudge_after, Wait.WORD)


def outage(began: float, ended: float) -> Outage:
    """An outage, in minutes after the reservation."""
    return Outage(after(minutes=began), after(minutes=ended))


@pytest.mark.parametrize(
    ("gone", "until"),
    [
        (None, None),
        (outage(30, 40), None),
        (outage(10, 29.9), None),
        (outage(29.9, 30.4), None),
        (outage(29, 31), 33),
        (outage(29.9, 30.5), 31.5),
        (outage(20, 30), 40),
        (outage(10, 500), 530),
    ],
    ids=["none", "after", "before", "noise", "own-length", "a-minute", "edge", "at-most-own"],
)
def test_a_deadline_in_an_outage_is_moved(gone: Outage | None, until: float | None) -> None:
    """To now + max(60 s, min(outage, its own length)), if it fell due in it (guarantee 7)."""
    talk = reserved()
    talk.at = gone.ended if gone else after(minutes=30)
    talk.at = max(talk.at, after(minutes=30))
    events = talk.tick(gone)
    if until is None:
        assert isinstance(events[0], ConversationAbandoned)
        return
    assert events == (DeadlineMoved(after(minutes=30), after(minutes=until), talk.at),)
    assert next_deadline(talk.state) == expires_at(talk.state) == after(minutes=until)


def test_a_moved_deadline_falls_due_once() -> None:
    """The same outage, or one that grew since, moves it no further."""
    talk = reserved()
    talk.wait(minutes=40).tick(outage(20, 40))
    assert talk.wait(minutes=19).tick(outage(20, 40)) == ()
    talk.wait(minutes=1)
    (event,) = talk.tick(outage(20, 60))
    assert isinstance(event, ConversationAbandoned)


def test_an_outage_long_past_moves_nothing() -> None:
    """Where the moved deadline would be over too, it is simply due."""
    (event,) = reserved().wait(minutes=60).tick(outage(20, 40))
    assert isinstance(event, ConversationAbandoned)


def test_a_visitor_who_comes_in_the_moved_time_is_served() -> None:
    """That is what it was moved for; the next phase has its own deadline again."""
    talk = reserved()
    talk.wait(minutes=40).tick(outage(20, 40))
    talk.wait(minutes=10).says(VISITOR, "sorry, was away")
    assert next_deadline(talk.state) == talk.at + SEARCH_TIME


def test_the_nudge_is_moved_and_the_end_with_it() -> None:
    """Both fell into three lost days; the agent still has their time between them."""
    talk = active()
    gone = Outage(after(hours=1), after(hours=73))
    talk.at = gone.ended
    assert talk.tick(gone) == (
        DeadlineMoved(after(hours=22), gone.ended + TERMS.nudge_after, gone.ended),
    )
    assert {type(each) for each in talk.tick(gone)} == {WindowClosed}
    assert talk.tick(gone) == ()
    talk.at = gone.ended + TERMS.nudge_after
    assert talk.tick(gone)[0] == AgentNudged(talk.at)
    assert talk.tick(gone) == ()
    assert next_deadline(talk.state) == expires_at(talk.state) == talk.at + timedelta(hours=2)


def test_the_end_does_not_come_with_the_nudge() -> None:
    """A short outage that hid both deadlines moves both to one instant: the end waits on."""
    talk = active()
    gone = Outage(after(hours=21), after(hours=25))
    talk.at = gone.ended
    talk.tick(gone)
    assert {type(each) for each in talk.tick(gone)} == {WindowClosed}
    talk.wait(hours=4)
    assert isinstance(talk.tick(gone)[0], AgentNudged)
    assert talk.tick(gone) == ()
    (closed, *_) = talk.wait(hours=2).tick(gone)
    assert isinstance(closed, ConversationClosed)


SECONDS = st.integers(0, 400_000)


@given(SECONDS, SECONDS, SECONDS, st.integers(1, 200_000))
def test_where_a_deadline_moves(due: int, began: int, length: int, own: int) -> None:
    """Never earlier than it was, at least a minute after the outage, at most its own length."""
    gone = Outage(after(began), after(began + length))
    moved = moved_deadline(after(due), timedelta(seconds=own), gone)
    assert (moved is not None) == (length > 30 and began < due <= began + length)
    if moved is not None:
        assert moved > after(due)
        assert moved - gone.ended == timedelta(seconds=max(60, min(length, own)))
    assert moved_deadline(T0, timedelta(seconds=own), None) is None


def test_a_no_after_the_queues_time_leaves_time_to_ask_the_next() -> None:
    """Anna was asked out of the queue; Bo came free while she thought about it."""
    talk = seeking()
    talk.wait(30).tick()
    talk.wait(minutes=9, seconds=50)
    talk.propose(ANNA)
    talk.hear(Rank.SENT)
    talk.wait(60).says(ANNA, no())
    assert talk.tick() == ()
    assert isinstance(talk.propose(BO)[0], AgentOffered)
    talk.hear(Rank.SENT)
    talk.says(BO, no(2))
    assert isinstance(talk.wait(30).tick()[0], ConversationFailed)


def test_a_moved_deadline_hides_no_other() -> None:
    """The nudge comes later after an outage; the window closes when WhatsApp closes it."""
    talk = active()
    gone = Outage(after(hours=21), after(hours=23))
    talk.at = gone.ended
    assert talk.tick(gone) == (DeadlineMoved(after(hours=22), after(hours=25), talk.at),)
    assert next_deadline(talk.state) == after(hours=22)
    assert isinstance(talk.tick(gone)[0], WindowClosing)
    assert next_deadline(talk.state) == after(hours=24)
    talk.at = after(hours=24)
    assert [type(each) for each in talk.tick(gone)] == [WindowClosed, WindowClosed]
    assert next_deadline(talk.state) == after(hours=25)
    talk.at = after(hours=25)
    assert isinstance(talk.tick(gone)[0], AgentNudged)


def test_an_offer_made_while_a_deadline_is_put_off_has_its_own_time() -> None:
    """A supervisor hands over after three lost days; who is asked has no day to answer."""
    talk = active()
    gone = Outage(after(hours=1), after(hours=73))
    talk.at = gone.ended
    talk.tick(gone)
    talk.tick(gone)
    free = Handover((BO,), (BO,), (BO,))
    talk.do(HandOver(free, MessageId(900), None, Requester(RequesterKind.KEY, 1), talk.at))
    talk.hear(Rank.SENT)
    due = next_deadline(talk.state)
    assert due == talk.at + TERMS.offer_time
    talk.at = due
    assert isinstance(talk.tick()[0], OfferExpired)


def test_offers_that_were_moved_keep_each_its_own_time() -> None:
    """Two were asked before an outage and one is let go of after it: not all are over at once."""
    talk = seeking(strategy=Strategy.BROADCAST, at_once=2)
    at = talk.at
    talk.do(ProposeAgents(tuple(ProposeAgent(who, True, at) for who in (ANNA, BO)), at))
    first, second = talk.state.open_offers
    talk.do(HearOutcome(first.send, MessageId(0), ANNA, Rank.SENT, None, talk.at))
    talk.wait(30).do(HearOutcome(second.send, MessageId(0), BO, Rank.SENT, None, talk.at))
    gone = Outage(after(110), after(145))
    talk.at = gone.ended
    (moved,) = talk.tick(gone)
    assert moved == DeadlineMoved(after(120), after(205), talk.at)
    talk.at = after(150)
    assert next_deadline(talk.state) == talk.at
    (expired,) = talk.tick(gone)
    assert (type(expired), [each.agent for each in talk.state.open_offers]) == (
        OfferExpired,
        [ANNA],
    )
    talk.at = after(205)
    assert isinstance(talk.tick(gone)[0], OfferExpired)
