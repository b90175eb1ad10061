"""Agents who pause, go off, miss offers and have enough, through the process and the simulator."""

from datetime import timedelta

from kaisa_relay.accounts.agents import AddAgent, SetAgent
from kaisa_relay.accounts.commands import WorkspaceSettings
from tests.e2e.running import Running
from tests.e2e.stage import stage

MINUTE = timedelta(minutes=1)


async def test_a_pause_ends_by_itself_and_off_by_on(shared: Running) -> None:
    """Meanwhile the visitor waits, and is served within the moment."""
    async with stage(shared, WorkspaceSettings(queue_time=timedelta(hours=5))) as it:
        vera, otto = await it.someone("Vera Visitor"), await it.someone("Otto Other")
        anna = await it.someone("Anna Agent")
        made = await it.reserve(vera, anna)
        await anna.writes("/pause 2h")
        await anna.reads("You get no new chats for 2h")
        await vera.writes(made.first_text)
        await vera.reads("We are finding the right person")
        await it.leap(119 * MINUTE)
        await anna.writes("/status")
        await anna.reads("paused for another 1m")
        await it.leap(MINUTE)
        await anna.accepts()
        await anna.writes("/off")
        await anna.reads("Still with you: 1 (Vera)")
        await anna.writes("Hello!")
        await vera.reads("Hello!")
        await anna.writes("/close")
        await anna.reads("The chat is closed")
        await it.begin(otto, anna)
        await otto.reads("We are finding the right person")
        await it.settled()
        assert await anna.unread() == []
        await anna.writes("/on")
        await anna.reads("Welcome back!")
        await anna.accepts()
        said = ["agent.paused", "agent.available", "agent.away", "agent.available"]
        assert await it.recorded("agent.") == said


async def test_who_misses_offers_is_paused(shared: Running) -> None:
    """Not asked again until the pause is over, or they say that they are back."""
    settings = WorkspaceSettings(pause_after_missed=2, queue_time=timedelta(hours=5))
    async with stage(shared, settings) as it:
        anna = await it.someone("Anna Agent")
        for number in range(2):
            made = await it.begin(await it.someone(f"Vera{number} Visitor"), anna)
            await anna.reads(f"Vera{number} would like to chat")
            await it.leap(timedelta(seconds=125))
            await it.api.close(made.id)
        await it.wait_recorded("agent.paused")
        vera = await it.someone("Vera Visitor")
        await it.begin(vera, anna)
        await vera.reads("We are finding the right person")
        await it.settled()
        # Without a word from her no text may be sent to her: she reads it when she asks.
        assert await anna.unread() == []
        await anna.writes("/status")
        await anna.reads("paused for another")
        await anna.writes("/on")
        await anna.reads("Welcome back!")
        await anna.accepts()


async def test_who_has_enough_is_not_asked(shared: Running) -> None:
    """One chat on all numbers; the next visitor is served when it ends."""
    async with stage(shared, lines=2) as it:
        vera, otto = await it.someone("Vera Visitor"), await it.someone("Otto Other")
        anna = await it.someone("Anna Agent")
        await it.do(AddAgent(it.workspace.name, anna.number, anna.name))
        await it.do(SetAgent(it.workspace.name, anna.number, capacity=1))
        await it.talking(vera, anna)
        first = anna.line
        await it.begin(otto, anna)
        assert anna.line != first
        await otto.reads("We are finding the right person")
        await it.settled()
        assert await anna.unread() == []
        anna.line = first
        await anna.writes("/close")
        await anna.reads("The chat is closed")
        await anna.accepts()
        await otto.reads("You are now talking to Anna")
