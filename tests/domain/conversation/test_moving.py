"""Another number carries a conversation: who is told what, and what waits for whom."""

import pytest

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.messages import (
    AgentOffered,
    ConversationMoved,
    Event,
    MessageHeld,
    MessageReceived,
    MessageRelayed,
    MessagesFlushed,
    Notified,
    OfferRescinded,
    ReopenAsked,
    WindowClosed,
    WindowOpened,
)
from kaisa_relay.domain.conversation.relocation import MoveChannel
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import ChannelId, MessageId
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import (
    ANNA,
    EVERY_PHASE,
    VISITOR,
    Talk,
    active,
    offered,
    relayed,
    seeking,
    texts,
    yes,
)

NEW = ChannelId(77)


def move(talk: Talk, **facts: object) -> tuple[Event, ...]:
    """Another number is to carry it."""
    return talk.do(MoveChannel(NEW, talk.at, **facts))  # type: ignore[arg-type] # named facts


def kinds(events: tuple[Event, ...]) -> list[type[Event]]:
    return [type(each) for each in events]


def test_both_are_asked_by_a_template() -> None:
    talk = active()
    before = talk.state.channel
    events = move(talk)
    assert events[0] == ConversationMoved(before, NEW, talk.at)
    assert [(each.side, each.moved) for each in events if isinstance(each, ReopenAsked)] == [
        (Side.VISITOR, True),
        (Side.AGENT, True),
    ]
    assert talk.state.channel == NEW
    assert kinds(talk.says(ANNA, "hello")) != []
    assert [to for _, to in talk.state.held] == [Side.VISITOR]


def test_the_old_number_says_it_where_it_can() -> None:
    events = move(active(), announced=True)
    assert texts(events)[:2] == [
        (VISITOR, TextKey.MOVING_VISITOR),
        (ANNA, TextKey.MOVING_AGENT),
    ]


def test_an_open_window_needs_no_template() -> None:
    """What was held for that side goes at once, before what was not begun on the old number."""
    talk = active()
    talk.wait(hours=25).tick()
    talk.says(ANNA, "held")
    held = [message for message, _ in talk.state.held]
    events = move(talk, visitor_wrote_at=talk.at)
    assert (VISITOR, TextKey.MOVED_VISITOR) in texts(events)
    assert [each.message for each in events if isinstance(each, MessageRelayed)] == held
    assert kinds(events)[-1] is MessagesFlushed
    assert [each.side for each in events if isinstance(each, ReopenAsked)] == [Side.AGENT]


def test_what_was_not_begun_goes_on_the_new_one() -> None:
    """At once where the window is open, else held, in its order, before what is held already."""
    talk = active()
    events = move(
        talk,
        agent_wrote_at=talk.at,
        unsent=((MessageId(5), Side.VISITOR), (MessageId(6), Side.AGENT)),
    )
    assert [each.message for each in events if isinstance(each, MessageRelayed)] == [MessageId(6)]
    assert [each.message for each in events if isinstance(each, MessageHeld)] == [MessageId(5)]
    assert kinds(events).count(WindowClosed) == 1
    assert texts(events) == [(ANNA, TextKey.MOVED_AGENT)]

    late = active()
    late.wait(hours=25).tick()
    late.says(ANNA, "newer")
    (newer,) = (message for message, _ in late.state.held)
    older = MessageId(newer - 1)
    move(late, unsent=((older, Side.VISITOR),))
    assert [message for message, _ in late.state.held] == [older, newer]


def test_what_waits_already_goes_first() -> None:
    """One that WhatsApp sent back, behind which a newer one was not begun: neither overtakes."""
    talk = active()
    (older, newer) = (relayed(talk.says(ANNA, said))[0][0] for said in ("older", "newer"))
    talk.outcome(older, VISITOR, Rank.FAILED, 131047)
    events = move(talk, visitor_wrote_at=talk.at, unsent=((newer, Side.VISITOR),))
    assert [message for message, _ in relayed(events)] == [older, newer]


def test_an_offer_is_made_again_on_the_new_number() -> None:
    talk = offered()
    events = move(talk)
    assert kinds(events)[:2] == [OfferRescinded, ConversationMoved]
    assert talk.state.wants_agent
    assert [type(each) for each in talk.propose(ANNA)] == [AgentOffered]


def test_a_search_asks_the_visitor_alone() -> None:
    events = move(seeking())
    assert [each.side for each in events if isinstance(each, ReopenAsked)] == [Side.VISITOR]
    assert not [each for each in events if isinstance(each, Notified)]


@pytest.mark.parametrize("phase", [Phase.RESERVED, Phase.ABANDONED, Phase.FAILED, Phase.CLOSED])
def test_what_nobody_talks_in_stays(phase: Phase) -> None:
    assert move(EVERY_PHASE[phase]()) == ()


def test_a_second_time_is_no_news() -> None:
    talk = active()
    move(talk)
    assert move(talk) == ()


def test_what_came_to_the_old_number_opens_no_window_of_the_new_one() -> None:
    """A word, a command and a tap that were on their way: the word is passed on all the same."""
    talk = active()
    move(talk)
    (received, *held) = talk.says(VISITOR, "on its way", elsewhere=True)
    assert isinstance(received, MessageReceived)
    assert not received.opens_window
    assert kinds(tuple(held))[-1] is MessageHeld
    for said in (yes(), "/status", "/nonsense"):
        events = talk.says(ANNA, said, elsewhere=True)
        assert kinds(events) in ([Notified], [])
    assert {Side.VISITOR, Side.AGENT} == {each for each, _ in talk.state.reopening}
    assert kinds(talk.says(ANNA, "/status"))[0] is WindowOpened
