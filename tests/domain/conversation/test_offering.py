"""The search for an agent: who is asked, what counts as an answer, and when it fails."""

import pytest

from kaisa_relay.domain.agent_pool import askable
from kaisa_relay.domain.content import ButtonTap, Choice, Content, Location, Text
from kaisa_relay.domain.conversation.messages import (
    AgentAccepted,
    AgentOffered,
    ConversationFailed,
    ConversationQueued,
    FailReason,
    HearOutcome,
    MatchedBy,
    NobodyFree,
    Notified,
    OfferDeclined,
    OfferExpired,
    OfferFailed,
    OfferSent,
)
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.conversation.terms import AgentReason
from kaisa_relay.domain.ids import MessageId, SendId
from kaisa_relay.domain.payloads import OfferAnswer, SendAgain, encode
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import (
    ANNA,
    BO,
    ELSEWHERE,
    EVERY_PHASE,
    HERE,
    OTHER_PHONE,
    STRANGER,
    VISITOR,
    after,
    no,
    offered,
    relayed,
    reserved,
    seeking,
    tap,
    texts,
    yes,
)


@pytest.mark.parametrize("window_open", [True, False])
def test_whom_the_pool_holds_is_asked(window_open: bool) -> None:
    """By buttons inside their window, by a template outside."""
    (event,) = seeking().propose(ANNA, window_open=window_open)
    assert isinstance(event, AgentOffered)
    assert (event.offer, event.agent, event.template) == (1, ANNA, not window_open)


@pytest.mark.parametrize("phase", Phase)
def test_nobody_is_asked_unless_somebody_is_wanted(phase: Phase) -> None:
    """Not before the visitor wrote, not beside an open offer, not after it was taken or ended."""
    talk = EVERY_PHASE[phase]()
    assert talk.propose(BO) == ()
    assert talk.do(NobodyFree(talk.at)) == ()


def test_a_late_proposal_of_who_said_no_is_dropped() -> None:
    """Two wishes may cross: who declined is not asked again, nor is somebody not on the form."""
    talk = offered()
    talk.says(ANNA, no())
    assert talk.propose(ANNA) == ()
    assert talk.propose(STRANGER) == ()
    assert len(talk.propose(BO)) == 1


def test_an_agent_who_used_the_link_is_not_offered_their_own_chat() -> None:
    """Who tries the link on their own phone is the visitor of this conversation."""
    talk = reserved()
    talk.says(ANNA, "just testing", mismatched=True, matched_by=MatchedBy.TOKEN)
    assert [each.contact for each in askable(talk.state, talk.at)] == [BO]
    assert talk.propose(ANNA) == ()


ANSWERS: list[tuple[str, Content, bool | TextKey]] = [
    ("button", yes(), True),
    ("row", Choice(encode(OfferAnswer(HERE, 1, accept=True)), "Accept"), True),
    ("decline", no(), False),
    ("typed-yes", Text(" Ja! "), True),
    ("typed-no", Text("no, gracias"), False),
    ("help", Text("/hjälp"), TextKey.HELP_AGENT),
    ("command", Text("/close"), TextKey.STATUS_OFFERED),
    ("more-than-yes", Text("yes but later"), TextKey.STATUS_OFFERED),
    ("other", Location(1, 2), TextKey.STATUS_OFFERED),
    ("foreign-button", ButtonTap("something", "else"), TextKey.STATUS_OFFERED),
    ("send-again", tap(SendAgain(HERE, MessageId(1))), TextKey.STATUS_OFFERED),
    ("earlier-offer", yes(9), TextKey.OFFER_EXPIRED),
    ("earlier-decline", no(9), TextKey.OFFER_EXPIRED),
    ("other-chat-yes", yes(1, ELSEWHERE), TextKey.OFFER_EXPIRED),
    ("other-chat-no", no(1, ELSEWHERE), TextKey.OFFER_EXPIRED),
]


@pytest.mark.parametrize(
    ("said", "meant"), [case[1:] for case in ANSWERS], ids=[case[0] for case in ANSWERS]
)
@pytest.mark.parametrize("sent", [True, False])
def test_what_counts_as_an_answer(said: Content, meant: bool | TextKey, sent: bool) -> None:
    """A tap on this very offer, or a whole message that says yes or no; else they are told."""
    talk = offered()
    if sent:
        talk.hear(Rank.SENT)
    events = talk.says(ANNA, said)
    if meant is True:
        assert events[0] == AgentAccepted(1, ANNA, talk.at, MessageId(101))
        assert talk.state.agent == ANNA
    elif meant is False:
        assert events == (OfferDeclined(1, ANNA, talk.at, MessageId(101)),)
        assert talk.state.wants_agent
    else:
        assert texts(events) == [(ANNA, meant)]
        assert talk.state.offer is not None


def test_accepting_introduces_both_and_hands_over_what_waited() -> None:
    """The card first, then every message in the order of arrival, each once."""
    talk = offered()
    talk.says(VISITOR, "are you there?")
    events = talk.says(ANNA, "yes")
    assert texts(events) == [(ANNA, TextKey.AGENT_CARD), (VISITOR, TextKey.AGENT_FOUND)]
    assert relayed(events) == [(100, ANNA), (101, ANNA)]
    assert isinstance(events[1], Notified)
    assert events[1].text is TextKey.AGENT_CARD
    assert (talk.state.phase, talk.state.waiting) == (Phase.ACTIVE, ())


def test_a_visitor_whose_window_closed_is_not_written_to() -> None:
    """Nothing but a template could reach them; the agent is introduced all the same."""
    talk = reserved()
    talk.says(VISITOR, "hello", sent_at=after(hours=-25))
    talk.says(VISITOR, "me again", sent_at=after(hours=-26))
    talk.propose()
    assert texts(talk.says(ANNA, "yes")) == [(ANNA, TextKey.AGENT_CARD)]


@pytest.mark.parametrize("who", [BO, STRANGER])
def test_nobody_else_can_answer(who: int) -> None:
    """Whoever taps an offer that is not theirs is told, and nothing changes."""
    talk = offered()
    events = talk.says(type(ANNA)(who), yes())
    assert texts(events) == [(who, TextKey.OFFER_TAKEN)]
    assert talk.state.phase is Phase.SEEKING


def test_an_offer_counts_from_its_sending() -> None:
    """Its two minutes begin when it is out, and further statuses do not renew them."""
    talk = offered()
    assert talk.wait(50).hear(Rank.PARKED) == ()
    assert talk.wait(5).hear(Rank.SENT) == (OfferSent(1, after(55)),)
    assert talk.wait(5).hear(Rank.DELIVERED) == ()
    assert talk.wait(114).tick() == ()
    assert talk.wait(1).tick() == (OfferExpired(1, ANNA, after(175)),)
    assert talk.state.missed == (ANNA,)


def test_an_offer_that_is_never_out_is_nobodys_miss() -> None:
    """After a minute the next agent is asked; no code is known."""
    talk = offered()
    assert talk.wait(59).tick() == ()
    assert talk.wait(1).tick() == (OfferFailed(1, ANNA, None, after(60)),)
    assert talk.state.wants_agent


@pytest.mark.parametrize("sent", [True, False])
def test_an_offer_whose_send_fails_goes_on_at_once(sent: bool) -> None:
    """Also when it failed after Meta had taken it; the code is kept."""
    talk = offered()
    if sent:
        talk.hear(Rank.SENT)
    assert talk.hear(Rank.FAILED, 131026) == (OfferFailed(1, ANNA, 131026, after()),)
    assert talk.propose(BO)[0] == AgentOffered(
        2,
        BO,
        MessageId(1004),
        SendId(1005),
        template=False,
        at=after(),
        why=AgentReason.LISTED,
    )


@pytest.mark.parametrize("rank", Rank)
@pytest.mark.parametrize("answer", [yes(), no()])
def test_outcomes_of_earlier_offers_are_no_news(rank: Rank, answer: Content) -> None:
    """A status of an offer that is over neither fails a message nor touches an open offer."""
    talk = offered()
    assert talk.state.offer is not None
    send = talk.state.offer.send
    talk.says(ANNA, answer)
    talk.propose(BO)
    assert talk.do(HearOutcome(send, MessageId(0), ANNA, rank, None, talk.at)) == ()


def test_nobody_free_queues_once() -> None:
    """The visitor is told once, however often the pool says so."""
    talk = seeking()
    events = talk.do(NobodyFree(talk.at))
    assert events[0] == ConversationQueued(after(minutes=10), after())
    assert texts(events) == [(VISITOR, TextKey.QUEUED)]
    assert talk.wait(5).do(NobodyFree(talk.at)) == ()


def test_an_unanswered_search_queues_by_itself() -> None:
    """A pool that does not answer for 30 s is as good as nobody free."""
    talk = seeking()
    assert talk.wait(29).tick() == ()
    assert texts(talk.wait(1).tick()) == [(VISITOR, TextKey.QUEUED)]


def test_the_queue_ends() -> None:
    """Nobody until its deadline: the visitor is told, and what waited is not relayed."""
    talk = seeking()
    talk.do(NobodyFree(talk.at))
    assert talk.wait(minutes=9, seconds=59).tick() == ()
    events = talk.wait(1).tick()
    assert events[0] == ConversationFailed(FailReason.NO_AGENT, talk.at)
    assert texts(events) == [(VISITOR, TextKey.NO_AGENT)]
    assert talk.state.phase is Phase.FAILED


def test_an_offer_from_the_queue_outlives_it() -> None:
    """The agent who was asked just in time may still accept; a no ends it if nobody is free."""
    for answer, phase in ((yes(), Phase.ACTIVE), (no(), Phase.FAILED)):
        talk = seeking()
        talk.do(NobodyFree(talk.at))
        talk.wait(minutes=9, seconds=59).propose()
        talk.hear(Rank.SENT)
        assert talk.wait(60).tick() == ()
        talk.says(ANNA, answer)
        talk.wait(30).tick()
        assert talk.state.phase is phase


@pytest.mark.parametrize(
    ("who", "text"),
    [
        (ANNA, TextKey.OFFER_EXPIRED),
        (STRANGER, TextKey.OFFER_TAKEN),
        (OTHER_PHONE, TextKey.OFFER_TAKEN),
    ],
)
def test_too_late(who: int, text: TextKey) -> None:
    """An agent whose offer is over is told why, and the open one stays."""
    talk = offered()
    talk.wait(60).tick()
    talk.propose(BO)
    assert texts(talk.says(type(ANNA)(who), yes())) == [(who, text)]
    assert talk.state.offer is not None
