"""A message that fails after its conversation went on to other hands."""

from attrs import evolve

from kaisa_relay.domain.conversation import evolve as fold
from kaisa_relay.domain.conversation.messages import (
    AgentAccepted,
    Candidate,
    ConversationTransferred,
    Handover,
    HearOutcome,
    MessageFailed,
    MessageRelayed,
    MoveChannel,
)
from kaisa_relay.domain.conversation.state import created
from kaisa_relay.domain.ids import ChannelId, ContactId
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import ANNA, BO, VISITOR, Talk, active, relayed, reservation, texts, yes

CLEO = ContactId(6)
TEAM = (Candidate(ANNA, "en"), Candidate(BO, "sv"), Candidate(CLEO, "es"))
OTHER_NUMBER = ChannelId(6)


def hand_to(talk: Talk, agent: ContactId) -> ConversationTransferred:
    """Whoever has it hands it over, and it is taken."""
    assert talk.state.agent is not None
    talk.says(talk.state.agent, "/transfer", handover=Handover((agent,), (agent,), (agent,)))
    event = talk.says(agent, yes(talk.state.offers))[0]
    assert isinstance(event, ConversationTransferred)
    return event


def said(talk: Talk, who: ContactId) -> MessageRelayed:
    """Somebody writes, and it goes across."""
    (event,) = (each for each in talk.says(who, "hm") if isinstance(each, MessageRelayed))
    return event


def fails(event: MessageRelayed, talk: Talk) -> HearOutcome:
    """What WhatsApp says of it."""
    return HearOutcome(event.send, event.message, event.contact, Rank.FAILED, 131026, talk.at)


def test_whoever_wrote_it_hears_that_it_failed() -> None:
    """And not who has it now, or had it in between: none of them knows what was said."""
    talk = active(agents=TEAM)
    by_anna = said(talk, ANNA)
    hand_to(talk, BO)
    by_bo = said(talk, BO)
    hand_to(talk, CLEO)
    by_cleo = said(talk, CLEO)
    for event, writer in ((by_anna, ANNA), (by_bo, BO), (by_cleo, CLEO)):
        events = talk.do(fails(event, talk))
        assert isinstance(events[0], MessageFailed)
        assert texts(events) == [(writer, TextKey.UNREACHABLE_AGENT)]


def test_who_has_it_again_hears_of_what_they_wrote_before() -> None:
    talk = active(agents=TEAM)
    event = said(talk, ANNA)
    hand_to(talk, BO)
    hand_to(talk, ANNA)
    assert texts(talk.do(fails(event, talk))) == [(ANNA, TextKey.UNREACHABLE_AGENT)]


def test_a_writer_who_cannot_be_written_to_hears_nothing() -> None:
    """A day later their window is closed, and on another number it never was open."""
    later, elsewhere = active(agents=TEAM), active(agents=TEAM)
    sends = [said(talk, ANNA) for talk in (later, elsewhere)]
    for talk in (later, elsewhere):
        hand_to(talk, BO)
    later.wait(hours=25).says(BO, "hello")
    at = elsewhere.at
    elsewhere.do(MoveChannel(OTHER_NUMBER, at, visitor_wrote_at=at, agent_wrote_at=at))
    for talk, event in zip((later, elsewhere), sends, strict=True):
        events = talk.do(fails(event, talk))
        assert isinstance(events[0], MessageFailed)
        assert texts(events) == []


def test_what_did_not_reach_the_agent_before_last_goes_to_who_has_it() -> None:
    talk = active(agents=TEAM)
    event = said(talk, VISITOR)
    hand_to(talk, BO)
    hand_to(talk, CLEO)
    assert relayed(talk.do(fails(event, talk))) == [(event.message, CLEO)]


def test_of_old_events_nobody_knows_in_whose_hands_it_was() -> None:
    """They do not say with which message it was taken; whoever has it hears of it."""
    talk = active(agents=TEAM)
    event = said(talk, ANNA)
    talk.state = created(reservation(agents=TEAM))
    for past in talk.history:
        old = evolve(past, answer=None) if isinstance(past, AgentAccepted) else past
        talk.state = fold(talk.state, old)
    assert talk.state.hands == ()
    assert texts(talk.do(fails(event, talk))) == [(ANNA, TextKey.UNREACHABLE_AGENT)]
