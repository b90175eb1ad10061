"""Messages that fail, get lost, or turn up after all, and what is said of them."""

import pytest

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.messages import (
    Candidate,
    Event,
    HearOutcome,
    MessageFailed,
    MessageRelayed,
    MessageSettled,
    MessageUnconfirmed,
)
from kaisa_relay.domain.files import FileProblem
from kaisa_relay.domain.ids import ContactId, MessageId, SendId
from kaisa_relay.domain.payloads import SendAgain
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import (
    ANNA,
    BO,
    HERE,
    VISITOR,
    active,
    relayed,
    seeking,
    tap,
    texts,
)


@pytest.mark.parametrize(
    ("recipient", "code", "told"),
    [
        (VISITOR, None, (ANNA, TextKey.NOT_DELIVERED_AGENT)),
        (VISITOR, 131051, (ANNA, TextKey.NOT_DELIVERED_AGENT)),
        (VISITOR, 131026, (ANNA, TextKey.UNREACHABLE_AGENT)),
        (VISITOR, 131050, (ANNA, TextKey.REFUSED_AGENT)),
        (ANNA, 131053, (VISITOR, TextKey.FILE_NOT_TAKEN)),
        (ANNA, FileProblem.TOO_LARGE, (VISITOR, TextKey.FILE_TOO_LARGE)),
        (VISITOR, FileProblem.EXPIRED, (ANNA, TextKey.FILE_LOST)),
        (ANNA, 131026, (VISITOR, TextKey.UNREACHABLE_VISITOR)),
        (ANNA, 131048, (VISITOR, TextKey.REFUSED_VISITOR)),
    ],
)
def test_a_message_that_failed_is_told_to_its_writer(
    recipient: ContactId, code: int | None, told: tuple[ContactId, TextKey]
) -> None:
    """The code is kept, the writer gets plain words about it; there is no other agent."""
    talk = active(agents=(Candidate(ANNA, "en"),))
    events = talk.outcome(MessageId(102), recipient, Rank.FAILED, code)
    assert isinstance(events[0], MessageFailed)
    assert (events[0].message, events[0].code) == (102, code)
    assert texts(events) == [told]


def test_a_file_that_fails_late_goes_again_in_a_plainer_form() -> None:
    """Nobody hears of it; failing once more it is told, and the first send's repeat is no news."""
    talk = active()
    (*_, first) = talk.says(ANNA, "a picture")
    assert isinstance(first, MessageRelayed)

    def fails(send: SendId, plainer: bool) -> tuple[Event, ...]:
        rank, code = Rank.FAILED, 131053
        heard = HearOutcome(send, MessageId(102), VISITOR, rank, code, talk.at, (), plainer)
        return talk.do(heard)

    failed, second = fails(first.send, plainer=True)
    assert isinstance(failed, MessageFailed)
    assert isinstance(second, MessageRelayed)
    assert (second.message, second.contact, second.asked) == (102, VISITOR, None)
    assert fails(first.send, plainer=True) == ()
    told = fails(second.send, plainer=False)
    assert texts(told) == [(ANNA, TextKey.FILE_NOT_TAKEN)]


def test_after_the_end_nothing_goes_again() -> None:
    """Its writer is told, plainer form or not."""
    talk = active()
    (*_, first) = talk.says(VISITOR, "a picture")
    assert isinstance(first, MessageRelayed)
    talk.says(ANNA, "/close")
    rank, code = Rank.FAILED, 131053
    events = talk.do(HearOutcome(first.send, first.message, ANNA, rank, code, talk.at, (), True))
    assert texts(events) == [(VISITOR, TextKey.FILE_NOT_TAKEN)]


def test_too_late_is_said_once_it_is_over() -> None:
    """A closed window holds the messages of a live chat; after its end nothing waits any more."""
    talk = active()
    talk.says(VISITOR, "hello")
    talk.says(ANNA, "/close")
    events = talk.outcome(MessageId(102), ANNA, Rank.FAILED, 131047)
    assert texts(events) == [(VISITOR, TextKey.TOO_LATE_VISITOR)]


def test_a_failure_is_told_once() -> None:
    """Each part of a long text fails by itself; sent once more, the writer hears of it again."""
    talk = active()
    talk.says(ANNA, "hello")
    talk.says(ANNA, "again")
    first = talk.outcome(MessageId(102), VISITOR, Rank.FAILED, 131026)
    second = talk.outcome(MessageId(102), VISITOR, Rank.FAILED, 131026)
    assert (len(texts(first)), texts(second)) == (1, [])
    assert isinstance(second[0], MessageFailed)
    assert len(texts(talk.outcome(MessageId(103), VISITOR, Rank.FAILED, 131026))) == 1
    talk.outcome(MessageId(102), VISITOR, Rank.PARKED)
    talk.says(ANNA, tap(SendAgain(HERE, MessageId(102))))
    again = talk.outcome(MessageId(102), VISITOR, Rank.FAILED, 131026)
    assert texts(again) == [(ANNA, TextKey.UNREACHABLE_AGENT)]


def test_nobody_is_told_through_a_closed_window() -> None:
    """The agent last wrote more than a day ago: only the record says that it failed."""
    talk = active()
    talk.wait(hours=24).says(VISITOR, "still there?")
    assert len(talk.outcome(MessageId(102), VISITOR, Rank.FAILED)) == 1
    assert len(talk.outcome(MessageId(103), ANNA, Rank.FAILED)) == 2


@pytest.mark.parametrize(
    ("recipient", "side", "text"),
    [
        (VISITOR, Side.VISITOR, TextKey.MAYBE_LOST_VISITOR),
        (ANNA, Side.AGENT, TextKey.MAYBE_LOST_AGENT),
    ],
)
def test_a_message_that_may_be_lost(recipient: ContactId, side: Side, text: TextKey) -> None:
    """The agent is asked, whichever way it went; only a tap sends it again, and only once."""
    talk = active()
    talk.says(VISITOR if side is Side.AGENT else ANNA, "hello")
    events = talk.outcome(MessageId(102), recipient, Rank.PARKED)
    assert isinstance(events[0], MessageUnconfirmed)
    assert texts(events) == [(ANNA, text)]
    assert talk.outcome(MessageId(102), recipient, Rank.PARKED) == ()
    again = talk.says(ANNA, tap(SendAgain(HERE, MessageId(102))))
    assert relayed(again) == [(102, recipient)]
    assert texts(talk.says(ANNA, tap(SendAgain(HERE, MessageId(102))))) == [
        (ANNA, TextKey.STATUS_ACTIVE)
    ]


@pytest.mark.parametrize("rank", [Rank.SENT, Rank.DELIVERED, Rank.READ])
def test_a_lost_message_that_settles_is_not_sent_again(rank: Rank) -> None:
    """It had arrived after all: the button does nothing any more."""
    talk = active()
    talk.says(ANNA, "one")
    talk.says(ANNA, "two")
    talk.outcome(MessageId(102), VISITOR, Rank.PARKED)
    talk.outcome(MessageId(103), VISITOR, Rank.PARKED)
    (settled,) = talk.outcome(MessageId(103), VISITOR, rank)
    assert isinstance(settled, MessageSettled)
    assert talk.outcome(MessageId(103), VISITOR, rank) == ()
    assert relayed(talk.says(ANNA, tap(SendAgain(HERE, MessageId(103))))) == []
    assert relayed(talk.says(ANNA, tap(SendAgain(HERE, MessageId(102))))) == [(102, VISITOR)]


def test_an_earlier_send_that_fails_late_is_no_news() -> None:
    """The message was sent once more since: only what becomes of that send counts."""
    talk = active()
    (*_, first) = talk.says(ANNA, "hello")
    talk.outcome(MessageId(102), VISITOR, Rank.PARKED)
    (second,) = talk.says(ANNA, tap(SendAgain(HERE, MessageId(102))))
    assert isinstance(first, MessageRelayed)
    assert isinstance(second, MessageRelayed)

    def hear(send: SendId) -> tuple[Event, ...]:
        return talk.do(HearOutcome(send, MessageId(102), VISITOR, Rank.FAILED, 1, talk.at))

    assert hear(first.send) == ()
    assert isinstance(hear(second.send)[0], MessageFailed)


@pytest.mark.parametrize("rank", [Rank.SENT, Rank.DELIVERED, Rank.READ, Rank.READY])
def test_an_ordinary_status_is_no_news(rank: Rank) -> None:
    """Conversations hear of trouble only; the rest is the channel's."""
    talk = active()
    talk.says(ANNA, "hello")
    assert talk.outcome(MessageId(102), VISITOR, rank) == ()


def test_an_outcome_for_somebody_else_is_no_news() -> None:
    """A send to who is on neither side any more concerns nobody here."""
    assert active().outcome(MessageId(102), BO, Rank.FAILED) == ()
    assert seeking().outcome(MessageId(102), ANNA, Rank.FAILED) == ()
