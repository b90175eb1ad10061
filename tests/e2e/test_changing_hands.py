"""Conversations that go from one agent to another, end, and come back."""

from datetime import timedelta

from tests.e2e.running import Running
from tests.e2e.stage import stage

MINUTE = timedelta(minutes=1)


async def test_a_transfer_is_declined_and_then_accepted(shared: Running) -> None:
    """The old agent keeps it until then; the new one reads what was said, the visitor who it is."""
    async with stage(shared) as it:
        vera = await it.someone("Vera Visitor")
        anna, bo = await it.someone("Anna Agent"), await it.someone("Bo Agent")
        made = await it.talking(vera, anna, bo)
        await vera.writes("Is the boat red?")
        await anna.reads("Is the boat red?")
        await anna.writes("/transfer bo knows boats")
        await anna.reads("We have asked Bo")
        await bo.taps(await bo.asked(), 1)
        await anna.reads("Bo cannot take over")
        await anna.writes("A moment")
        await vera.reads("A moment")
        await anna.writes("/transfer")
        await anna.reads("We have asked Bo")
        await bo.taps(await bo.asked(), 0)
        await anna.reads("Bo has taken over")
        await bo.reads("You are now talking to Vera")
        said = await bo.reads("The latest messages")
        assert "Is the boat red?" in said.text
        assert "Anna: A moment" in said.text
        await vera.reads("You are now talking to Bo")
        await vera.writes("So, is it?")
        await bo.reads("So, is it?")
        await bo.writes("It is.")
        await vera.reads("It is.")
        await anna.writes("am I still there?")
        await anna.reads("not passed on")
        assert await anna.unread() == []
        assert (await it.happened(made)).count("conversation.transferred") == 1


async def test_a_command_and_words_in_the_middle_of_a_transfer(shared: Running) -> None:
    """Commands are obeyed, words go on to the visitor; a close ends the offer too."""
    async with stage(shared) as it:
        vera = await it.someone("Vera Visitor")
        anna, bo = await it.someone("Anna Agent"), await it.someone("Bo Agent")
        made = await it.talking(vera, anna, bo)
        await anna.writes("/transfer bo")
        await anna.reads("We have asked Bo")
        offer = await bo.asked()
        for typed, answer in (
            ("/transfer", "waiting for an answer from Bo"),
            ("/who", "You are talking to Vera"),
            ("/note boats only", "The note is kept"),
            ("/status", "Your open chats: 1 (Vera)"),
            ("/nonsense", "I do not know /nonsense"),
            ("yes", ""),
        ):
            await anna.writes(typed)
            if answer:
                await anna.reads(answer)
            else:
                await vera.reads(typed)
        await anna.writes("/close")
        await anna.reads("The chat is closed")
        await vera.reads("This chat has now ended")
        await bo.taps(offer, 0)
        await bo.reads("no longer available")
        assert (await it.api.conversation(made.id)).status == "closed"
        assert "conversation.transferred" not in await it.happened(made)


async def test_who_comes_back_gets_the_same_agent(shared: Running) -> None:
    """In the same conversation, although another agent stands first in the list."""
    async with stage(shared) as it:
        vera = await it.someone("Vera Visitor")
        bo, anna = await it.someone("Bo Agent"), await it.someone("Anna Agent")
        made = await it.begin(vera, bo, anna)
        await bo.taps(await bo.asked(), 1)
        await anna.accepts()
        await anna.writes("Goodbye then")
        await anna.writes("/close")
        await vera.reads("This chat has now ended")
        await it.leap(50 * MINUTE)
        await vera.writes("One more thing")
        await vera.reads("Welcome back!")
        await anna.accepts()
        await anna.reads("One more thing")
        await anna.writes("/close")
        await vera.reads("This chat has now ended")
        await it.leap(61 * MINUTE)
        await vera.writes("And another")
        await vera.reads("We have no open chat with you")
        assert await bo.unread() == []
        assert (await it.happened(made)).count("conversation.resumed") == 1


async def test_a_silent_agent_is_reminded_and_replaced(shared: Running) -> None:
    """The next one reads what the visitor wrote meanwhile."""
    async with stage(shared) as it:
        vera = await it.someone("Vera Visitor")
        anna, bo = await it.someone("Anna Agent"), await it.someone("Bo Agent")
        made = await it.talking(vera, anna, bo)
        await vera.writes("Anybody there?")
        await anna.reads("Anybody there?")
        await it.leap(5 * MINUTE + timedelta(seconds=5))
        await anna.reads("waiting for your first answer")
        await it.leap(5 * MINUTE + timedelta(seconds=5))
        await anna.reads("We are finding somebody else for Vera")
        await vera.reads("We are finding somebody else for you")
        await bo.accepts()
        await bo.reads("Anybody there?")
        await bo.writes("I am")
        await vera.reads("I am")
        happened = await it.happened(made)
        assert "conversation.reply_reminded" in happened
        assert "conversation.agent_lost" in happened


async def test_who_goes_off_keeps_the_chat_until_a_colleague_accepts(shared: Running) -> None:
    """They hear that it stays; a visitor who waits is offered to the next one, with all of it."""
    async with stage(shared) as it:
        vera = await it.someone("Vera Visitor")
        anna, bo = await it.someone("Anna Agent"), await it.someone("Bo Agent")
        made = await it.talking(vera, anna, bo)
        await anna.writes("One moment")
        await vera.reads("One moment")
        await anna.writes("/off")
        told = await anna.reads("Still with you: 1 (Vera)")
        assert [each.label for each in told.buttons] == ["Hand over"]
        await vera.writes("Is the boat red?")
        await anna.reads("Is the boat red?")
        await it.leap(5 * MINUTE + timedelta(seconds=5))
        await anna.reads("we have asked Bo")
        await bo.taps(await bo.asked(), 1)
        await anna.reads("nobody else is free")
        await anna.taps(told)
        await anna.reads("We have asked Bo")
        await bo.accepts()
        assert "Is the boat red?" in (await bo.reads("The latest messages")).text
        await vera.reads("You are now talking to Bo")
        happened = await it.happened(made)
        assert "conversation.agent_went_away" in happened
        assert "conversation.reply_overdue" in happened
