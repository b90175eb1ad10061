"""The team pauses agents and has them back, through the whole house; what a channel carried."""

from datetime import timedelta

from trio.testing import MockClock

from kaisa_relay.actors.channel.traffic import Counted
from kaisa_relay.domain.agent_events import AgentAvailable, AgentPaused, PresenceCause
from kaisa_relay.domain.ids import ChannelId, ContactId
from kaisa_relay.domain.presence import TeamPauses, TeamResumes, TeamWish
from kaisa_relay.domain.requester import Requester, RequesterKind
from kaisa_relay.ports import NotFound
from tests import fakes
from tests.actors.house import AGENT, BRUNO, House, open_house

SAM = Requester(RequesterKind.USER, 7)


def contact_of(house: House, name: str) -> ContactId:
    """Return who has this name."""
    people = house.store.rows.people
    [found] = [contact for (_, contact), who in people.items() if who.name == name]
    return found


async def wish(house: House, agent: ContactId, wanted: TeamWish) -> NotFound | None:
    """Have it so."""
    answer = await house.desk.wish(fakes.WORKSPACE, agent, wanted)
    await house.quiet()
    return answer


async def test_a_paused_agent_is_asked_again_when_it_is_over(autojump_clock: MockClock) -> None:
    """Their open offer goes to the next at once; they hear who paused them, and events say it."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT, BRUNO)
        anna = contact_of(house, AGENT.name)
        await house.write(AGENT, "/status")
        await house.scan(reservation)
        assert (house.offered(AGENT), house.offered(BRUNO)) == (1, 0)
        assert await wish(house, anna, TeamPauses(timedelta(hours=2), SAM)) is None
        assert "Your team has paused you: no new chats for 2h" in house.texts(AGENT)[-1]
        assert house.offered(BRUNO) == 1
        assert await wish(house, anna, TeamPauses(timedelta(hours=1), SAM)) is None
        key = (fakes.WORKSPACE, f"agent/{anna}")
        happened = [recorded.event for recorded in house.store.rows.streams[key]]
        assert [type(each) for each in happened] == [AgentPaused, AgentPaused]
        assert isinstance(happened[0], AgentPaused)
        assert (happened[0].by, happened[0].cause) == (SAM, PresenceCause.TEAM)
        await house.pass_time(timedelta(hours=1, minutes=1))
        back = house.store.rows.streams[key][-1].event
        assert isinstance(back, AgentAvailable)
        assert back.cause is PresenceCause.PAUSE_OVER
        house.check_finished()


async def test_until_somebody_says_otherwise(autojump_clock: MockClock) -> None:
    """Resumed by the team or by themselves; what stands already is said to nobody."""
    async with open_house() as house:
        await house.reserved(AGENT)
        anna = contact_of(house, AGENT.name)
        await house.write(AGENT, "/status")
        for _ in range(2):
            assert await wish(house, anna, TeamPauses(None, SAM)) is None
        assert sum("Your team has paused you" in text for text in house.texts(AGENT)) == 1
        for _ in range(2):
            assert await wish(house, anna, TeamResumes(SAM)) is None
        assert sum("Your team has ended" in text for text in house.texts(AGENT)) == 1
        assert await wish(house, ContactId(1), TeamPauses(None, SAM)) == NotFound()


async def test_whom_whatsapp_does_not_let_us_write_to_is_paused_silently(
    autojump_clock: MockClock,
) -> None:
    """A template for that would be noise."""
    async with open_house() as house:
        await house.reserved(AGENT)
        assert await wish(house, contact_of(house, AGENT.name), TeamPauses(None, SAM)) is None
        assert house.sent(AGENT) == []


async def test_what_a_channel_carried(autojump_clock: MockClock) -> None:
    """Both ways together, in the last minute."""
    async with open_house() as house:
        await house.talking()
        await house.write(AGENT, "hello")
        carried = house.desk.carried(fakes.WORKSPACE)
        assert carried == {ChannelId(1): len(house.gateway.accepted) + 3}
        await house.pass_time(121)
        assert house.desk.carried(fakes.WORKSPACE) == {ChannelId(1): 0}


def test_a_minute_slides() -> None:
    """As if the one before had been spread evenly."""
    counted = Counted()
    for second in range(60):
        counted.add(600.0 + second)
    assert counted.last_minute(659.9) == 60
    assert counted.last_minute(690.0) == 30
    counted.add(700.0)
    assert counted.last_minute(780.0) == 0
