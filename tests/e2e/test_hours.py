"""Business hours, holidays and consent, through the real process and the simulator."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kaisa_relay.accounts.agents import AddAgent, AgentFacts, HoursText, SetAgent, SetHours
from kaisa_relay.accounts.commands import WorkspaceSettings
from tests.e2e.running import Running
from tests.e2e.stage import Stage, stage

STOCKHOLM = "Europe/Stockholm"
WEEK = "mon-fri 09:00-17:00"
MINUTE = timedelta(minutes=1)


async def next_monday(it: Stage, hour: int) -> date:
    """Let time pass until a Monday at this hour in Stockholm, and return its date."""
    now = (await it.now()).astimezone(ZoneInfo(STOCKHOLM))
    days = (7 - now.weekday()) % 7 or 7
    monday = now.date() + timedelta(days=days)
    then = datetime(monday.year, monday.month, monday.day, hour, tzinfo=ZoneInfo(STOCKHOLM))
    await it.leap(then - now)
    return monday


async def test_a_visitor_waits_for_the_opening(shared: Running) -> None:
    """Told when that is; nobody is asked before, and everybody then."""
    settings = WorkspaceSettings(hours=HoursText(STOCKHOLM, WEEK))
    async with stage(shared, settings) as it:
        await next_monday(it, 7)
        vera, anna = await it.someone("Vera Visitor"), await it.someone("Anna Agent", "sv")
        made = await it.begin(vera, anna)
        told = await vera.reads("We are closed at the moment")
        assert told.text.endswith("when we open: Monday 09:00")
        await it.leap(118 * MINUTE)
        assert await anna.unread() == []
        await it.leap(3 * MINUTE)
        await anna.taps(await anna.asked())
        await vera.reads("You are now talking to Anna")
        assert await vera.unread() == []
        assert "conversation.queued" in await it.happened(made)


async def test_a_holiday_is_closed_but_for_who_is_on_call(shared: Running) -> None:
    """On a weekday in the usual hours; the others are asked on the next day."""
    async with stage(shared) as it:
        monday = await next_monday(it, 8)
        days = (f"{monday.isoformat()}", f"{monday + timedelta(days=1)} 12:00-13:00")
        await it.do(SetHours(it.workspace.name, HoursText(STOCKHOLM, WEEK, days)))
        vera, otto = await it.someone("Vera Visitor"), await it.someone("Otto Other")
        anna, bo = await it.someone("Anna Agent"), await it.someone("Bo Agent")
        await it.leap(2 * 60 * MINUTE)
        await it.begin(vera, anna)
        told = await vera.reads("We are closed at the moment")
        assert told.text.endswith("Tuesday 12:00")
        added = await it.do(AddAgent(it.workspace.name, bo.number, bo.name))
        assert isinstance(added, AgentFacts)
        await it.do(SetAgent(it.workspace.name, bo.number, on_call=True))
        await it.begin(otto, anna, bo)
        await bo.accepts()
        await otto.reads("You are now talking to Bo")
        assert await anna.unread() == []
        await it.leap(26 * 60 * MINUTE + MINUTE)
        await anna.accepts()
        await anna.writes("Good morning")  # it is more than a day since Vera wrote
        await vera.taps(await vera.reads("There is an answer to your enquiry"))
        await vera.reads("Good morning")


async def test_nothing_is_offered_before_an_agent_has_said_yes(shared: Running) -> None:
    """Invited once, by template, with the first form that names them; the tap serves who waits."""
    async with stage(shared, WorkspaceSettings(agent_opt_in=True)) as it:
        vera, otto = await it.someone("Vera Visitor"), await it.someone("Otto Other")
        anna = await it.someone("Anna Agent")
        made = await it.begin(vera, anna)
        await it.begin(otto, anna)
        invitation = await anna.reads("You have been named")
        assert len(invitation.buttons) == 1
        for who in (vera, otto):
            await who.reads("We are finding the right person")
        await it.settled()
        assert await anna.unread() == []
        await anna.taps(invitation)
        await anna.accepts()
        await vera.reads("You are now talking to Anna")
        assert await it.recorded("agent.") == ["agent.invited", "agent.opted_in"]
        assert "conversation.agent_accepted" in await it.happened(made)
