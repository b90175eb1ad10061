"""Who is asked, through the real process and the simulator."""

from kaisa_relay.accounts.commands import WorkspaceSettings
from tests.e2e.running import Running
from tests.e2e.stage import stage


async def test_the_first_yes_to_a_broadcast_wins(shared: Running) -> None:
    """All are asked at once; who says yes too late is told, and so is who said nothing."""
    async with stage(shared, WorkspaceSettings(broadcast_to=3)) as it:
        vera = await it.someone("Vera Visitor")
        agents = [await it.someone(f"{name} Agent") for name in ("Anna", "Bo", "Cia", "Dan")]
        made = await it.reserve(vera, *agents, strategy="broadcast")
        await agents[2].writes("/status")  # else no text may be sent to who has not answered
        await agents[2].reads("You have no chat")
        await vera.writes(made.first_text)
        offers = [await each.asked() for each in agents[:3]]
        await agents[1].taps(offers[1])
        await agents[1].reads("You are now talking to Vera")
        await vera.reads("You are now talking to Bo")
        await agents[0].taps(offers[0])
        for each in (agents[0], agents[2]):
            await each.reads("somebody else has taken it")
        await agents[1].writes("Hello from Bo")
        await vera.reads("Hello from Bo")
        await it.settled()
        assert await agents[3].unread() == []
        assert (await it.happened(made)).count("conversation.agent_accepted") == 1
