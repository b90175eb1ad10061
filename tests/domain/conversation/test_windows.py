"""WhatsApp's 24-hour windows: who is told what before they close, and what waits for them."""

from datetime import timedelta

import pytest
from attrs import evolve

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import Reaction
from kaisa_relay.domain.conversation.messages import (
    ConversationClosed,
    Event,
    HearOutcome,
    MessageFailed,
    MessageHeld,
    MessageRelayed,
    MessagesFlushed,
    Notified,
    OpenWindow,
    ReopenAsked,
    ReopenFailed,
    WindowClosed,
    WindowClosing,
    WindowOpened,
)
from kaisa_relay.domain.conversation.windows import reachable
from kaisa_relay.domain.ids import ContactId, MessageId
from kaisa_relay.domain.payloads import Reopen, SendAgain
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import (
    ANNA,
    BO,
    HERE,
    PATIENT,
    STRANGER,
    VISITOR,
    Talk,
    active,
    after,
    relayed,
    tap,
    texts,
)

LONG = evolve(PATIENT, expires_after=timedelta(days=7))
SIDES = [
    (VISITOR, ANNA, Side.AGENT, TextKey.HELD_VISITOR),
    (ANNA, VISITOR, Side.VISITOR, TextKey.HELD_AGENT),
]


def talk() -> Talk:
    """A conversation that silence does not end within days."""
    return active(terms=LONG)


def kinds(events: tuple[Event, ...]) -> list[type]:
    """Return what sort of events these are."""
    return [type(event) for event in events]


def kept(writer: ContactId, reader: ContactId) -> Talk:
    """One writes for two days, the other is silent: the last messages wait."""
    held = talk()
    for _ in range(4):
        held.wait(hours=7).says(writer, "still there?")
    assert not reachable(held.state, held.state.side_of(reader) or Side.AGENT, held.at)
    return held


def test_an_old_command_opens_no_window() -> None:
    """It comes late: when it was written the window was as it was known to be."""
    held = talk()
    held.wait(hours=20).says(ANNA, "/status")
    old = held.at - timedelta(hours=5)
    held.wait(hours=25).tick()
    assert Side.AGENT in held.state.shut
    assert not any(isinstance(each, WindowOpened) for each in held.says(ANNA, "/help", sent_at=old))
    assert Side.AGENT in held.state.shut


@pytest.mark.parametrize(("writer", "reader", "side", "text"), SIDES)
def test_what_cannot_be_sent_is_kept_and_its_reader_asked_back_once(
    writer: ContactId, reader: ContactId, side: Side, text: TextKey
) -> None:
    """The writer hears of it once, too; nothing more is said or asked for the second one."""
    held = kept(writer, reader)
    messages = [message for message, to in held.state.held if to is side]
    assert len(messages) == 1
    asked = [event for event in held.history if isinstance(event, ReopenAsked)]
    assert [(event.side, event.contact) for event in asked] == [(side, reader)]
    assert texts(tuple(held.history)).count((writer, text)) == 1
    events = held.says(writer, "hello?")
    assert kinds(events[1:]) == [MessageHeld]
    assert texts(events) == []


@pytest.mark.parametrize(("writer", "reader", "side", "text"), SIDES)
@pytest.mark.parametrize("tapped", [True, False])
def test_a_tap_or_a_word_brings_all_that_waited_in_order(
    writer: ContactId, reader: ContactId, side: Side, text: TextKey, tapped: bool
) -> None:
    held = kept(writer, reader)
    held.says(writer, "hello?")
    waiting = [message for message, _ in held.state.held]
    events = held.wait(60).says(reader, tap(Reopen(HERE)) if tapped else "I am back")
    across = relayed(events)
    assert across[: len(waiting)] == [(message, reader) for message in waiting]
    assert len(across) == len(waiting) + (0 if tapped else 1)
    assert MessagesFlushed(side, len(waiting), held.at) in events
    assert held.state.held == ()
    assert relayed(held.says(writer, "good")) == [(held.state.recent[-1], reader)]


def test_a_tap_that_nothing_waited_for_is_no_message() -> None:
    """It opens the window; nobody is told of it."""
    talking = talk()
    events = talking.wait(hours=5).says(ANNA, tap(Reopen(HERE)))
    assert (relayed(events), texts(events)) == ([], [])
    assert talking.state.agent_wrote_at == after(hours=5)


def test_a_reaction_does_not_bring_what_waits() -> None:
    held = kept(VISITOR, ANNA)
    events = held.says(ANNA, Reaction("wamid", "x"), quotes=MessageId(100))
    assert MessagesFlushed not in kinds(events)
    assert held.state.held != ()


def test_whoever_is_waited_for_is_nudged_before_their_window_closes() -> None:
    talking = talk()
    talking.wait(hours=1).says(VISITOR, "are you there?")
    events = talking.wait(hours=21).tick()
    assert events[0] == WindowClosing(Side.AGENT, after(hours=24), talking.at)
    assert texts(events) == [(ANNA, TextKey.KEEP_OPEN_AGENT)]
    assert kinds(talking.wait(hours=1).tick()) == [WindowClosing]
    assert talking.wait(hours=1).tick() == (WindowClosed(Side.AGENT, talking.at),)
    assert talking.wait(hours=1).tick() == (WindowClosed(Side.VISITOR, talking.at),)


def test_an_agent_who_owes_an_answer_hears_that_the_visitor_will_be_out_of_reach() -> None:
    """The tap keeps the agent's own window open, and answers nobody."""
    talking = talk()
    talking.wait(hours=1).says(VISITOR, "are you there?")
    talking.wait(hours=3).says(ANNA, tap(Reopen(HERE)))
    events = talking.wait(hours=19).tick()
    assert events[0] == WindowClosing(Side.VISITOR, after(hours=25), talking.at)
    assert texts(events) == [(ANNA, TextKey.WINDOW_ENDS_AGENT)]


def test_a_visitor_is_nudged_where_the_talk_is_meant_to_go_on() -> None:
    """Where silence ends it within a day anyway, nobody disturbs them after a good bye."""
    for talking, told in ((talk(), [(VISITOR, TextKey.KEEP_OPEN_VISITOR)]), (active(), [])):
        talking.says(VISITOR, "nothing, thanks")
        talking.wait(hours=1).says(ANNA, "good bye")
        events = talking.wait(hours=21).tick()
        assert kinds(events)[0] is WindowClosing
        assert texts(events) == told


def test_whatsapp_knows_better_that_a_window_is_closed() -> None:
    """A message that fails for that reason waits with the others, and is told nobody as failed."""
    talking = talk()
    talking.says(VISITOR, "hello")
    events = talking.outcome(MessageId(102), ANNA, Rank.FAILED, 131047)
    assert kinds(events)[:3] == [WindowClosed, MessageHeld, ReopenAsked]
    assert not any(isinstance(event, MessageFailed) for event in events)
    assert relayed(talking.says(ANNA, "here")) == [(102, ANNA), (103, VISITOR)]


def test_a_template_that_fails_costs_no_message() -> None:
    held = kept(VISITOR, ANNA)
    asked = [event for event in held.history if isinstance(event, ReopenAsked)][-1]
    refused = HearOutcome(asked.send, asked.message, ANNA, Rank.FAILED, 132015, held.at)
    events = held.do(refused)
    assert events[0] == ReopenFailed(Side.AGENT, 132015, held.at)
    assert texts(events) == [(VISITOR, TextKey.REOPEN_FAILED_VISITOR)]
    assert held.do(refused) == ()
    again = held.says(VISITOR, "hm")
    assert kinds(again)[1:] == [MessageHeld, ReopenAsked]
    assert len(relayed(held.says(ANNA, "back"))) == 3


def test_the_failure_of_an_old_template_is_no_news() -> None:
    held = kept(VISITOR, ANNA)
    asked = [event for event in held.history if isinstance(event, ReopenAsked)][-1]
    held.says(ANNA, "back")
    assert held.do(HearOutcome(asked.send, asked.message, ANNA, Rank.FAILED, 132015, held.at)) == ()


def test_silence_ends_it_however_much_waits() -> None:
    held = kept(VISITOR, ANNA)
    for _ in range(20):
        if not held.state.phase.live:
            break
        held.wait(hours=24).tick()
    assert isinstance(held.history[-1], ConversationClosed) or not held.state.phase.live


def test_of_a_message_in_several_parts_each_may_hear_that_the_window_is_closed() -> None:
    """It waits once, and is asked for once."""
    talking = talk()
    talking.says(VISITOR, "x" * 5000)
    message = talking.state.recent[-1]
    assert MessageHeld in kinds(talking.outcome(message, ANNA, Rank.FAILED, 131047))
    sent = [each for each in talking.history if isinstance(each, MessageRelayed)][-1]
    late = HearOutcome(sent.more[0], message, ANNA, Rank.FAILED, 131047, talking.at)
    assert MessageHeld not in kinds(talking.do(late))
    assert [held for held, _ in talking.state.held] == [message]


@pytest.mark.parametrize("said", ["/who", "/help", "/note a dog", "/nonsense"])
def test_a_command_opens_the_window_for_what_waits(said: str) -> None:
    """It is a message to WhatsApp; what waited goes out before its answer, and once."""
    waiting = kept(VISITOR, ANNA)
    held = [message for message, _ in waiting.state.held]
    assert held
    events = waiting.says(ANNA, said)
    assert kinds(events)[0] is WindowOpened
    assert [message for message, _ in relayed(events)] == held
    assert isinstance(events[-1], Notified)
    assert not waiting.state.held
    assert not waiting.state.shut
    assert reachable(waiting.state, Side.AGENT, waiting.at)


def test_a_button_of_another_kind_opens_it_too() -> None:
    """A second copy of a message that may be lost is sent, not held."""
    waiting = kept(VISITOR, ANNA)
    events = waiting.says(ANNA, tap(SendAgain(HERE, MessageId(100))))
    assert kinds(events)[0] is WindowOpened
    assert MessagesFlushed in kinds(events)


def test_a_command_in_a_window_that_is_open_is_no_news() -> None:
    """But for the time in which it has moved: the next forecast counts from there."""
    talking = talk()
    assert WindowOpened not in kinds(talking.wait(minutes=5).says(ANNA, "/who"))
    wrote_at = talking.state.agent_wrote_at
    assert WindowOpened in kinds(talking.wait(hours=3).says(ANNA, "/who"))
    assert wrote_at is not None
    assert talking.state.agent_wrote_at == wrote_at + timedelta(hours=3, minutes=5)


def test_what_is_obeyed_elsewhere_opens_it_as_well() -> None:
    """Of whoever is in the conversation, while it is live."""
    waiting = kept(VISITOR, ANNA)
    for nobody in (STRANGER, BO):
        assert waiting.do(OpenWindow(nobody, waiting.at, waiting.at)) == ()
    events = waiting.do(OpenWindow(ANNA, waiting.at, waiting.at))
    assert kinds(events)[0] is WindowOpened
    assert not waiting.state.held
    other = kept(ANNA, VISITOR)
    assert kinds(other.do(OpenWindow(VISITOR, other.at, other.at)))[0] is WindowOpened
    assert other.state.visitor_wrote_at == other.at
    waiting.says(ANNA, "/close")
    assert waiting.do(OpenWindow(ANNA, waiting.at, waiting.at)) == ()
