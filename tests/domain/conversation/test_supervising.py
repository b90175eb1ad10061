"""Orders of the team's: what becomes of them, and what nobody else may notice."""

from datetime import timedelta

import pytest
from attrs import evolve

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import Edit, Reaction, Text
from kaisa_relay.domain.conversation.messages import (
    Event,
    HearOutcome,
    MessageFailed,
    MessageHeld,
    MessageReceived,
    MessageRelayed,
    MessageUnconfirmed,
    NoteKept,
    Notified,
    ReopenAsked,
    ReopenFailed,
    TeamWrote,
)
from kaisa_relay.domain.conversation.orders import WriteTo
from kaisa_relay.domain.ids import MessageId
from kaisa_relay.domain.requester import Requester, RequesterKind
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import ANNA, PATIENT, VISITOR, Talk, active, relayed, texts

SAM = Requester(RequesterKind.USER, 9)
LONG = evolve(PATIENT, expires_after=timedelta(days=7))


def write(talk: Talk, to: Side, message: int = 900) -> tuple[Event, ...]:
    """Sam writes to one side."""
    return talk.do(WriteTo(MessageId(message), to, Text("from us"), SAM, talk.at))


def kinds(events: tuple[Event, ...]) -> list[type]:
    """Return what sort of events these are."""
    return [type(event) for event in events]


def test_the_agent_is_shown_what_the_visitor_gets() -> None:
    """So that they know what the visitor answers to."""
    events = write(active(), Side.VISITOR)
    assert kinds(events) == [TeamWrote, MessageRelayed, Notified]
    assert relayed(events) == [(900, VISITOR)]
    assert texts(events) == [(ANNA, TextKey.TEAM_WROTE)]


def test_a_whisper_is_for_the_agent_alone() -> None:
    """And does not count as the visitor's word that the agent should answer."""
    talk = active()
    talk.says(ANNA, "hello")
    events = write(talk, Side.AGENT)
    assert relayed(events) == [(900, ANNA)]
    assert texts(events) == []
    assert talk.state.owing is Side.VISITOR


def test_silence_begins_anew_with_a_text_to_the_visitor_alone() -> None:
    """Whoever has just been written to by us is not closed for silence."""
    talk = active()
    talk.wait(hours=23).tick()
    assert talk.state.nudged
    write(talk, Side.AGENT, 900)
    assert talk.state.nudged
    write(talk, Side.VISITOR, 901)
    assert not talk.state.nudged


@pytest.mark.parametrize("to", Side)
@pytest.mark.parametrize(
    ("rank", "event"), [(Rank.FAILED, MessageFailed), (Rank.PARKED, MessageUnconfirmed)]
)
def test_what_gets_lost_is_told_to_nobody(to: Side, rank: Rank, event: type[Event]) -> None:
    """Its writer reads it in the transcript."""
    talk = active()
    write(talk, to)
    contact = VISITOR if to is Side.VISITOR else ANNA
    assert kinds(talk.outcome(MessageId(900), contact, rank, 131050)) == [event]


def test_a_held_whisper_is_the_visitors_business_in_no_way() -> None:
    """Neither that it waits, nor that the agent could not be asked back."""
    talk = active(terms=LONG)
    talk.wait(hours=23).says(VISITOR, "hm")
    talk.wait(hours=2).tick()
    events = write(talk, Side.AGENT)
    assert kinds(events) == [TeamWrote, MessageHeld, ReopenAsked]
    assert talk.state.owing is Side.AGENT  # for what the visitor wrote in time
    [asked] = [each for each in events if isinstance(each, ReopenAsked)]
    heard = talk.do(HearOutcome(asked.send, asked.message, ANNA, Rank.FAILED, 131026, talk.at))
    assert kinds(heard) == [ReopenFailed]
    later = talk.says(VISITOR, "are you there?")
    assert (VISITOR, TextKey.HELD_VISITOR) in texts(later)
    assert [message for message, _ in talk.state.held] == [900, 103]


def test_what_the_agent_says_about_a_whisper_stays_here() -> None:
    """A text that quotes it is a note, a reaction to it goes nowhere; commands are obeyed."""
    talk = active()
    write(talk, Side.AGENT)
    quoting = {"quotes": MessageId(900)}
    answered = talk.says(ANNA, "will do", **quoting)
    assert kinds(answered) == [NoteKept, Notified]
    assert texts(answered) == [(ANNA, TextKey.NOTE_KEPT)]
    assert kinds(talk.says(ANNA, Reaction("wamid", "👍"), **quoting)) == [MessageReceived]
    late = talk.says(ANNA, Edit("wamid", Text("will not do")), quotes=MessageId(102))
    assert relayed(late) == []
    assert texts(late) == [(ANNA, TextKey.CANNOT_RELAY_AGENT)]
    assert talk.says(ANNA, "/who", **quoting)[-1].text is TextKey.WHO  # type: ignore[union-attr] # a notice


def test_what_the_visitor_says_about_a_text_of_the_teams_crosses_without_it() -> None:
    """The agent's chat has no such message to quote."""
    talk = active()
    write(talk, Side.VISITOR)
    events = talk.says(VISITOR, "thanks", quotes=MessageId(900))
    assert relayed(events) == [(102, ANNA)]
    assert not talk.state.marked


def test_what_waits_is_known_as_the_teams_however_much_follows() -> None:
    """Or it would go out without its label one day."""
    talk = active(terms=LONG)
    talk.wait(hours=25).tick()
    write(talk, Side.AGENT, 900)
    for number in range(40):
        write(talk, Side.VISITOR, 901 + number)
    assert talk.state.aside[0] == 900
    assert len(talk.state.aside) <= 80


@pytest.mark.parametrize("body", ["/note has a dog", "/nonsense"])
def test_a_command_that_is_changed_is_not_the_visitors_to_read(body: str) -> None:
    """The agent hears that the change went nowhere; one of a message crosses."""
    talk = active()
    talk.says(ANNA, "/note has a cat")
    changed = talk.says(ANNA, Edit("wamid", Text(body)), quotes=None)
    assert relayed(changed) == []
    assert texts(changed) == [(ANNA, TextKey.CANNOT_RELAY_AGENT)]
    assert relayed(talk.says(ANNA, Edit("wamid", Text("hello!"))))
