"""Both 24-hour windows over days, through the real process and the simulator's own windows."""

from datetime import timedelta

from kaisa_relay.accounts.commands import WorkspaceSettings
from tests.e2e.running import Running
from tests.e2e.stage import Someone, Stage, stage

HOUR = timedelta(hours=1)
DAYS = WorkspaceSettings(expires_after=timedelta(days=9), first_reply_time=timedelta(days=9))


async def keep_writing(it: Stage, writer: Someone, reader: Someone) -> None:
    """One side writes for a day while the other reads and is silent."""
    for number in range(3):
        await it.leap(7 * HOUR)
        await writer.writes(f"message {number}")
        await reader.reads(f"message {number}")


async def test_what_waits_for_the_agent_follows_the_tap(shared: Running) -> None:
    """Nudged before it closes, held in order, asked back by one template, told to both."""
    async with stage(shared, DAYS) as it:
        vera, anna = await it.someone("Vera Visitor"), await it.someone("Anna Agent")
        made = await it.talking(vera, anna)
        await keep_writing(it, vera, anna)
        await it.leap(HOUR + timedelta(minutes=1))
        nudge = await anna.reads("Vera has written to you")
        assert [each.label for each in nudge.buttons] == ["Keep open"]
        await it.leap(2 * HOUR)
        for number in (3, 4):
            await vera.writes(f"message {number}")
        await vera.reads("Your message is kept")
        asked = await anna.reads("Your customer has written to you")
        await it.settled()
        assert (await anna.unread(), await vera.unread()) == ([], [])
        await anna.taps(asked)
        for number in (3, 4):
            await anna.reads(f"message {number}")
        await anna.writes("Sorry, here I am")
        await vera.reads("Sorry, here I am")
        happened = await it.happened(made)
        for kind in ("window_closing", "window_closed", "message_held", "messages_flushed"):
            assert f"conversation.{kind}" in happened
        assert happened.count("conversation.reopen_asked") == 1


async def test_what_waits_for_the_visitor_follows_their_words(shared: Running) -> None:
    """The agent hears that it is kept; a reaction opens nothing."""
    async with stage(shared, DAYS) as it:
        vera, anna = await it.someone("Vera Visitor"), await it.someone("Anna Agent")
        await it.talking(vera, anna)
        await keep_writing(it, anna, vera)
        await it.leap(HOUR + timedelta(minutes=1))
        await vera.reads("Would you like to keep this chat open?")
        await it.leap(2 * HOUR)
        for number in (3, 4):
            await anna.writes(f"message {number}")
        await anna.reads("It is kept; we have asked them")
        asked = await vera.reads("There is an answer to your enquiry")
        await vera.does("react", wamid=asked.wamid, emoji="👍")
        await it.settled()
        assert await vera.unread() == []
        await vera.writes("Yes?")
        for number in (3, 4):
            await vera.reads(f"message {number}")
        await anna.reads("Yes?")


async def test_the_button_of_a_nudge_keeps_the_window_open(shared: Running) -> None:
    """WhatsApp counts the tap, and so do we: nothing is held a day after the last words."""
    async with stage(shared, DAYS) as it:
        vera, anna = await it.someone("Vera Visitor"), await it.someone("Anna Agent")
        made = await it.talking(vera, anna)
        await vera.writes("Are you there?")
        await anna.reads("Are you there?")
        await it.leap(22 * HOUR + timedelta(minutes=1))
        await anna.taps(await anna.reads("Vera has written to you"))
        await it.leap(HOUR)
        await vera.writes("Still waiting")
        await it.leap(3 * HOUR)
        await anna.reads("Still waiting")
        await vera.writes("Hello?")
        await anna.reads("Hello?")
        assert "conversation.message_held" not in await it.happened(made)
