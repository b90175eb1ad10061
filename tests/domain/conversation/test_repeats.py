"""WhatsApp repeats itself: what was decided once is no news the second time."""

import pytest

from kaisa_relay.domain.content import Content, Location, Text
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import ContactId, MessageId
from kaisa_relay.domain.payloads import SendAgain
from kaisa_relay.domain.sending import Rank
from tests.domain.builders import (
    ANNA,
    ELSEWHERE,
    EVERY_PHASE,
    HERE,
    STRANGER,
    VISITOR,
    active,
    no,
    tap,
    yes,
)

SAID: list[Content] = [
    Text("hello"),
    Text("yes"),
    Text("no"),
    Text("/close sold"),
    Text("/help"),
    Text("/who"),
    Text("/nonsense"),
    Location(1, 2),
    yes(),
    no(),
    yes(9),
    no(1, ELSEWHERE),
    tap(SendAgain(HERE, MessageId(1))),
]


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("who", [VISITOR, ANNA, STRANGER])
@pytest.mark.parametrize("said", SAID, ids=str)
@pytest.mark.parametrize("untouched", [True, False])
def test_a_repeat_yields_nothing(
    phase: Phase, who: ContactId, said: Content, untouched: bool
) -> None:
    """Whoever said whatever, in any phase: the second time there are no events."""
    talk = EVERY_PHASE[phase]()
    other_link = ELSEWHERE if who == VISITOR else None
    command = talk.receive(who, said, untouched=untouched, duplicate=other_link)
    talk.do(command)
    after = talk.state
    assert talk.do(command) == ()
    assert talk.state == after


def test_a_repeated_wish_sends_once() -> None:
    """One tap on "Send again", delivered twice, sends once."""
    talk = active()
    talk.says(ANNA, "hello")
    talk.outcome(MessageId(102), VISITOR, Rank.PARKED)
    command = talk.receive(ANNA, tap(SendAgain(HERE, MessageId(102))))
    assert len(talk.do(command)) == 1
    talk.outcome(MessageId(102), VISITOR, Rank.PARKED)
    assert talk.do(command) == ()


def test_a_tap_that_is_no_news_stays_so() -> None:
    """The second tap on Accept yields nothing, however often it comes."""
    talk = active()
    command = talk.receive(ANNA, yes())
    assert talk.do(command) == talk.do(command) == ()
