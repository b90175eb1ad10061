"""Which agent is asked next: priority first, then the workspace's strategy."""

import pytest

from kaisa_relay.domain.agent_pool import (
    Standing,
    askable,
    choose_agent,
    choose_agents,
    has_room,
    held_on,
)
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.messages import Candidate, MatchedBy, Strategy
from kaisa_relay.domain.ids import ContactId
from kaisa_relay.domain.presence import Agent
from kaisa_relay.domain.routing import Pair
from tests.domain.builders import (
    ANNA,
    BO,
    CHANNEL,
    HERE,
    STRANGER,
    after,
    no,
    offered,
    reserved,
    seeking,
)

CLEO = STRANGER
ALL = [Candidate(ANNA, "en"), Candidate(BO, "sv"), Candidate(CLEO, "es")]
LISTED, IDLE, BUSY = Strategy.LISTED, Strategy.LONGEST_IDLE, Strategy.LEAST_BUSY


@pytest.mark.parametrize(
    ("strategy", "standings", "chosen"),
    [
        (LISTED, {}, ANNA),
        (LISTED, {ANNA: Standing(9)}, ANNA),
        (IDLE, {}, ANNA),
        (IDLE, {ANNA: Standing(0, after(9)), BO: Standing(0, after(5)), CLEO: Standing(1)}, BO),
        (IDLE, {ANNA: Standing(0, after(9)), BO: Standing(0, after(5))}, CLEO),
        (IDLE, {ANNA: Standing(2), BO: Standing(1), CLEO: Standing(0, after(99))}, CLEO),
        (IDLE, {ANNA: Standing(3), BO: Standing(1), CLEO: Standing(2)}, ANNA),
        (BUSY, {}, ANNA),
        (BUSY, {ANNA: Standing(3), BO: Standing(1), CLEO: Standing(2)}, BO),
        (BUSY, {ANNA: Standing(0, after(9)), BO: Standing(0, after(5)), CLEO: Standing(1)}, BO),
        (BUSY, {ANNA: Standing(1), BO: Standing(1, after(5))}, CLEO),
    ],
)
def test_strategies(
    strategy: Strategy, standings: dict[ContactId, Standing], chosen: ContactId
) -> None:
    """Among equals the order of the form decides; an agent never seen is the idlest."""
    candidate = choose_agent(strategy, ALL, standings)
    assert candidate is not None
    assert candidate.contact == chosen


@pytest.mark.parametrize("strategy", Strategy)
def test_priority_comes_first(strategy: Strategy) -> None:
    """The lower number, however busy its agent is elsewhere."""
    agents = [Candidate(ANNA, "en", 2), Candidate(BO, "sv", 1), Candidate(CLEO, "es", 1)]
    standings = {BO: Standing(5), CLEO: Standing(9)}
    assert choose_agent(strategy, agents, standings) == agents[1]


def test_sticky_is_whoever_spoke_to_them_last() -> None:
    """Before any priority, if they are free; else as listed."""
    agents = [Candidate(ANNA, "en"), Candidate(BO, "sv", 5), Candidate(CLEO, "es")]
    assert choose_agent(Strategy.STICKY, agents, {}, BO) == agents[1]
    assert choose_agent(Strategy.STICKY, agents[:1], {}, BO) == agents[0]
    assert choose_agent(Strategy.STICKY, agents, {}, None) == agents[0]
    assert choose_agent(Strategy.LISTED, agents, {}, BO) == agents[0]


def test_a_broadcast_asks_the_first_so_many() -> None:
    """By priority, then in the order of the form; fewer where there are no more."""
    agents = [Candidate(ANNA, "en", 2), Candidate(BO, "sv", 1), Candidate(CLEO, "es", 1)]
    assert choose_agents(2, agents, {}) == (agents[1], agents[2])
    assert choose_agents(9, agents, {}) == (agents[1], agents[2], agents[0])
    assert choose_agents(3, [], {}) == ()


def test_who_has_room() -> None:
    """The capacity counts all channels; without one each channel takes one."""
    assert has_room(Agent(ANNA), 9)
    assert has_room(Agent(ANNA, capacity=2), 1)
    assert not has_room(Agent(ANNA, capacity=2), 2)


@pytest.mark.parametrize("strategy", Strategy)
def test_nobody_is_chosen_from_nobody(strategy: Strategy) -> None:
    """There may be no one left."""
    assert choose_agent(strategy, [], {}) is None


def test_everybody_on_the_form_may_be_asked_at_first() -> None:
    """In its order."""
    talk = seeking()
    assert [each.contact for each in askable(talk.state, talk.at)] == [ANNA, BO]


def test_who_said_no_or_missed_is_passed_over() -> None:
    """Until, after a miss only, the queue."""
    declined = offered()
    declined.says(ANNA, no())
    missed = offered()
    missed.wait(60).tick()
    for talk in (declined, missed):
        assert [each.contact for each in askable(talk.state, talk.at)] == [BO]


def test_the_visitor_is_never_asked() -> None:
    """An agent who tried the link on their own phone is this conversation's visitor."""
    talk = reserved()
    talk.says(BO, "testing", mismatched=True, matched_by=MatchedBy.TOKEN)
    assert [each.contact for each in askable(talk.state, talk.at)] == [ANNA]


def test_where_an_agent_is_held() -> None:
    """By a conversation that they are the agent of, whether they took it or are asked to."""
    held = Pair(CHANNEL, ANNA, HERE, Side.AGENT)
    others = (
        Pair(CHANNEL, BO, HERE, Side.AGENT),
        Pair(CHANNEL, ANNA, HERE, Side.VISITOR),
        Pair(CHANNEL, ANNA, None, Side.AGENT, HERE),
    )
    assert held_on((held, *others), ANNA) == {CHANNEL}
    assert held_on(others, ANNA) == frozenset()
