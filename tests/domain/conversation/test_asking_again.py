"""Who may be asked again: who missed an offer, and whom an offer did not reach."""

from kaisa_relay.domain.agent_pool import askable
from kaisa_relay.domain.conversation.messages import NobodyFree
from kaisa_relay.domain.sending import Rank
from tests.domain.builders import ANNA, BO, Talk, no, offered


def test_who_missed_is_asked_once_more_from_the_queue() -> None:
    """One miss is a second chance when everybody is busy, two are not; a no is a no."""
    talk = offered()
    talk.hear(Rank.SENT)
    talk.wait(120).tick()
    assert contacts(talk) == [BO]
    talk.do(NobodyFree(talk.at))
    assert contacts(talk) == [ANNA, BO]
    talk.propose(ANNA)
    talk.hear(Rank.SENT)
    talk.wait(120).tick()
    assert contacts(talk) == [BO]
    talk.propose(BO)
    talk.says(BO, no(3))
    assert contacts(talk) == []


PAUSED, NOT_ON_WHATSAPP = 132015, 131026
"""Codes of Meta's for a template that is paused, and for somebody whom nothing reaches."""


def test_whom_an_offer_did_not_reach_is_asked_from_the_queue_again_and_again() -> None:
    """A paused template is nobody's miss: once it is back, the agent is asked."""
    talk = offered()
    talk.hear(Rank.FAILED, PAUSED)
    assert contacts(talk) == [BO]
    assert talk.wait(60).propose(ANNA) == ()
    talk.do(NobodyFree(talk.at))
    for _ in range(3):
        assert contacts(talk) == [ANNA, BO]
        talk.propose(ANNA)
        talk.hear(Rank.FAILED, PAUSED)
        assert contacts(talk.wait(59)) == [BO]
        talk.wait(1)
    assert talk.state.missed == ()
    assert [who for who, _ in talk.state.unreached] == [ANNA]


def test_whom_nothing_reaches_is_asked_twice() -> None:
    """The second time from the queue, as who missed one."""
    talk = offered()
    talk.hear(Rank.FAILED, NOT_ON_WHATSAPP)
    assert contacts(talk) == [BO]
    talk.do(NobodyFree(talk.at))
    assert contacts(talk) == [BO]
    assert contacts(talk.wait(60)) == [ANNA, BO]
    talk.propose(ANNA)
    talk.hear(Rank.FAILED, NOT_ON_WHATSAPP)
    assert contacts(talk.wait(60)) == [BO]


def contacts(talk: Talk) -> list[int]:
    """Who may be asked now."""
    return [each.contact for each in askable(talk.state, talk.at)]
