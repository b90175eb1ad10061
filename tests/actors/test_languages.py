"""Everybody is spoken to in their own language, or in the workspace's."""

from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.domain.outgoing import Template
from kaisa_relay.domain.texts import TextKey
from tests import fakes
from tests.actors.house import AGENT, VISITOR, open_house


async def test_who_names_no_language_is_spoken_to_in_the_workspaces(
    autojump_clock: MockClock,
) -> None:
    """A Swedish customer's form without languages gives Swedish texts and a Swedish template."""
    async with open_house() as house:
        house.accounts.add(evolve(fakes.workspace(), language="sv"))
        nobody = evolve(VISITOR, language=None)
        reservation = await house.reserved(evolve(AGENT, language=None), visitor=nobody)
        await house.scan(reservation)
        [offer] = house.sent(AGENT)
        assert isinstance(offer, Template)
        assert offer.language == "sv"
        assert "Hej" in house.texts(VISITOR)[0]


async def test_each_side_has_its_own(autojump_clock: MockClock) -> None:
    """A Spanish visitor and a Swedish agent each read their own language."""
    async with open_house() as house:
        visitor, agent = evolve(VISITOR, language="es"), evolve(AGENT, language="sv-SE")
        reservation = await house.reserved(agent, visitor=visitor)
        await house.scan(reservation)
        await house.tap(AGENT, "Accept")
        assert "¡Hola" in house.texts(VISITOR)[0]
        assert "Nu chattar du" in house.texts(AGENT)[0]


async def test_a_sentence_of_ones_own_is_no_message(autojump_clock: MockClock) -> None:
    """The workspace words the link's text: sent as it is, it says nothing to the agent."""
    async with open_house() as house:
        own = {(TextKey.PREFILLED_LINK.value, "en"): "Bonjour, voici mon code {token}"}
        configured = house.accounts.configured
        configured[fakes.WORKSPACE] = evolve(configured[fakes.WORKSPACE], texts=own)
        reservation = await house.reserved(AGENT)
        assert "Bonjour" in reservation.url
        await house.scan(reservation)
        await house.tap(AGENT, "Accept")
        assert not any("Bonjour" in text for text in house.texts(AGENT))
