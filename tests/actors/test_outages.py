"""Process, database and Graph away for an hour: people wait, nobody is held to a deadline."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from trio.testing import MockClock

from kaisa_relay.domain.content import Unknown
from kaisa_relay.domain.sending import Halted, Uncertain
from kaisa_relay.ports import StoreUnavailable
from tests.actors.house import AGENT, BRUNO, VISITOR, House, Plan, form, open_house

HOUR = timedelta(hours=1)
ALONE = [{"process"}, {"database"}, {"graph"}]
TOGETHER = [{"database", "graph"}, {"process", "database", "graph"}]


@asynccontextmanager
async def after_outage(
    clock: MockClock, house: House, what: set[str], length: timedelta
) -> AsyncIterator[House]:
    """Take these away for so long, and hand on the house that stands then."""
    away_since = house.wall()
    house.store.away = "database" in what
    house.gateway.away = "graph" in what
    if "graph" in what and "database" not in what:
        await house.arrive(house.item(form(300), "somebody finds out that WhatsApp is away"))
    if "process" not in what:
        await house.pass_time(length)
        house.store.away = house.gateway.away = False
        yield house
        return
    house.actors.router.context.exchange.stopping = True
    store = house.store.restart()
    house.store.away = True  # whatever the old process still does is lost
    clock.jump(length.total_seconds())
    house.gateway.away = False
    async with open_house(Plan(store=store, gateway=house.gateway, last_alive=away_since)) as next:
        yield next


@pytest.mark.parametrize("what", [*ALONE, *TOGETHER], ids=lambda what: "+".join(sorted(what)))
async def test_an_offer_holds(autojump_clock: MockClock, what: set[str]) -> None:
    """The agent's two minutes ran out meanwhile: they get two new ones from the end of it."""
    async with open_house() as before:
        reservation = await before.reserved(AGENT, BRUNO)
        await before.scan(reservation)
        await before.pass_time(60)
        async with after_outage(autojump_clock, before, what, HOUR) as house:
            await house.pass_time(100)
            assert house.offered(BRUNO) == 0
            assert house.offered(AGENT) == 1
            await house.pass_time(100)
            assert house.offered(BRUNO) == 1


@pytest.mark.parametrize("what", [*ALONE, *TOGETHER], ids=lambda what: "+".join(sorted(what)))
async def test_a_queue_holds(autojump_clock: MockClock, what: set[str]) -> None:
    """The waiting visitor's ten minutes ran out meanwhile: they have ten new ones."""
    async with open_house() as before:
        await before.talking(AGENT, form(101))
        reservation = await before.reserved(AGENT, BRUNO)
        await before.talking(BRUNO, form(102))
        await before.scan(reservation)
        await before.pass_time(60)
        async with after_outage(autojump_clock, before, what, HOUR) as house:
            await house.pass_time(9 * 60)
            assert await house.phase(reservation.conversation) == "seeking"
            await house.pass_time(3 * 60)
            assert await house.phase(reservation.conversation) == "failed"


@pytest.mark.parametrize("what", ALONE, ids=lambda what: "+".join(sorted(what)))
async def test_a_link_holds(autojump_clock: MockClock, what: set[str]) -> None:
    """A link that lapsed while nobody could scan it lives for its half hour again."""
    async with open_house() as before:
        reservation = await before.reserved(AGENT)
        await before.pass_time(timedelta(minutes=20))
        async with after_outage(autojump_clock, before, what, HOUR) as house:
            await house.pass_time(timedelta(minutes=25))
            assert await house.phase(reservation.conversation) == "reserved"
            await house.pass_time(timedelta(minutes=10))
            assert await house.phase(reservation.conversation) == "abandoned"


@pytest.mark.parametrize("what", [*ALONE, *TOGETHER], ids=lambda what: "+".join(sorted(what)))
async def test_messages_wait_in_order(autojump_clock: MockClock, what: set[str]) -> None:
    """What was on its way when everything stopped, and what came first after it: once, in order."""
    async with open_house() as before:
        await before.talking()
        seen = len(before.texts(AGENT))
        words = [f"before {n}" for n in range(5)]
        await before.arrive(*[before.item(VISITOR, word) for word in words])
        async with after_outage(autojump_clock, before, what, HOUR) as house:
            await house.write(VISITOR, "after")
            await house.pass_time(400)
            assert house.texts(AGENT)[seen:] == [*words, "after"]
            house.check_finished()


async def test_messages_during_a_graph_outage(autojump_clock: MockClock) -> None:
    """People write while WhatsApp takes nothing from us: all of it goes out, in order, once."""
    async with open_house() as house:
        await house.talking()
        seen = len(house.texts(AGENT))
        house.gateway.away = True
        words = [f"word {n}" for n in range(30)]
        for word in words:
            await house.write(VISITOR, word)
            await house.pass_time(120)
        assert house.texts(AGENT)[seen:] == []
        house.gateway.away = False
        await house.pass_time(200)
        assert house.texts(AGENT)[seen:] == words
        assert house.gateway.probes < 100
        house.check_finished()


async def test_nothing_is_stored_while_the_database_is_away(autojump_clock: MockClock) -> None:
    """The webhook gets no 200; what Meta brings again afterwards comes in once."""
    async with open_house() as house:
        await house.talking()
        item = house.item(VISITOR, "hello")
        house.store.away = True
        with pytest.raises(StoreUnavailable):
            await house.arrive(item)
        await house.pass_time(HOUR)
        house.store.away = False
        await house.arrive(item)
        await house.arrive(item)
        await house.pass_time(10)
        assert house.texts(AGENT).count("hello") == 1
        house.check_finished()


@pytest.mark.parametrize("what", ["database", "graph"])
async def test_half_a_minute_is_noise(autojump_clock: MockClock, what: str) -> None:
    """A short outage moves nothing: the offer ends as if nothing had been."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT, BRUNO)
        await house.scan(reservation)
        await house.pass_time(100)
        async with after_outage(autojump_clock, house, {what}, timedelta(seconds=10)):
            await house.pass_time(20)
            assert house.offered(BRUNO) == 1


async def test_deadlines_are_not_decided_while_the_store_is_away(
    autojump_clock: MockClock,
) -> None:
    """The store goes away a moment before the deadline and nobody else notices: it still moves."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT, BRUNO)
        await house.scan(reservation)
        await house.pass_time(119)
        house.store.away = True
        await house.pass_time(HOUR)
        house.store.away = False
        await house.pass_time(60)
        assert house.offered(BRUNO) == 0
        await house.tap(AGENT, "Accept")
        assert await house.phase(reservation.conversation) == "active"


async def test_a_refused_number_is_an_outage_as_long_as_it_lasts(
    autojump_clock: MockClock,
) -> None:
    """The token has expired: the number answers probes, and yet no deadline fires for an hour."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT, BRUNO)
        await house.scan(reservation)
        house.gateway.answer_next(VISITOR.phone, *[Halted(190, "token expired")] * 50)
        await house.write(VISITOR, Unknown("hologram"))  # which is answered with a notice
        await house.pass_time(timedelta(minutes=45))
        assert house.offered(BRUNO) == 0
        assert 40 < house.gateway.probes < 50
        await house.pass_time(timedelta(minutes=8))
        assert "that kind of message" in house.texts(VISITOR)[-1]
        assert house.offered(BRUNO) == 1


async def test_three_unknown_in_a_row_stop_the_channel(autojump_clock: MockClock) -> None:
    """Nobody knows of three: the fourth waits until the number answers, and then goes out."""
    people = [(form(100 + n), form(200 + n)) for n in range(5)]
    async with open_house() as house:
        for visitor, agent in people:
            await house.talking(agent, visitor)
        for _, agent in people[:3]:
            house.gateway.answer_next(agent.phone, Uncertain("timeout"))
        calls = house.gateway.calls
        for visitor, _ in people:
            await house.write(visitor, "hello")
        assert house.gateway.calls == calls + 3
        await house.pass_time(5)
        assert house.gateway.probes == 1
        assert house.gateway.calls == calls + 5
        assert [house.texts(agent)[-1] == "hello" for _, agent in people] == [False] * 3 + [
            True
        ] * 2


async def test_a_stopped_channel_stops_what_is_queued_for_its_workers(
    autojump_clock: MockClock,
) -> None:
    """A hundred sends are ready when WhatsApp goes quiet: no hundred unknown ones come of it."""
    people = [(form(100 + n), form(300 + n)) for n in range(60)]
    async with open_house() as house:
        for visitor, agent in people:
            await house.talking(agent, visitor)
            await house.pass_time(1)
        house.gateway.latency = 1.0
        for _, agent in people:
            house.gateway.answer_next(agent.phone, Uncertain("timeout"))
        calls = house.gateway.calls
        await house.arrive(*[house.item(visitor, "hello") for visitor, _ in people])
        await house.pass_time(1.5)
        assert house.gateway.calls - calls <= 32
