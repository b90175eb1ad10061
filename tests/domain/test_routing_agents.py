"""Commands that concern an agent reach neither a conversation nor a visitor."""

from datetime import timedelta

import pytest
from attrs import evolve

from kaisa_relay.domain.chat_commands import Off, On, Pause, PresenceCommand, Status
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.ids import ContactId
from kaisa_relay.domain.routing import Answer, Facts, OfAgent, Pair, Route, ToConversation, route
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import ANNA, BO, CHANNEL, ELSEWHERE, HERE, after

FORMER = Pair(CHANNEL, ANNA, None, Side.AGENT, ELSEWHERE)
TALKING = Pair(CHANNEL, ANNA, HERE, Side.AGENT)
VISITING = Pair(CHANNEL, ANNA, HERE, Side.VISITOR)


def routed(said: str, *pairs: Pair, known: bool = False, also: tuple[ContactId, ...] = ()) -> Route:
    """Where what Anna says goes; `known` says that a form named her as an agent."""
    agents = frozenset({ANNA}) if known else frozenset[ContactId]()
    return route(Facts(CHANNEL, (ANNA, *also), pairs, None, None, after(), said, agents))


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("/status", Status()),
        ("  /On.", On()),
        ("/off", Off()),
        ("/Pausa 2h", Pause(timedelta(hours=2))),
    ],
)
def test_whoever_is_or_was_an_agent_may_say_so(said: str, command: PresenceCommand) -> None:
    """In a conversation or not, asked before or not."""
    answer = OfAgent(command, ANNA)
    assert routed(said, TALKING) == routed(said, FORMER) == routed(said, known=True) == answer


def test_a_visitor_knows_no_commands() -> None:
    """Also one who is an agent elsewhere: what they write here goes to the other side."""
    assert routed("/off", VISITING, known=True) == ToConversation(HERE, ANNA)
    assert routed("/off") == Answer(TextKey.OUT_OF_SESSION_VISITOR, ANNA)


def test_other_commands_stay_with_the_conversation() -> None:
    """As do texts, and slashes that are doubled."""
    for said in ("/close", "/who", "/help", "/nothing", "off", "//off"):
        assert routed(said, TALKING, known=True) == ToConversation(HERE, ANNA)


def test_nobody_is_guessed_at() -> None:
    """Two people with one number: neither is sent away."""
    assert not isinstance(routed("/off", known=True, also=(BO,)), OfAgent)


def test_how_another_one_went_is_no_word_for_the_one_at_hand() -> None:
    """The agent taps a button of the conversation before, and is in the next one by now."""
    before = ToConversation(ELSEWHERE, ANNA)
    for pair in (TALKING, FORMER):
        facts = Facts(CHANNEL, (ANNA,), (pair,), None, ELSEWHERE, after())
        assert route(evolve(facts, outcome=before)) == before
