"""An agent who is away keeps what they have, until a visitor waits and a colleague accepts."""

from datetime import timedelta

import pytest

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import Reaction, Text
from kaisa_relay.domain.conversation import next_deadline
from kaisa_relay.domain.conversation.events import (
    AgentCameBack,
    AgentWentAway,
    OfferRescinded,
    ReplyOverdue,
)
from kaisa_relay.domain.conversation.messages import (
    AgentBack,
    AgentGone,
    AgentOffered,
    Candidate,
    ConversationTransferred,
    Event,
    Handover,
    Terms,
    Tick,
)
from kaisa_relay.domain.conversation.orders import WriteTo
from kaisa_relay.domain.conversation.terms import AgentReason
from kaisa_relay.domain.ids import ContactId, ConversationId, MessageId
from kaisa_relay.domain.payloads import PassOn
from kaisa_relay.domain.requester import Requester, RequesterKind
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import (
    ANNA,
    BO,
    HERE,
    VISITOR,
    Talk,
    active,
    no,
    relayed,
    tap,
    texts,
    yes,
)

CLEO = ContactId(6)
TERMS = Terms(first_reply_time=timedelta(minutes=5))
THREE = (Candidate(CLEO, "es", priority=1), Candidate(ANNA, "en"), Candidate(BO, "sv"))
ONE = (Candidate(ANNA, "en"),)


def away(agents: tuple[Candidate, ...] = THREE) -> Talk:
    """Anna has answered once, and is away."""
    talk = active(terms=TERMS, agents=agents)
    talk.says(ANNA, "hello!")
    talk.do(AgentGone(ANNA, talk.at))
    return talk


def waiting(agents: tuple[Candidate, ...] = THREE) -> Talk:
    """The visitor has written to her since."""
    talk = away(agents)
    talk.says(VISITOR, "are you there?")
    return talk


def look(talk: Talk, *free: ContactId) -> tuple[Event, ...]:
    """The deadline comes, with these agents free; nothing happens a second before."""
    due = next_deadline(talk.state)
    assert due is not None
    handover = Handover(None, free, free)
    early = due - timedelta(seconds=1)
    assert early < talk.at or talk.do(Tick(early, None, handover)) == ()
    talk.at = max(due, talk.at)
    return talk.do(Tick(talk.at, None, handover))


def asked(events: tuple[Event, ...]) -> list[ContactId]:
    """Return who is asked to take over because the agent is away."""
    offers = (each for each in events if isinstance(each, AgentOffered))
    return [each.agent for each in offers if each.why is AgentReason.AWAY]


def test_away_is_said_once_and_changes_nothing() -> None:
    """The talk goes on both ways; who is not in it is of no concern."""
    talk = active(terms=TERMS)
    assert talk.do(AgentGone(ANNA, talk.at)) == (AgentWentAway(ANNA, talk.at),)
    assert talk.do(AgentGone(ANNA, talk.at)) == ()
    assert talk.do(AgentGone(BO, talk.at)) == ()
    assert relayed(talk.says(VISITOR, "hello?"))[0][1] == ANNA
    assert relayed(talk.says(ANNA, "yes"))[0][1] == VISITOR
    assert talk.do(AgentBack(BO, talk.at)) == ()
    assert talk.do(AgentBack(ANNA, talk.at)) == (AgentCameBack(ANNA, talk.at),)
    assert talk.do(AgentBack(ANNA, talk.at)) == ()


def test_a_colleague_is_asked_after_the_first_reply_time() -> None:
    """Who is free and comes first; Anna keeps it and hears of it, the visitor does not."""
    talk = waiting()
    events = look(talk, CLEO, BO)
    assert events[0] == ReplyOverdue(ANNA, talk.at)
    assert asked(events) == [BO]
    assert texts(events) == [(ANNA, TextKey.AWAY_ASKED)]
    assert talk.state.agent == ANNA
    talk.hear(Rank.SENT)
    events = talk.says(BO, yes(2))
    assert isinstance(events[0], ConversationTransferred)
    assert (VISITOR, TextKey.AGENT_FOUND) in texts(events)
    assert (BO, TextKey.HISTORY) in texts(events)
    assert talk.state.away_since is None
    assert relayed(talk.says(VISITOR, "hello Bo"))[0][1] == BO


def test_the_wait_begins_with_what_was_unanswered() -> None:
    """When she went, or with the first word after it; a reaction is no word."""
    talk = active(terms=TERMS)
    talk.says(ANNA, "hello!")
    talk.says(VISITOR, "how much is it?")
    talk.wait(minutes=1).do(AgentGone(ANNA, talk.at))
    assert next_deadline(talk.state) == talk.at + TERMS.first_reply_time
    talk = away()
    before = next_deadline(talk.state)
    talk.says(VISITOR, Reaction("wamid.1", "x"))
    assert talk.state.waits_since is None
    assert next_deadline(talk.state) == before
    talk.says(VISITOR, "well?")
    first = next_deadline(talk.state)
    talk.wait(minutes=2).says(VISITOR, "hello?")
    assert next_deadline(talk.state) == first


@pytest.mark.parametrize("answers", ["agent", "team", "back"])
def test_an_answer_ends_the_wait(answers: str) -> None:
    """Of hers or the team's; and when she is back, nobody is asked for her."""
    talk = waiting()
    if answers == "agent":
        talk.says(ANNA, "here I am")
    elif answers == "team":
        sam = Requester(RequesterKind.USER, 9)
        talk.do(WriteTo(MessageId(900), Side.VISITOR, Text("soon"), sam, talk.at))
    else:
        talk.do(AgentBack(ANNA, talk.at))
    assert talk.state.waits_since is None
    assert talk.wait(minutes=20).tick() == ()
    talk.says(VISITOR, "thanks")
    assert (talk.state.waits_since is None) == (answers == "back")


def test_a_word_of_hers_takes_the_question_back() -> None:
    """Also while it is open; but not the one that she asked herself."""
    talk = waiting()
    look(talk, BO)
    events = talk.says(ANNA, "sorry, here I am")
    assert isinstance(events[0], OfferRescinded)
    assert texts(talk.says(BO, yes(2))) == [(BO, TextKey.OFFER_TAKEN)]
    free = Handover(None, (BO,), (BO,))
    talk.says(ANNA, tap(PassOn(HERE)), handover=free)
    assert not any(isinstance(e, OfferRescinded) for e in talk.says(ANNA, "Bo will take over"))
    assert talk.state.offer_to(BO) is not None


def test_one_after_the_other_each_once() -> None:
    """A no, silence: the next is asked at once; then it stays, and she hears so."""
    talk = waiting()
    look(talk, BO, CLEO)
    assert texts(talk.says(BO, no(2))) == []
    events = look(talk, BO, CLEO)
    assert asked(events) == [CLEO]
    assert texts(events) == []
    talk.hear(Rank.SENT)
    assert texts(look(talk)) == []
    assert talk.state.offer is None
    assert texts(look(talk, BO, CLEO)) == [(ANNA, TextKey.AWAY_WAITING)]
    assert talk.wait(hours=1).tick() == ()
    assert talk.state.agent == ANNA
    talk.says(ANNA, "here I am")
    talk.says(VISITOR, "and now?")
    assert asked(look(talk, BO, CLEO)) == [CLEO]  # Bo said no to this conversation


def test_nobody_is_free() -> None:
    """She hears it once; it is tried again after as long as the visitor has waited by then."""
    talk = waiting()
    since = talk.state.waits_since
    assert since is not None
    assert texts(look(talk)) == [(ANNA, TextKey.AWAY_WAITING)]
    for minutes in (10, 20, 40):
        assert talk.state.overdue_at is not None
        events = look(talk)
        assert talk.at == since + timedelta(minutes=minutes)
        assert texts(events) == []
    assert asked(look(talk, CLEO)) == [CLEO]


def test_a_form_with_one_agent() -> None:
    """Somebody slow is better than nobody: she hears it once."""
    talk = waiting(ONE)
    assert texts(look(talk)) == [(ANNA, TextKey.AWAY_WAITING)]
    talk.says(VISITOR, "hello?")
    assert talk.wait(hours=3).tick() == ()


def test_the_facts_were_not_read() -> None:
    """Then nobody is free."""
    talk = waiting()
    talk.wait(minutes=5)
    assert isinstance(talk.tick()[0], ReplyOverdue)
    assert talk.state.offer is None


def test_before_her_first_word_she_is_replaced() -> None:
    """Which is the stronger rule; with nobody left for it, the weaker one holds."""
    talk = active(terms=TERMS)
    talk.do(AgentGone(ANNA, talk.at))
    assert texts(talk.wait(minutes=5).tick()) == [(ANNA, TextKey.REPLY_REMINDER)]
    talk.wait(minutes=5).tick()
    assert talk.state.agent is None
    assert talk.state.away_since is None


@pytest.mark.parametrize(("conversation", "text"), [(HERE, TextKey.TRANSFER_ASKED), (8, None)])
def test_the_button_hands_over(conversation: ConversationId, text: TextKey | None) -> None:
    """To whoever is free; an old one of another conversation says where she stands."""
    talk = away()
    free = Handover(None, (BO,), (BO,))
    events = talk.says(ANNA, tap(PassOn(conversation)), handover=free)
    assert texts(events) == [(ANNA, text or TextKey.STATUS_ACTIVE)]
    assert (talk.state.offer_to(BO) is None) == (text is None)
