"""The windows of two phones over days: what leaves, what waits, and what survives a restart."""

from datetime import timedelta

import pytest
from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.domain.content import ButtonTap, Choice
from kaisa_relay.domain.outgoing import Buttons, Template
from tests import fakes
from tests.actors.house import AGENT, VISITOR, House, Plan, open_house

DAYS = Plan(terms=evolve(fakes.PATIENT, expires_after=timedelta(days=9)))


def template(house: House) -> Template:
    """Return the template that the agent's phone got last."""
    last = house.sent(AGENT)[-1]
    assert isinstance(last, Template)
    return last


async def keep_writing(house: House) -> None:
    """The visitor writes for two days; the agent does not."""
    for number in range(5):
        await house.pass_time(timedelta(hours=7))
        await house.write(VISITOR, f"message {number}")


async def test_what_waits_for_the_agent_follows_the_tap(autojump_clock: MockClock) -> None:
    async with open_house(DAYS) as house:
        await house.talking()
        await keep_writing(house)
        assert "Vera has written" in house.texts(AGENT)[-1]
        asked = template(house)
        assert (asked.name, len(asked.payloads)) == ("kaisa_reopen_agent", 1)
        assert "kept" in house.texts(VISITOR)[-1]
        await house.write(AGENT, ButtonTap(asked.payloads[0], "Read it"))
        assert house.texts(AGENT)[-2:] == ["message 3", "message 4"]
        house.check_finished()


async def test_a_nudge_has_a_button_that_keeps_the_window_open(autojump_clock: MockClock) -> None:
    async with open_house(DAYS) as house:
        await house.talking()
        await house.pass_time(timedelta(hours=1))
        await house.write(VISITOR, "are you there?")
        await house.pass_time(timedelta(hours=22))
        nudges = [each for each in house.sent(AGENT) if isinstance(each, Buttons)]
        [button] = nudges[-1].buttons
        before = len(house.sent(VISITOR))
        await house.write(AGENT, Choice(button.payload, button.title))
        await house.pass_time(timedelta(hours=10))
        await house.write(VISITOR, "hello?")
        assert house.texts(AGENT)[-1] == "hello?"
        assert len(house.sent(VISITOR)) == before
        house.check_finished()


async def test_what_waits_survives_a_restart(autojump_clock: MockClock) -> None:
    async with open_house(DAYS) as house:
        await house.talking()
        await keep_writing(house)
        store, gateway, tapped = house.store, house.gateway, template(house).payloads[0]
    plan = Plan(store=store, gateway=gateway, terms=DAYS.terms)
    async with open_house(plan) as house:
        await house.write(VISITOR, "message 5")
        await house.write(AGENT, ButtonTap(tapped, "Read it"))
        assert house.texts(AGENT)[-3:] == [f"message {number}" for number in (3, 4, 5)]
        house.check_finished()


@pytest.mark.parametrize("said", ["/who", "/status", "/on", "/help"])
async def test_a_command_has_what_waited_follow(autojump_clock: MockClock, said: str) -> None:
    """Also one that the router has obeyed: WhatsApp counts each as a message of theirs."""
    async with open_house() as house:
        await house.talking(expires_after=timedelta(days=5))
        await house.pass_time(timedelta(hours=25))
        await house.write(VISITOR, "are you there?")
        assert "are you there?" not in house.texts(AGENT)
        await house.write(AGENT, said)
        assert "are you there?" in house.texts(AGENT)
        house.check_finished()
