"""Business hours: what visitors hear outside them, and who is asked when."""

from datetime import timedelta

from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.domain.conversation.events import ConversationQueued
from kaisa_relay.domain.schedule import Schedule, read_schedule
from tests import fakes
from tests.actors.house import AGENT, BRUNO, VISITOR, House, Plan, form, open_house

HOUR = timedelta(hours=1)


def hours(week: str, *days: str) -> Schedule:
    """Business hours in Stockholm; a house begins on a Sunday at 13:00 there."""
    read = read_schedule("Europe/Stockholm", week, days)
    assert isinstance(read, Schedule)
    return read


def keep_hours(house: House, week: str, *days: str) -> None:
    """Configure business hours."""
    workspace = house.accounts.workspace(fakes.WORKSPACE)
    house.accounts.add(evolve(workspace, hours=hours(week, *days)))


def put_on_call(house: House, *, schedule: Schedule | None = None) -> None:
    """Have Bruno asked at any hour, or at those of his own."""
    contact = house.store.rows.identities[fakes.WORKSPACE, "phone", BRUNO.phone]
    key = (fakes.WORKSPACE, contact)
    known = house.store.rows.agents[key]
    house.store.rows.agents[key] = evolve(known, on_call=True, schedule=schedule)


async def test_a_visitor_waits_for_the_opening(autojump_clock: MockClock) -> None:
    """They are told when that is, once; nobody is asked before, and everybody then."""
    async with open_house() as house:
        keep_hours(house, "mon-fri 09:00-17:00")
        link = await house.reserved(AGENT)
        await house.scan(link)
        assert len(house.texts(VISITOR)) == 1
        assert house.texts(VISITOR)[0].endswith("when we open: Monday 09:00")
        [queued] = [e for e in house.events(link.conversation) if isinstance(e, ConversationQueued)]
        assert queued.opens_at is not None
        assert queued.until - queued.opens_at == timedelta(minutes=10)
        await house.pass_time(20 * HOUR - timedelta(seconds=5))
        assert house.offered(AGENT) == 0
        await house.pass_time(40)
        assert house.offered(AGENT) == 1
        assert len(house.texts(VISITOR)) == 1
        await house.tap(AGENT, "Accept")
        assert await house.phase(link.conversation) == "active"
        house.check_finished()


async def test_the_queue_ends_some_time_after_the_opening(autojump_clock: MockClock) -> None:
    """No wait is without a deadline, also over a weekend."""
    async with open_house() as house:
        keep_hours(house, "mon-fri 09:00-17:00")
        link = await house.reserved(AGENT)
        await house.write(AGENT, "/off")
        await house.scan(link)
        await house.pass_time(20 * HOUR + timedelta(minutes=9))
        assert await house.phase(link.conversation) == "seeking"
        await house.pass_time(timedelta(minutes=2))
        assert await house.phase(link.conversation) == "failed"
        house.check_finished()


async def test_who_is_on_call_is_asked_at_any_hour(autojump_clock: MockClock) -> None:
    """The others are not; within hours everybody is."""
    async with open_house() as house:
        keep_hours(house, "mon-fri 09:00-17:00")
        link = await house.reserved(AGENT, BRUNO)
        put_on_call(house)
        await house.scan(link)
        assert (house.offered(AGENT), house.offered(BRUNO)) == (0, 1)
        await house.tap(BRUNO, "Accept")
        assert await house.phase(link.conversation) == "active"
        keep_hours(house, "sun 09:00-17:00")
        other = await house.reserved(AGENT, BRUNO, visitor=form(101))
        await house.scan(other, form(101))
        assert house.offered(AGENT) == 1


async def test_an_agent_has_hours_of_their_own(autojump_clock: MockClock) -> None:
    """Also one who is on call."""
    async with open_house() as house:
        link = await house.reserved(BRUNO)
        put_on_call(house, schedule=hours("sun 14:00-15:00"))
        await house.scan(link)
        await house.pass_time(timedelta(minutes=9))
        assert house.offered(BRUNO) == 0
        await house.pass_time(HOUR)
        link = await house.reserved(BRUNO, visitor=form(102))
        await house.scan(link, form(102))
        assert house.offered(BRUNO) == 1


async def test_a_holiday_is_closed(autojump_clock: MockClock) -> None:
    """With the date, where the weekday does not say which week."""
    async with open_house() as house:
        days = [f"2026-03-{day:02}" for day in range(2, 10)]
        keep_hours(house, "mon-fri 09:00-17:00", *days)
        link = await house.reserved(form(200, "Anna", "sv"), visitor=form(100, "Vera", "sv"))
        await house.scan(link)
        assert house.texts(VISITOR)[0].endswith("när vi öppnar: tisdag 2026-03-10 09:00")


async def test_who_came_in_time_is_served_after_closing(autojump_clock: MockClock) -> None:
    """The next agent is asked although it has closed meanwhile."""
    async with open_house() as house:
        keep_hours(house, "sun 09:00-13:01")
        link = await house.reserved(AGENT, BRUNO)
        await house.scan(link)
        assert house.offered(AGENT) == 1
        await house.pass_time(121)
        assert house.offered(BRUNO) == 1
        await house.tap(BRUNO, "Accept")
        assert await house.phase(link.conversation) == "active"


async def test_who_waits_for_the_opening_is_in_nobodys_way(autojump_clock: MockClock) -> None:
    """Who came in time gets the agent whom the other has asked for, but may not have yet."""
    async with open_house() as house:
        keep_hours(house, "sun 09:00-13:01")
        link = await house.reserved(AGENT, BRUNO)
        await house.scan(link)
        await house.pass_time(70)
        other = await house.reserved(AGENT, BRUNO, visitor=form(101))
        await house.scan(other, form(101))
        assert (house.offered(AGENT), house.offered(BRUNO)) == (1, 0)
        await house.pass_time(60)
        assert (house.offered(AGENT), house.offered(BRUNO)) == (1, 1)
        await house.tap(BRUNO, "Accept")
        assert await house.phase(link.conversation) == "active"
        assert await house.phase(other.conversation) == "seeking"


async def test_who_is_free_again_goes_to_who_may_have_them(autojump_clock: MockClock) -> None:
    """Who waits for the opening stands first in line, and is passed over."""
    async with open_house() as house:
        keep_hours(house, "sun 09:00-13:01")
        first = await house.talking(AGENT, form(101))
        link = await house.reserved(AGENT, BRUNO)
        await house.scan(link)
        await house.pass_time(70)
        late = await house.reserved(AGENT, form(202), visitor=form(102))
        await house.scan(late, form(102))
        await house.tap(BRUNO, "Decline")
        asked = house.offered(AGENT)
        await house.desk.end(fakes.WORKSPACE, first.conversation)
        await house.pass_time(1)
        assert house.offered(AGENT) == asked + 1
        await house.tap(AGENT, "Accept")
        assert await house.phase(link.conversation) == "active"


async def test_a_transfer_at_night_is_for_who_is_on_call(autojump_clock: MockClock) -> None:
    """Where the visitor came while it was closed; once it is open, for everybody."""
    carla = form(202, "Carla Agent")
    async with open_house() as house:
        keep_hours(house, "mon-fri 09:00-17:00")
        link = await house.reserved(AGENT, BRUNO, carla)
        put_on_call(house)
        await house.scan(link)
        await house.tap(BRUNO, "Accept")
        await house.write(BRUNO, "/transfer anna")
        assert "Anna cannot take a chat here" in house.texts(BRUNO)[-1]
        await house.write(BRUNO, "/transfer")
        assert "Nobody else is free" in house.texts(BRUNO)[-1]
        await house.pass_time(21 * HOUR)
        await house.write(BRUNO, "/transfer anna")
        assert house.offered(AGENT) == 1
        house.check_finished()


async def test_a_transfer_after_closing_of_who_came_in_time(autojump_clock: MockClock) -> None:
    """Goes on as their search would have."""
    async with open_house() as house:
        link = await house.reserved(AGENT, BRUNO)
        await house.scan(link)
        await house.tap(AGENT, "Accept")
        keep_hours(house, "mon-fri 09:00-17:00")
        await house.write(AGENT, "/transfer bruno")
        assert house.offered(BRUNO) == 1


async def test_nobody_stands_in_at_night_but_who_is_on_call(autojump_clock: MockClock) -> None:
    """Anna went off and Vera writes at night: the others are asked when it has opened."""
    carla = form(202, "Carla Agent")
    first_reply = evolve(fakes.PATIENT, first_reply_time=timedelta(minutes=5))
    async with open_house(Plan(terms=first_reply)) as house:
        link = await house.reserved(AGENT, BRUNO, carla)
        await house.scan(link)
        await house.tap(AGENT, "Accept")
        await house.write(AGENT, "hello")
        keep_hours(house, "mon-fri 09:00-17:00")
        await house.write(AGENT, "/off")
        await house.pass_time(12 * HOUR)
        await house.write(VISITOR, "hello?")
        await house.pass_time(HOUR)
        assert (house.offered(BRUNO), house.offered(carla)) == (0, 0)
        put_on_call(house)
        await house.pass_time(2 * HOUR)
        assert (house.offered(BRUNO), house.offered(carla)) == (1, 0)
        await house.tap(BRUNO, "Decline")
        await house.pass_time(10 * HOUR)
        assert house.offered(carla) == 1
