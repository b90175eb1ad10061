"""Whoever is in no conversation is answered, but two machines do not answer each other for ever."""

from structlog.testing import capture_logs
from trio.testing import MockClock

from kaisa_relay.domain.courtesy import MOST, PERIOD
from kaisa_relay.domain.ids import CONTACT, to_text
from kaisa_relay.domain.tracking import MessageUnmatched
from tests import fakes
from tests.actors.house import AGENT, form, open_house, unnumbered

MACHINE = unnumbered("Machine", "US.machine")


async def test_a_machine_that_answers_our_answer(autojump_clock: MockClock) -> None:
    """It hears us a few times an hour; what it writes is kept, and said once in the log."""
    async with open_house() as house:
        with capture_logs() as logged:
            for _ in range(MOST + 3):
                await house.write(MACHINE, "We are closed.")
        assert len(house.texts("US.machine")) == MOST
        events = [each.event for each in house.store.events(fakes.WORKSPACE)]
        unmatched = [each for each in events if isinstance(each, MessageUnmatched)]
        assert [each.answer is None for each in unmatched] == [False] * MOST + [True] * 3
        kept = house.store.rows.contents
        assert all((fakes.WORKSPACE, each.message) in kept for each in unmatched)
        (line,) = [each for each in logged if each["event"] == "no longer answered"]
        assert line["contact"] == to_text(CONTACT, unmatched[0].contact)
        house.check_finished()
        await house.pass_time(PERIOD)
        await house.write(MACHINE, "We are open.")
        assert len(house.texts("US.machine")) == MOST + 1


async def test_one_who_writes_too_much_silences_nobody_else(autojump_clock: MockClock) -> None:
    async with open_house() as house:
        for _ in range(MOST + 1):
            await house.write(MACHINE, "We are closed.")
        zoe = form(101, "Zoe")
        await house.write(zoe, "hello")
        assert len(house.texts(zoe)) == 1
        await house.talking(visitor=zoe)


async def test_an_agents_commands_are_always_answered(autojump_clock: MockClock) -> None:
    async with open_house() as house:
        await house.talking()
        await house.write(AGENT, "/close")
        for _ in range(MOST + 1):
            await house.write(AGENT, "hello?")
        seen = len(house.texts(AGENT))
        for _ in range(MOST + 1):
            await house.write(AGENT, "/status")
        assert len(house.texts(AGENT)) == seen + MOST + 1
