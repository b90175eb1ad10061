"""Deadlines of one channel never wait for another's."""

from datetime import timedelta

import pytest
from trio.testing import MockClock

from kaisa_relay.actors.workspace import alarm
from kaisa_relay.domain.ids import ChannelId
from tests.actors.house import Plan, form, open_house


async def test_held_deadlines_starve_nobody(
    autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More deadlines than a page are held by a channel that is out: the other's still fire."""
    monkeypatch.setattr(alarm, "PAGE", 5)
    async with open_house(Plan(channels=2)) as house:
        link = timedelta(minutes=10)
        for n in range(12):
            await house.reserved(visitor=form(300 + n), link_expires_after=link)
        links = [
            await house.reserved(visitor=form(400 + n), link_expires_after=link + link)
            for n in range(2)
        ]
        assert {reservation.channel for reservation in links} == {1, 2}
        house.context.outages.began(ChannelId(1), house.wall())
        await house.pass_time(timedelta(minutes=25))
        phases = {int(each.channel): await house.phase(each.conversation) for each in links}
        assert phases == {1: "reserved", 2: "abandoned"}


@pytest.mark.parametrize("seconds", [1, 20])
async def test_a_short_deadline_is_met(autojump_clock: MockClock, seconds: int) -> None:
    """A link that is over before the table would be looked at again."""
    async with open_house() as house:
        await house.pass_time(timedelta(seconds=33))
        made = await house.reserved(link_expires_after=timedelta(seconds=seconds))
        await house.pass_time(seconds - 0.5)
        assert await house.phase(made.conversation) == "reserved"
        await house.pass_time(1)
        assert await house.phase(made.conversation) == "abandoned"
