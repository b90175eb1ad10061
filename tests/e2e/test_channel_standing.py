"""How numbers stand with Meta, and what that does to new conversations, through the simulator."""

from datetime import timedelta

from kaisa_relay.accounts.changes import DrainChannel
from kaisa_relay.accounts.commands import ChannelFacts
from tests.e2e.running import Running
from tests.e2e.stage import Stage, stage


async def numbers_of(it: Stage, many: int) -> set[str]:
    """Return the numbers that new conversations get."""
    anna = await it.someone("Anna Agent")
    return {
        (await it.reserve(await it.someone(f"Vera{at} Visitor"), anna)).channel.phone
        for at in range(many)
    }


async def test_a_drained_number_takes_no_new_conversation(shared: Running) -> None:
    """What it has goes on, and it can come back."""
    async with stage(shared, lines=2) as it:
        vera, anna = await it.someone("Vera Visitor"), await it.someone("Anna Agent")
        await it.talking(vera, anna)
        drained = next(each for each in it.channels if each.phone_number_id == vera.line)
        (other,) = {each.number for each in it.lines} - {drained.number}
        answer = await it.do(DrainChannel(drained.id))
        assert isinstance(answer, ChannelFacts)
        assert answer.draining
        assert await numbers_of(it, 4) == {other}
        await vera.writes("Still there?")
        await anna.reads("Still there?")
        await it.do(DrainChannel(drained.id, draining=False))
        assert drained.number in await numbers_of(it, 4)


async def test_what_meta_says_of_a_number_becomes_an_event_and_is_heeded(shared: Running) -> None:
    """A poor rating, and its end; the limit of the portfolio is of the same event."""
    async with stage(shared, lines=2) as it:
        poor, good = it.lines
        await it.meta(f"channels/{poor.phone_number_id}/quality", rating="RED")
        await it.wait_recorded("channel.quality_changed")
        assert await numbers_of(it, 4) == {good.number}
        await it.meta(f"channels/{poor.phone_number_id}/quality", rating="GREEN")
        await it.wait_recorded("channel.quality_changed", 2)
        await it.meta(f"channels/{good.phone_number_id}/quality", limit="TIER_2K")
        await it.wait_recorded("channel.quality_changed", 3)


async def test_a_restricted_account_is_limited_until_it_is_over(shared: Running) -> None:
    """For as long as Meta says; both numbers are of the account."""
    async with stage(shared, lines=2) as it:
        account = f"accounts/waba-{it.workspace.id}"
        await it.meta(account, event="ACCOUNT_RESTRICTION", seconds=3600)
        await it.wait_recorded("channel.limited", 2)
        await it.leap(timedelta(minutes=61))
        await it.wait_recorded("channel.up", 2)


async def test_a_banned_account_is_down_until_it_is_reinstated(shared: Running) -> None:
    """What was written meanwhile gets through."""
    async with stage(shared) as it:
        vera, anna = await it.someone("Vera Visitor"), await it.someone("Anna Agent")
        await it.talking(vera, anna)
        account = f"accounts/waba-{it.workspace.id}"
        await it.meta(account, event="DISABLED_UPDATE")
        await it.wait_recorded("channel.down")
        await vera.writes("Can you hear me?")
        again = {"ban_info": {"waba_ban_state": "REINSTATE"}}
        await it.meta(account, event="ACCOUNT_REINSTATED")
        await it.meta(account, event="ACCOUNT_RECONNECTED", details=again)
        await it.wait_recorded("channel.up")
        await it.leap(timedelta(minutes=20))
        await anna.reads("Can you hear me?")


async def test_a_paused_template_costs_no_message(shared: Running) -> None:
    """Meta says so; the offer cannot go, and goes when the template is back."""
    async with stage(shared) as it:
        vera, anna = await it.someone("Vera Visitor"), await it.someone("Anna Agent")
        try:
            await it.meta("templates/kaisa_offer", status="paused", language="en")
            await it.wait_recorded("channel.template_changed")
            await it.begin(vera, anna)
            await it.wait_recorded("conversation.offer_failed")
        finally:
            await it.meta("templates/kaisa_offer", status="approved", language="en")
        await it.wait_recorded("channel.template_changed", 2)
        await vera.writes("Is it red?")
        await it.settled()
        await anna.writes("/on")
        for _ in range(10):  # whoever waits is looked after now and then
            if any("would like to chat" in each for each in await anna.unread()):
                break
            await it.leap(timedelta(seconds=31))
        await anna.accepts()
        await anna.reads("Is it red?")
