"""Handing over: who is asked, what everybody hears, and who has the conversation meanwhile."""

from typing import Any

import pytest

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.messages import (
    AgentGone,
    AgentOffered,
    ConversationClosed,
    ConversationTransferred,
    Event,
    Handover,
    OfferDeclined,
    OfferExpired,
    OfferFailed,
    OfferRescinded,
)
from kaisa_relay.domain.conversation.orders import (
    AgentNotFree,
    HandOver,
    NobodyToAsk,
    TransferUnderWay,
    UnknownAgent,
)
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import ContactId, MessageId
from kaisa_relay.domain.requester import Requester, RequesterKind
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import (
    ANNA,
    BO,
    STRANGER,
    VISITOR,
    Talk,
    active,
    no,
    relayed,
    texts,
    yes,
)

FREE = Handover((BO,), (BO,), (BO,))


def hands_over(talk: Talk, handover: Handover = FREE, said: str = "/transfer bo") -> Any:
    """The agent types it."""
    assert talk.state.agent is not None
    return talk.says(talk.state.agent, said, handover=handover)


def handing() -> Talk:
    """Anna has handed over to Bo, whose offer is out."""
    talk = active()
    hands_over(talk)
    talk.hear(Rank.SENT)
    return talk


@pytest.mark.parametrize(
    ("handover", "text"),
    [
        (Handover((BO,), (), ()), TextKey.TRANSFER_BUSY),
        (Handover((), (BO,), ()), TextKey.TRANSFER_UNKNOWN),
        (Handover((VISITOR,), (VISITOR,), ()), TextKey.TRANSFER_UNKNOWN),
        (Handover((ANNA,), (ANNA, BO), ()), TextKey.TRANSFER_UNKNOWN),
        (Handover((STRANGER,), (STRANGER,), ()), TextKey.TRANSFER_UNKNOWN),
        (Handover(None, (), ()), TextKey.TRANSFER_NOBODY),
        (None, TextKey.TRANSFER_NOBODY),
    ],
)
def test_a_refusal_says_why(handover: Handover | None, text: TextKey) -> None:
    """And nothing else happens."""
    talk = active()
    events = talk.says(ANNA, "/transfer bo", handover=handover)
    assert texts(events) == [(ANNA, text)]
    assert len(events) == 1


@pytest.mark.parametrize("window_open", [True, False])
def test_it_is_an_offer_that_leaves_everything_as_it_is(window_open: bool) -> None:
    """The other agent is asked; both sides go on talking."""
    talk = active()
    handover = Handover(None, (BO,), (BO,) if window_open else (), noted=True)
    offered, *told = hands_over(talk, handover)
    assert isinstance(offered, AgentOffered)
    assert (offered.agent, offered.template, offered.note) == (BO, not window_open, told[0].about)
    assert texts(tuple(told)) == [(ANNA, TextKey.TRANSFER_ASKED)]
    assert talk.state.agent == ANNA
    assert relayed(talk.says(VISITOR, "hello?"))[0][1] == ANNA
    assert relayed(talk.says(ANNA, "one moment"))[0][1] == VISITOR


def test_the_new_agent_gets_what_they_need() -> None:
    """The card and what was said; the old one and the visitor are told."""
    talk = handing()
    events = talk.says(BO, yes(2))
    assert isinstance(events[0], ConversationTransferred)
    assert texts(events) == [
        (ANNA, TextKey.TRANSFERRED_AGENT),
        (BO, TextKey.AGENT_CARD),
        (BO, TextKey.HISTORY),
        (VISITOR, TextKey.AGENT_FOUND),
    ]
    assert relayed(talk.says(VISITOR, "hello?"))[0][1] == BO
    assert relayed(talk.says(BO, "here I am"))[0][1] == VISITOR
    assert texts(talk.says(ANNA, "and I?")) == [(ANNA, TextKey.OFFER_TAKEN)]


def test_what_waited_for_the_old_agent_goes_to_the_new_one() -> None:
    """Their window had closed; the new agent's is open."""
    talk = active()
    talk.wait(hours=23).says(VISITOR, "still there?")
    talk.wait(hours=2)
    held = talk.says(VISITOR, "hello?")
    assert not relayed(held)
    talk.do(AgentGone(ANNA, talk.at))  # of no concern to who has accepted
    # By the team: a command of Anna's own would have let her have what waits.
    requester = Requester(RequesterKind.USER, 9)
    talk.do(HandOver(FREE, MessageId(900), None, requester, talk.at))
    talk.hear(Rank.SENT)
    events = talk.says(BO, yes(2))
    assert [contact for _, contact in relayed(events)] == [BO]
    assert not talk.state.held
    assert ANNA not in [contact for contact, _ in texts(events)]  # WhatsApp would not take it


def test_what_may_not_have_reached_the_old_agent_is_over() -> None:
    """What may not have reached the visitor can still be sent again, by whoever has it now."""
    talk = active()
    for writer, reader in ((VISITOR, ANNA), (ANNA, VISITOR)):
        ((message, _),) = relayed(talk.says(writer, "perhaps"))
        talk.outcome(message, reader, Rank.PARKED)
    assert [side for _, side in talk.state.unconfirmed] == [Side.AGENT, Side.VISITOR]
    hands_over(talk)
    talk.hear(Rank.SENT)
    talk.says(BO, yes(2))
    assert [side for _, side in talk.state.unconfirmed] == [Side.VISITOR]


def said_no(talk: Talk) -> tuple[Event, ...]:
    """Bo declines."""
    return talk.says(BO, no(2))


def went_away(talk: Talk) -> tuple[Event, ...]:
    """Bo goes off."""
    return talk.do(AgentGone(BO, talk.at))


def ran_out(talk: Talk) -> tuple[Event, ...]:
    """Bo says nothing."""
    return talk.wait(120).tick()


def never_came(talk: Talk) -> tuple[Event, ...]:
    """WhatsApp cannot reach Bo."""
    return talk.hear(Rank.FAILED, 131026)


@pytest.mark.parametrize(
    ("happens", "event", "text"),
    [
        (said_no, OfferDeclined, TextKey.TRANSFER_DECLINED),
        (went_away, OfferDeclined, TextKey.TRANSFER_DECLINED),
        (ran_out, OfferExpired, TextKey.TRANSFER_UNANSWERED),
        (never_came, OfferFailed, TextKey.TRANSFER_UNANSWERED),
    ],
)
def test_nobody_takes_it(happens: Any, event: type, text: TextKey) -> None:
    """The old agent keeps it, is told, and may ask again."""
    talk = handing()
    events = happens(talk)
    assert isinstance(events[0], event)
    assert texts(events) == [(ANNA, text)]
    assert (talk.state.agent, talk.state.offer) == (ANNA, None)
    assert texts(talk.says(BO, yes(2))) == [(BO, TextKey.OFFER_TAKEN)]
    assert isinstance(hands_over(talk)[0], AgentOffered)


def test_commands_in_the_middle() -> None:
    """A second transfer waits for the first; an end takes the offer back; the asked may ask."""
    talk = handing()
    assert texts(hands_over(talk)) == [(ANNA, TextKey.TRANSFER_UNDER_WAY)]
    assert texts(talk.says(BO, "/help")) == [(BO, TextKey.HELP_AGENT)]
    assert texts(talk.says(BO, "/close")) == [(BO, TextKey.STATUS_OFFERED)]
    assert texts(talk.says(ANNA, "/who")) == [(ANNA, TextKey.WHO)]
    assert talk.state.phase is Phase.ACTIVE
    events = talk.says(ANNA, "/close")
    assert [type(each) for each in events[:2]] == [OfferRescinded, ConversationClosed]
    assert texts(talk.says(BO, yes(2))) == [(BO, TextKey.OFFER_TAKEN)]


def test_buttons_of_old_offers() -> None:
    """The old agent's own button means nothing any more, nor does a second tap."""
    talk = handing()
    assert texts(talk.says(ANNA, yes(1))) == [(ANNA, TextKey.STATUS_ACTIVE)]
    assert texts(talk.says(BO, yes(1))) == [(BO, TextKey.OFFER_EXPIRED)]
    talk.says(BO, yes(2))
    assert talk.says(BO, yes(2)) == ()
    assert texts(talk.says(ANNA, yes(1))) == [(ANNA, TextKey.OFFER_TAKEN)]
    assert talk.state.agent == BO


@pytest.mark.parametrize(
    ("handover", "chosen"),
    [
        (Handover(None, (ANNA, BO, VISITOR), ()), BO),
        (Handover((ANNA, BO), (ANNA, BO), ()), BO),
    ],
)
def test_it_never_goes_to_either_of_the_two(handover: Handover, chosen: ContactId) -> None:
    """Whoever is free."""
    talk = active()
    assert hands_over(talk, handover)[0].agent == chosen


SAM = Requester(RequesterKind.USER, 9)


@pytest.mark.parametrize(
    ("handover", "refusal"),
    [
        (Handover((STRANGER,), (STRANGER,), ()), UnknownAgent()),
        (Handover(None, (), ()), NobodyToAsk()),
        (Handover((BO,), (), ()), AgentNotFree(BO)),
    ],
)
def test_the_team_is_told_why_nobody_is_asked(handover: Handover, refusal: object) -> None:
    """In a word that its program understands; nothing happens."""
    talk = active()
    assert talk.refused(HandOver(handover, MessageId(900), None, SAM, talk.at)) == refusal


def test_the_team_waits_for_a_transfer_that_is_under_way() -> None:
    """One colleague is asked at a time."""
    talk = handing()
    order = HandOver(FREE, MessageId(900), None, SAM, talk.at)
    assert talk.refused(order) == TransferUnderWay(BO)
