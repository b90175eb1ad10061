"""The buttons after `/close`, through the whole house."""

from trio.testing import MockClock

from kaisa_relay.domain.conversation.events import OutcomeNamed
from kaisa_relay.domain.outgoing import Buttons
from kaisa_relay.ports import FormPerson, Reservation
from tests import fakes
from tests.actors.house import AGENT, VISITOR, House, form, open_house

OTHER = form(150, "Otto Other")


async def outcome(house: House, of: Reservation) -> str | None:
    """What the API says of it."""
    view = await house.store.archive.conversation(fakes.WORKSPACE, of.conversation)
    assert view is not None
    return view.outcome


def titles(house: House, who: FormPerson) -> list[str]:
    """The buttons of the last message that somebody got."""
    last = house.sent(who)[-1]
    return [each.title for each in last.buttons] if isinstance(last, Buttons) else []


async def test_an_outcome_by_a_tap(autojump_clock: MockClock) -> None:
    """It is what the API calls it, in whatever language it was tapped; a second tap corrects it."""
    agent = form(202, "Alva Agent", "sv")
    async with open_house() as house:
        reservation = await house.talking(agent)
        await house.write(agent, "/avsluta")
        assert titles(house, agent) == ["Sålt", "Inte sålt", "Senare"]
        assert house.texts(agent)[-1].endswith("Hur gick det?")
        assert await outcome(house, reservation) is None
        await house.tap(agent, "Sålt")
        assert house.texts(agent)[-1] == "Noterat, tack."
        assert await outcome(house, reservation) == "sold"
        await house.tap(agent, "Senare")
        assert await outcome(house, reservation) == "later"
        assert await house.phase(reservation.conversation) == "closed"
        house.check_finished()


async def test_whoever_says_it_at_once_is_not_asked(autojump_clock: MockClock) -> None:
    async with open_house() as house:
        reservation = await house.talking()
        await house.write(AGENT, "/close sold 12 000 kr")
        assert titles(house, AGENT) == []
        assert await outcome(house, reservation) == "sold"
        house.check_finished()


async def test_a_tap_while_the_agent_talks_to_the_next_visitor(autojump_clock: MockClock) -> None:
    """It is about the conversation before, and the one at hand hears nothing of it."""
    async with open_house() as house:
        first = await house.talking()
        await house.write(AGENT, "/close")
        sold = house.button(AGENT, "Sold")
        second = await house.talking(AGENT, OTHER)
        heard = len(house.sent(OTHER))
        await house.write(AGENT, sold)
        assert (await outcome(house, first), await outcome(house, second)) == ("sold", None)
        assert await house.phase(second.conversation) == "active"
        assert len(house.sent(OTHER)) == heard
        house.check_finished()


async def test_a_tap_of_somebody_else(autojump_clock: MockClock) -> None:
    """Who has the payload from somewhere names nothing, and neither does one of another chat."""
    async with open_house() as house:
        first = await house.talking()
        await house.write(AGENT, "/close")
        sold = house.button(AGENT, "Sold")
        for who in (VISITOR, OTHER):
            await house.write(who, sold)
        named = [
            each for each in house.events(first.conversation) if isinstance(each, OutcomeNamed)
        ]
        assert not named
        house.check_finished()
