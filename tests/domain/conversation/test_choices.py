"""Why this channel and why these agents, told by the events of played conversations."""

from kaisa_relay.domain.conversation.choices import OfferEnd, choices
from kaisa_relay.domain.conversation.messages import (
    AgentNudged,
    Candidate,
    End,
    EndedBy,
    Event,
    ProposeAgent,
    ProposeAgents,
    Strategy,
)
from kaisa_relay.domain.conversation.orders import HandOver, Handover
from kaisa_relay.domain.conversation.terms import AgentReason, ChannelReason, Terms
from kaisa_relay.domain.ids import ContactId, MessageId
from kaisa_relay.domain.requester import Requester, RequesterKind
from kaisa_relay.domain.sending import Rank
from tests.domain.builders import (
    ANNA,
    BO,
    CHANNEL,
    PATIENT,
    VISITOR,
    Talk,
    no,
    reservation,
    seeking,
    yes,
)

SAM = Requester(RequesterKind.USER, 9)
CLEO = ContactId(6)


def told(talk: Talk) -> list[tuple[int, ContactId, str | None, OfferEnd]]:
    """Return each offer with its reason and its end."""
    found = choices([reservation(), *talk.history])
    assert found is not None
    return [(each.number, each.agent, each.why, each.end) for each in found.offers]


def test_the_channel_is_as_its_creation_says() -> None:
    """And nothing can be told without one."""
    found = choices([reservation(why=ChannelReason.LOAD, among=3)])
    assert found is not None
    assert (found.strategy, found.channel, found.among) == (Strategy.LISTED, "load", 3)
    assert choices([]) is None
    assert choices([AgentNudged(reservation().at)]) is None
    assert reservation().channel == CHANNEL


def test_every_end_of_an_offer() -> None:
    """Declined, failed, missed, then accepted and handed over."""
    talk = seeking(agents=tuple(Candidate(each, "en") for each in (ANNA, BO, CLEO)))
    talk.do(ProposeAgent(ANNA, True, talk.at, among=3))
    talk.says(ANNA, no(1))
    talk.propose(BO)
    talk.hear(Rank.FAILED, 131026)
    talk.propose(CLEO)
    talk.hear(Rank.SENT)
    talk.wait(seconds=PATIENT.offer_time.total_seconds()).tick()
    talk.wait(30).tick()
    talk.propose(CLEO)
    talk.hear(Rank.SENT)
    talk.says(CLEO, yes(4))
    facts = Handover(None, (BO,), (), False)
    talk.do(HandOver(facts, MessageId(900), None, SAM, talk.at))
    talk.do(End(EndedBy.API, talk.at))
    assert told(talk) == [
        (1, ANNA, "listed", OfferEnd.DECLINED),
        (2, BO, "listed", OfferEnd.FAILED),
        (3, CLEO, "listed", OfferEnd.EXPIRED),
        (4, CLEO, "listed", OfferEnd.ACCEPTED),
        (5, BO, "next", OfferEnd.RESCINDED),
    ]
    found = choices([reservation(), *talk.history])
    assert found is not None
    first, second, *_, last = found.offers
    assert (first.among, second.code, second.ended_at) == (3, 131026, second.at)
    assert (last.transfer, last.by, last.among) == (True, SAM, 1)


def test_reasons_by_strategy() -> None:
    """Of `sticky` only who was known counts as such; a broadcast is one for all."""
    for strategy, known, why in (
        (Strategy.STICKY, True, AgentReason.STICKY),
        (Strategy.STICKY, False, AgentReason.LISTED),
        (Strategy.LEAST_BUSY, False, AgentReason.LEAST_BUSY),
        (Strategy.LONGEST_IDLE, False, AgentReason.LONGEST_IDLE),
    ):
        talk = seeking(strategy=strategy)
        talk.do(ProposeAgent(ANNA, True, talk.at, known=known))
        assert told(talk) == [(1, ANNA, why, OfferEnd.OPEN)]
    talk = seeking(strategy=Strategy.BROADCAST)
    both = tuple(ProposeAgent(each, True, talk.at) for each in (ANNA, BO))
    talk.do(ProposeAgents(both, talk.at))
    talk.says(BO, yes(2))
    assert told(talk) == [
        (1, ANNA, "broadcast", OfferEnd.RESCINDED),
        (2, BO, "broadcast", OfferEnd.ACCEPTED),
    ]


def test_who_had_it_before_comes_first_and_who_is_named_is_named() -> None:
    """When it goes on after its end, and in a transfer to somebody."""
    talk = seeking(terms=Terms())
    talk.propose(ANNA)
    talk.hear(Rank.SENT)
    talk.says(ANNA, yes(1))
    named: tuple[Event, ...] = talk.says(
        ANNA, "/transfer bo", handover=Handover((BO,), (BO,), (), False)
    )
    assert named
    talk.says(BO, no(2))
    talk.do(End(EndedBy.API, talk.at))
    talk.says(VISITOR, "one more thing")
    talk.propose(ANNA)
    assert told(talk)[1:] == [
        (2, BO, "named", OfferEnd.DECLINED),
        (3, ANNA, "former", OfferEnd.OPEN),
    ]
