"""Several agents are asked at once, and exactly one of them gets the conversation."""

from itertools import permutations

import pytest
from attrs import evolve

from kaisa_relay.domain.conversation import next_deadline
from kaisa_relay.domain.conversation.messages import (
    AgentAccepted,
    AgentGone,
    AgentOffered,
    Candidate,
    End,
    EndedBy,
    HearOutcome,
    OfferDeclined,
    OfferExpired,
    OfferFailed,
    OfferRescinded,
    ProposeAgent,
    ProposeAgents,
    Strategy,
)
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import ContactId, MessageId
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import ANNA, BO, VISITOR, Talk, after, no, seeking, texts, yes

CLEO = ContactId(6)
ALL = (ANNA, BO, CLEO)
TAKEN = TextKey.OFFER_TAKEN


def asked(*, window_open: bool = True) -> Talk:
    """All three were asked; no offer is out yet."""
    agents = tuple(Candidate(each, "en") for each in ALL)
    talk = seeking(agents=agents, strategy=Strategy.BROADCAST)
    proposals = tuple(ProposeAgent(each, window_open, talk.at) for each in ALL)
    events = talk.do(ProposeAgents(proposals, talk.at))
    assert [type(event) for event in events] == [AgentOffered] * 3
    return talk


def reached(*, window_open: bool = True) -> Talk:
    """All three offers are out."""
    talk = asked(window_open=window_open)
    for agent in ALL:
        heard(talk, agent)
    return talk


def heard(talk: Talk, agent: ContactId, rank: Rank = Rank.SENT) -> tuple[object, ...]:
    """What becomes of somebody's offer."""
    offer = talk.state.offer_to(agent)
    assert offer is not None
    return talk.do(HearOutcome(offer.send, MessageId(0), agent, rank, None, talk.at))


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_the_first_yes_wins(order: tuple[int, ...]) -> None:
    """In whatever order; the others are told at once, and again when they answer."""
    talk = reached()
    first, *late = (ALL[at] for at in order)
    events = talk.says(first, yes(ALL.index(first) + 1))
    gone = [event.agent for event in events if isinstance(event, OfferRescinded)]
    assert sorted(gone) == sorted(late)
    assert [event.agent for event in events if isinstance(event, AgentAccepted)] == [first]
    assert {(each, TAKEN) for each in late} <= set(texts(events))
    assert (talk.state.agent, talk.state.open_offers) == (first, ())
    for each in late:
        assert texts(talk.says(each, yes(ALL.index(each) + 1))) == [(each, TAKEN)]
    assert talk.state.agent == first


def test_a_closed_window_hears_it_with_the_answer() -> None:
    """A plain text would not arrive where only a template could ask."""
    talk = reached(window_open=False)
    events = talk.says(BO, yes(2))
    assert {contact for contact, _ in texts(events)} == {BO, VISITOR}
    assert texts(talk.says(ANNA, yes(1))) == [(ANNA, TAKEN)]


def test_a_no_leaves_the_others() -> None:
    """The search goes on when the last one has said no."""
    talk = reached()
    for number, agent in enumerate(ALL, 1):
        assert not talk.state.wants_agent
        [event] = talk.says(agent, no(number))
        assert isinstance(event, OfferDeclined)
    assert talk.state.wants_agent
    assert (talk.state.offer, talk.state.rivals) == (None, ())


def test_each_offer_has_its_own_time() -> None:
    """One is out, one comes later, one never: each ends when it is due."""
    talk = asked()
    heard(talk, ANNA)
    talk.wait(30)
    heard(talk, BO)
    assert next_deadline(talk.state) == after(60)
    [failed] = talk.wait(30).tick()
    assert isinstance(failed, OfferFailed)
    assert failed.agent == CLEO
    assert next_deadline(talk.state) == after(120)
    [expired] = talk.wait(60).tick()
    assert isinstance(expired, OfferExpired)
    assert expired.agent == ANNA
    assert texts(talk.says(BO, "yes"))
    assert talk.state.agent == BO


def test_all_end_at_once() -> None:
    """They went out together and nobody answered."""
    talk = reached()
    events = talk.wait(120).tick()
    assert [type(event) for event in events] == [OfferExpired] * 3
    assert talk.state.wants_agent


def test_one_who_goes_away_is_as_good_as_a_no() -> None:
    """The others stay asked; who was not asked changes nothing."""
    talk = reached()
    [event] = talk.do(AgentGone(ANNA, talk.at))
    assert event == OfferDeclined(1, ANNA, talk.at)
    assert talk.do(AgentGone(ANNA, talk.at)) == ()
    assert [offer.agent for offer in talk.state.open_offers] == [BO, CLEO]


def test_an_end_takes_every_offer_back() -> None:
    """Nobody may accept afterwards."""
    talk = reached()
    events = talk.do(End(EndedBy.API, talk.at))
    assert len([event for event in events if isinstance(event, OfferRescinded)]) == 3
    assert talk.state.phase is Phase.CLOSED
    talk.says(BO, yes(2))
    assert talk.state.phase is Phase.CLOSED


def test_a_proposal_that_comes_too_late() -> None:
    """Or names somebody twice, or who may not be asked, is no news."""
    talk = reached()
    again = ProposeAgents((ProposeAgent(ANNA, True, talk.at),), talk.at)
    assert talk.do(again) == ()
    talk = seeking(strategy=Strategy.BROADCAST)
    twice = ProposeAgents(evolve(again, proposals=(again.proposals[0],) * 2).proposals, talk.at)
    assert len(talk.do(twice)) == 1
