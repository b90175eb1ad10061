"""Life after the end: when a message resumes it, and what that is."""

from collections.abc import Callable

import pytest
from attrs import evolve

from kaisa_relay.domain.agent_pool import askable, choose_agent
from kaisa_relay.domain.content import Content, Reaction
from kaisa_relay.domain.conversation.messages import (
    Abandon,
    Candidate,
    ConversationResumed,
    Strategy,
    Terms,
)
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.payloads import Reopen
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import (
    ANNA,
    BO,
    ELSEWHERE,
    HERE,
    STRANGER,
    VISITOR,
    Talk,
    active,
    relayed,
    reserved,
    seeking,
    tap,
    texts,
    yes,
)

AGENTS = (Candidate(BO, "sv"), Candidate(ANNA, "en", priority=1))


def closed() -> Talk:
    """Anna ended it."""
    talk = active(terms=Terms(), agents=AGENTS)
    talk.says(ANNA, "/close sold")
    return talk


def expired() -> Talk:
    """Silence did."""
    talk = active(terms=Terms(first_reply_time=Terms().expires_after), agents=AGENTS)
    talk.wait(hours=22).tick()
    talk.wait(hours=2).tick()
    return talk


def failed() -> Talk:
    """Nobody could take it."""
    talk = seeking(terms=Terms(), agents=AGENTS)
    talk.wait(30).tick()
    talk.wait(minutes=10).tick()
    return talk


def abandoned() -> Talk:
    """Nobody came."""
    talk = reserved(terms=Terms(), agents=AGENTS)
    talk.wait(minutes=30).tick()
    return talk


@pytest.mark.parametrize("ended", [closed, expired, failed, abandoned])
def test_a_visitor_who_writes_soon_is_back(ended: Callable[[], Talk]) -> None:
    """It is looked for an agent, who gets the message."""
    talk = ended()
    events = talk.wait(minutes=59).says(VISITOR, "one more thing")
    assert isinstance(events[0], ConversationResumed)
    assert texts(events) == [(VISITOR, TextKey.RESUMED)]
    state = talk.state
    assert state.phase is Phase.SEEKING
    assert (state.ended_at, state.reason, state.outcome) == (None, None, None)
    talk.propose(ANNA)
    told = talk.says(ANNA, yes(talk.state.offers))
    assert relayed(told)[-1][1] == ANNA
    talk.says(ANNA, "/close")
    assert isinstance(talk.says(VISITOR, "and another")[0], ConversationResumed)


@pytest.mark.parametrize("ended", [closed, expired, failed, abandoned])
def test_an_hour_later_it_is_over(ended: Callable[[], Talk]) -> None:
    """To the second."""
    talk = ended()
    events = talk.wait(hours=1).says(VISITOR, "one more thing")
    assert texts(events) == [(VISITOR, TextKey.OUT_OF_SESSION_VISITOR)]
    assert not talk.state.phase.live


@pytest.mark.parametrize("said", [Reaction("wamid", "👍"), tap(Reopen(HERE))])
def test_what_says_nothing_resumes_nothing(said: Content) -> None:
    """A thumb on the closing text is no new question."""
    talk = closed()
    talk.says(VISITOR, said)
    assert talk.state.phase is Phase.CLOSED


def test_nobody_else_resumes_it() -> None:
    """Neither its agent nor a stranger."""
    talk = closed()
    for who in (ANNA, STRANGER):
        talk.says(who, "hello?")
        assert talk.state.phase is Phase.CLOSED


def test_a_reservation_that_was_not_needed_stays_so() -> None:
    """The visitor has come by another link."""
    talk = reserved(terms=Terms())
    talk.do(Abandon(ELSEWHERE, talk.at))
    talk.says(VISITOR, "hello")
    assert talk.state.phase is Phase.ABANDONED


def test_the_same_agent_comes_first_whatever_the_order() -> None:
    """Then the strategy; a no counts once."""
    talk = closed()
    talk.says(VISITOR, "one more thing")
    free = askable(talk.state, talk.at)
    for strategy in (Strategy.LISTED, Strategy.LEAST_BUSY, Strategy.LONGEST_IDLE):
        chosen = choose_agent(strategy, free, {})
        assert chosen is not None
        assert chosen.contact == ANNA
    assert choose_agent(Strategy.LISTED, [free[0]], {}) == AGENTS[0]
    talk.propose(ANNA)
    talk.says(ANNA, "no")
    assert askable(talk.state, talk.at) == (AGENTS[0],)


def test_what_waited_at_the_end_follows() -> None:
    """The visitor's window had closed on the agent's last words."""
    talk = active(terms=evolve(Terms(), expires_after=Terms().expires_after * 9), agents=AGENTS)
    talk.wait(hours=25)
    assert not relayed(talk.says(ANNA, "still interested?"))
    talk.says(ANNA, "/close")
    events = talk.says(VISITOR, "yes!")
    assert [contact for _, contact in relayed(events)] == [VISITOR]


def test_the_link_alone_brings_what_waited_at_the_end() -> None:
    """Its text says nothing that an agent needs to read."""
    talk = active(terms=evolve(Terms(), expires_after=Terms().expires_after * 9), agents=AGENTS)
    talk.wait(hours=25)
    talk.says(ANNA, "still interested?")
    talk.says(ANNA, "/close")
    events = talk.says(VISITOR, "Hi! (ref k7dm3p9qw2)", untouched=True)
    assert [contact for _, contact in relayed(events)] == [VISITOR]
    assert talk.state.waiting == ()
