"""The end: who can end what, what is said then, and to whoever writes afterwards."""

import pytest
from attrs import evolve

from kaisa_relay.domain.contact_events import BlockedBy, ContactBlocked
from kaisa_relay.domain.content import Content, Text
from kaisa_relay.domain.conversation.messages import (
    AgentNudged,
    AlreadyEnded,
    ConversationClosed,
    End,
    EndedBy,
    Event,
    Handover,
    OfferRescinded,
    Tick,
    WindowClosed,
)
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import ContactId, MessageId
from kaisa_relay.domain.payloads import SendAgain
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import (
    ANNA,
    BO,
    EVERY_PHASE,
    HERE,
    STRANGER,
    VISITOR,
    Talk,
    active,
    after,
    closed,
    no,
    offered,
    relayed,
    reserved,
    seeking,
    tap,
    texts,
    yes,
)

OVER = [Phase.ABANDONED, Phase.FAILED, Phase.CLOSED]


def end(talk: Talk) -> tuple[Event, ...]:
    """The API ends it."""
    return talk.do(End(EndedBy.API, talk.at))


def test_a_reservation_is_ended_without_a_word() -> None:
    """Nobody has written, so nobody may be written to."""
    assert end(reserved()) == (ConversationClosed(EndedBy.API, after()),)


def test_a_search_is_ended() -> None:
    """The visitor gets a closing text."""
    events = end(seeking())
    assert texts(events) == [(VISITOR, TextKey.CLOSED_VISITOR)]


def test_an_open_offer_is_taken_back() -> None:
    """Its agent is free again; a later tap is answered."""
    talk = offered()
    events = end(talk)
    assert events[:2] == (
        OfferRescinded(1, ANNA, after()),
        ConversationClosed(EndedBy.API, after()),
    )
    assert talk.state.offer is None
    assert texts(talk.says(ANNA, yes())) == [(ANNA, TextKey.OFFER_TAKEN)]
    assert talk.state.phase is Phase.CLOSED


def test_a_talk_is_ended_for_both() -> None:
    """Both sides get a closing text where their window is open."""
    assert texts(end(active())) == [
        (ANNA, TextKey.CLOSED_BY_SYSTEM_AGENT),
        (VISITOR, TextKey.CLOSED_VISITOR),
    ]
    late = active()
    late.wait(hours=23).says(ANNA, "hello?")
    late.wait(hours=1)
    assert texts(end(late)) == [(ANNA, TextKey.CLOSED_BY_SYSTEM_AGENT)]


@pytest.mark.parametrize("phase", OVER)
def test_there_is_nothing_to_end_twice(phase: Phase) -> None:
    """The refusal says when it ended."""
    talk = EVERY_PHASE[phase]()
    before = talk.state
    ended_at = talk.at
    assert talk.wait(5).refused(End(EndedBy.API, talk.at)) == AlreadyEnded(ended_at)
    assert talk.state == before


def test_silence_is_nudged_then_ended() -> None:
    """The agent is reminded two hours before the end; then both are told."""
    talk = active()
    assert talk.wait(hours=21, minutes=59).tick() == ()
    events = talk.wait(minutes=1).tick()
    assert events[0] == AgentNudged(after(hours=22))
    assert texts(events) == [(ANNA, TextKey.NUDGE_AGENT)]
    assert talk.wait(hours=1, minutes=59, seconds=59).tick() == ()
    events = talk.wait(1).tick()
    assert events == (ConversationClosed(EndedBy.EXPIRED, after(hours=24)),)


def test_an_expiry_inside_the_windows_is_told_to_both() -> None:
    """A shorter expiry than WhatsApp's day leaves both windows open."""
    terms = seeking().state.terms
    talk = active(terms=evolve(terms, expires_after=terms.expires_after / 2))
    talk.wait(hours=11).tick()
    assert texts(talk.wait(hours=1).tick()) == [
        (ANNA, TextKey.EXPIRED_AGENT),
        (VISITOR, TextKey.EXPIRED_VISITOR),
    ]


@pytest.mark.parametrize("who", [VISITOR, ANNA])
def test_a_message_breaks_the_silence(who: ContactId) -> None:
    """From either side: the time starts anew, and so does the nudge."""
    talk = active()
    talk.wait(hours=22).tick()
    talk.wait(hours=1).says(who, "hello")
    others = talk.wait(hours=21).tick()  # the window of who said nothing
    assert [type(event) for event in others] == [WindowClosed]
    assert talk.wait(hours=1).tick()[0] == AgentNudged(after(hours=45))


@pytest.mark.parametrize("phase", OVER)
@pytest.mark.parametrize(
    ("who", "said", "text"),
    [
        (VISITOR, Text("hello?"), TextKey.OUT_OF_SESSION_VISITOR),
        (ANNA, Text("hello?"), TextKey.NO_CONVERSATION_AGENT),
        (ANNA, Text("/close"), TextKey.NO_CONVERSATION_AGENT),
        (ANNA, yes(), TextKey.OFFER_TAKEN),
        (BO, no(), TextKey.OFFER_TAKEN),
        (STRANGER, Text("hm"), TextKey.NO_CONVERSATION_AGENT),
        (ANNA, tap(SendAgain(HERE, MessageId(1))), TextKey.NO_CONVERSATION_AGENT),
    ],
)
def test_whoever_writes_afterwards_is_answered(
    phase: Phase, who: ContactId, said: Content, text: TextKey
) -> None:
    """Never silence, never a relay, and the end stays."""
    talk = EVERY_PHASE[phase]()
    before = talk.state
    events = talk.says(who, said)
    assert texts(events) == [(who, text)]
    assert relayed(events) == []
    assert (talk.state.phase, talk.state.ended_at) == (phase, before.ended_at)


def test_time_means_nothing_after_the_end() -> None:
    """No deadline is left."""
    assert closed().wait(days=400).tick() == ()
    assert closed().do(Tick(after(-10))) == ()


def test_a_block_ends_it_as_any_end_does() -> None:
    """The visitor reads the ordinary closing text; the agent how it can be undone."""
    talk = active()
    events = talk.says(ANNA, "/block")
    assert events[:2] == (
        ContactBlocked(VISITOR, BlockedBy.AGENT, talk.at, ANNA, talk.state.id),
        ConversationClosed(EndedBy.BLOCKED, talk.at),
    )
    assert texts(events) == [
        (ANNA, TextKey.BLOCKED_AGENT),
        (VISITOR, TextKey.CLOSED_VISITOR),
    ]


def test_after_a_block_the_visitor_hears_nothing_and_begins_nothing() -> None:
    """The agent who blocked them is told as ever where they stand."""
    talk = active()
    talk.says(ANNA, "/block")
    assert talk.says(VISITOR, "you will hear from me") == ()
    assert talk.state.phase is Phase.CLOSED
    assert texts(talk.says(ANNA, "hello?")) == [(ANNA, TextKey.NO_CONVERSATION_AGENT)]


def test_a_block_takes_an_open_transfer_back() -> None:
    talk = active()
    talk.says(ANNA, "/transfer", handover=Handover(None, (BO,), (BO,)))
    assert talk.state.open_offers
    events = talk.says(ANNA, "/block")
    assert isinstance(events[0], OfferRescinded)
    assert not talk.state.open_offers
