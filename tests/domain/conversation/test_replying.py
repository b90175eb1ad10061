"""An agent who accepted and is not there: reminded, replaced, and nothing is lost by it."""

import pytest

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import ButtonTap
from kaisa_relay.domain.conversation import next_deadline
from kaisa_relay.domain.conversation.messages import (
    AgentLost,
    Candidate,
    HearOutcome,
    MessageFailed,
    MessageReceived,
    MessageRelayed,
    ReplyReminded,
    Terms,
)
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.conversation.terms import LostReason
from kaisa_relay.domain.ids import ContactId, MessageId
from kaisa_relay.domain.payloads import Reopen
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import (
    ANNA,
    BO,
    HERE,
    VISITOR,
    Talk,
    active,
    after,
    relayed,
    tap,
    texts,
    yes,
)

IMPATIENT = Terms()


def late() -> Talk:
    """Anna was reminded and has said nothing."""
    talk = active(terms=IMPATIENT)
    talk.wait(minutes=5).tick()
    return talk


def replaced() -> Talk:
    """Anna has lost it, Bo is asked."""
    talk = late()
    talk.wait(minutes=5).tick()
    talk.propose(BO)
    return talk


def test_a_reminder_then_somebody_else() -> None:
    """Each after the workspace's time; all three are told."""
    talk = active(terms=IMPATIENT)
    assert talk.wait(minutes=4, seconds=59).tick() == ()
    reminded, told = talk.wait(1).tick()
    assert reminded == ReplyReminded(ANNA, talk.at)
    assert texts((told,)) == [(ANNA, TextKey.REPLY_REMINDER)]
    assert next_deadline(talk.state) == after(minutes=10)
    events = talk.wait(minutes=5).tick()
    assert events[0] == AgentLost(ANNA, LostReason.NO_REPLY, talk.at)
    assert texts(events) == [(ANNA, TextKey.REPLY_LATE), (VISITOR, TextKey.SEEKING_AGAIN)]
    assert (talk.state.phase, talk.state.agent) == (Phase.SEEKING, None)
    assert texts(talk.says(ANNA, "I am here!")) == [(ANNA, TextKey.OFFER_EXPIRED)]


def test_the_next_agent_sees_what_was_said() -> None:
    """And gets what the visitor has written since; Anna's words reach nobody."""
    talk = replaced()
    talk.says(VISITOR, "anybody?")
    events = talk.says(BO, yes(2))
    assert texts(events) == [
        (BO, TextKey.AGENT_CARD),
        (VISITOR, TextKey.AGENT_FOUND),
        (BO, TextKey.HISTORY),
    ]
    assert len(relayed(events)) == 1
    assert talk.wait(minutes=5).tick()[0] == ReplyReminded(BO, talk.at)


@pytest.mark.parametrize("said", ["hello", tap(Reopen(HERE))])
def test_a_word_ends_the_wait(said: str | ButtonTap) -> None:
    """However late it comes."""
    talk = late()
    talk.says(ANNA, said)
    assert talk.state.unanswered_since is None
    assert next_deadline(talk.state) == after(hours=22)


def test_a_command_is_no_word() -> None:
    """Nobody hears it."""
    talk = late()
    talk.says(ANNA, "/who")
    assert isinstance(talk.wait(minutes=5).tick()[0], AgentLost)


def test_somebody_slow_is_better_than_nobody() -> None:
    """With no other agent there is the reminder alone."""
    talk = active(terms=IMPATIENT, agents=(Candidate(ANNA, "en"),))
    assert talk.wait(minutes=5).tick()[0] == ReplyReminded(ANNA, talk.at)
    assert next_deadline(talk.state) == after(hours=22)


def says(talk: Talk, word: str) -> MessageId:
    """The visitor writes; return the message."""
    received = talk.says(VISITOR, word)[0]
    assert isinstance(received, MessageReceived)
    return received.message


def failed(talk: Talk, message: MessageId, contact: ContactId) -> HearOutcome:
    """WhatsApp could not reach somebody with a message."""
    sends = [
        each.send
        for each in talk.history
        if isinstance(each, MessageRelayed) and (each.message, each.contact) == (message, contact)
    ]
    return HearOutcome(sends[-1], message, contact, Rank.FAILED, 131026, talk.at)


def test_an_agent_whom_nothing_reaches() -> None:
    """What failed waits in its order, also what fails later, and goes to the next agent once."""
    talk = active()
    first, second = (says(talk, word) for word in ("one", "two"))
    events = talk.do(failed(talk, second, ANNA))
    assert [each.reason for each in events if isinstance(each, AgentLost)] == [
        LostReason.UNREACHABLE
    ]
    assert texts(events) == [(VISITOR, TextKey.SEEKING_AGAIN)]
    third = says(talk, "three")
    one_part = failed(talk, first, ANNA)
    talk.do(one_part)
    assert talk.do(one_part) == ()
    talk.propose(BO)
    accepted = talk.says(BO, yes(2))
    assert relayed(accepted) == [(first, BO), (second, BO), (third, BO)]
    assert talk.do(one_part) == ()


def test_a_failure_that_comes_after_the_next_agent() -> None:
    """It follows to whoever has the conversation by then."""
    talk = active()
    first, second = (says(talk, word) for word in ("one", "two"))
    late_word = failed(talk, first, ANNA)
    talk.do(failed(talk, second, ANNA))
    talk.propose(BO)
    talk.says(BO, yes(2))
    assert relayed(talk.do(late_word)) == [(first, BO)]
    assert relayed(talk.do(late_word)) == []


def together(talk: Talk) -> tuple[list[MessageId], HearOutcome]:
    """Two short texts for Anna went as one message, which her phone never got."""
    events = (*talk.says(VISITOR, "again"), *talk.says(VISITOR, "and again"))
    one, two = (each for each in events if isinstance(each, MessageRelayed))
    lost = HearOutcome(two.send, two.message, ANNA, Rank.FAILED, 131026, talk.at, (one.message,))
    return [one.message, two.message], lost


def test_every_message_of_one_send_waits_for_the_next_agent() -> None:
    talk = active()
    messages, lost = together(talk)
    assert texts(talk.do(lost)) == [(VISITOR, TextKey.SEEKING_AGAIN)]
    talk.propose(BO)
    assert relayed(talk.says(BO, yes(2))) == [(each, BO) for each in messages]


def test_every_message_of_one_send_follows_to_the_next_agent() -> None:
    """WhatsApp says so only after Bo has taken over."""
    talk = active(terms=IMPATIENT)
    messages, lost = together(talk)
    talk.wait(minutes=5).tick()
    talk.wait(minutes=5).tick()
    talk.propose(BO)
    talk.says(BO, yes(2))
    assert relayed(talk.do(lost)) == [(each, BO) for each in messages]
    assert talk.do(lost) == ()


def test_a_failure_for_the_former_agent_after_the_end() -> None:
    """Is on record, and told to nobody."""
    talk = replaced()
    (message,) = [each.message for each in talk.history if isinstance(each, MessageReceived)]
    talk.says(BO, yes(2))
    talk.says(BO, "/close")
    (send,) = [each.send for each in talk.history if isinstance(each, MessageRelayed)][:1]
    failed = talk.do(HearOutcome(send, message, ANNA, Rank.FAILED, 131026, talk.at))
    assert failed == (MessageFailed(message, send, Side.AGENT, 131026, talk.at),)
