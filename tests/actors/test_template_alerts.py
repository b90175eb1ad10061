"""A template that WhatsApp refuses: said with what to do, counted, and never a message lost."""

from typing import Any

import pytest
from structlog.testing import capture_logs
from trio.testing import MockClock

from kaisa_relay.domain.sending import Rank, Rejected
from kaisa_relay.domain.template_refusals import TEMPLATE_ADVICE
from tests.actors.house import AGENT, BRUNO, VISITOR, open_house


def alerts(logged: list[Any]) -> list[Any]:
    return [each for each in logged if each["event"] == "template refused"]


@pytest.mark.parametrize("code", sorted(TEMPLATE_ADVICE))
async def test_the_offer_falls_to_the_next_agent(autojump_clock: MockClock, code: int) -> None:
    """The visitor's words reach whoever accepts; the alert names the template, and no person."""
    async with open_house() as house:
        house.gateway.answer_next(AGENT.phone, Rejected(code, "not told to anybody"))
        with capture_logs() as logged:
            reservation = await house.reserved(AGENT, BRUNO)
            await house.scan(reservation)
            await house.write(VISITOR, "is it red?")
        await house.tap(BRUNO, "Accept")
        assert house.texts(BRUNO)[-1] == "is it red?"
        (alert,) = alerts(logged)
        assert (alert["log_level"], alert["template"], alert["code"]) == (
            "error",
            "kaisa_offer",
            code,
        )
        assert alert["advice"] == TEMPLATE_ADVICE[code]
        assert AGENT.phone.lstrip("+") not in repr(logged)
        house.check_finished()


async def test_it_is_said_once_an_hour(autojump_clock: MockClock) -> None:
    """However many sends show it."""
    async with open_house() as house:
        refused = [Rejected(132001, "")] * 20
        house.gateway.answer_next(AGENT.phone, *refused)
        house.gateway.answer_next(BRUNO.phone, *refused)
        with capture_logs() as logged:
            await house.scan(await house.reserved(AGENT, BRUNO))
            assert len(alerts(logged)) == 1
            await house.pass_time(3700)
            await house.write(VISITOR, "still there")
            await house.scan(await house.reserved(AGENT, BRUNO))
        assert len(alerts(logged)) == 2


async def test_it_comes_with_a_status(autojump_clock: MockClock) -> None:
    """Accepted first and refused later: the same; what is about the agent is no alert."""
    async with open_house() as house:
        with capture_logs() as logged:
            await house.scan(await house.reserved(AGENT, BRUNO))
            await house.status(Rank.FAILED, -1, 132015)
            await house.status(Rank.FAILED, -1, 131026)
        assert [each["code"] for each in alerts(logged)] == [132015]
        assert house.offered(BRUNO) == 1
