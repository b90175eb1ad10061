"""Buttons outlive what they were for, and phones can send any of them at any time."""

from trio.testing import MockClock

from tests.actors.house import AGENT, BRUNO, form, open_house


async def test_another_conversations_button_from_one_we_remember(
    autojump_clock: MockClock,
) -> None:
    """Whose conversation it is does not know them; its answer reaches them all the same."""
    async with open_house() as house:
        zoe = form(101, "Zoe")
        await house.talking(BRUNO, zoe)
        await house.write(zoe, "hello")
        await house.write(zoe, "are you there?")
        await house.write(BRUNO, "/close")
        await house.talking()
        button = house.button(AGENT, "Accept")
        seen = len(house.sent(zoe))
        await house.write(zoe, button)
        assert len(house.sent(zoe)) == seen + 1
        assert "no longer available" in house.texts(zoe)[-1]
        house.check_finished()
