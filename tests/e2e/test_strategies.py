"""Who is asked, through the real process and the simulator."""

from datetime import timedelta

import trio

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


async def test_of_two_who_say_yes_at_once_one_wins(shared: Running) -> None:
    """Whichever webhook comes first; the other is told, and nobody reads somebody else's words."""
    async with stage(shared, WorkspaceSettings(broadcast_to=2)) as it:
        vera = await it.someone("Vera Visitor")
        anna, bo = await it.someone("Anna Agent"), await it.someone("Bo Agent")
        made = await it.begin(vera, anna, bo, strategy="broadcast")
        offers = [(each, await each.asked()) for each in (anna, bo)]
        async with trio.open_nursery() as nursery:
            for each, offer in offers:
                nursery.start_soon(each.taps, offer)
        found = await vera.reads("You are now talking to")
        winner, other = (anna, bo) if "Anna" in found.text else (bo, anna)
        await other.reads("no longer available")
        await vera.writes("For one of you")
        await winner.reads("For one of you")
        await it.settled()
        assert await other.unread() == []
        assert (await it.happened(made)).count("conversation.agent_accepted") == 1


async def test_who_is_asked_first(shared: Running) -> None:
    """Who spoke to the visitor last; who has waited longest; who has least to do."""
    async with stage(shared, WorkspaceSettings(resume_time=timedelta(seconds=1)), lines=2) as it:
        vera, otto = await it.someone("Vera Visitor"), await it.someone("Otto Other")
        anna, bo = await it.someone("Anna Agent"), await it.someone("Bo Agent")
        made = await it.talking(vera, bo)
        await it.api.close(made.id)
        await it.leap(timedelta(minutes=1))
        sticky = await it.begin(vera, anna, bo, strategy="sticky")
        await bo.accepts()
        await it.api.close(sticky.id)
        await it.leap(timedelta(minutes=1))
        idle = await it.begin(vera, bo, anna, strategy="longest_idle")
        await anna.accepts()
        assert (await it.api.conversation(idle.id)).status == "active"
        await it.begin(otto, anna, bo, strategy="least_busy")
        await bo.accepts()
        await otto.reads("You are now talking to Bo")


async def test_everything_is_said_in_the_language_of_who_reads_it(shared: Running) -> None:
    """A Swedish agent, a Spanish visitor: offers, commands and automatic texts."""
    async with stage(shared) as it:
        vera = await it.someone("Vera Visitor", "es")
        anna = await it.someone("Anna Agent", "sv")
        made = await it.begin(vera, anna)
        offer = await anna.asked()
        assert "vill chatta" in offer.text
        await anna.taps(offer)
        await anna.reads("Vera")
        await vera.reads("Anna")
        await anna.writes("/hjälp")
        assert "/avsluta" in (await anna.reads("/")).text
        await anna.writes("/avsluta sålt")
        await anna.reads("avslutad")
        await vera.reads("terminado")
        assert (await it.api.conversation(made.id)).status == "closed"
