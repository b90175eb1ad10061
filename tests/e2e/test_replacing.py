"""A number is banned, or goes: everybody goes on over another one, through the simulator."""

from kaisa_relay.accounts.commands import AddChannel, ChannelFacts
from kaisa_relay.accounts.replaced import ReplaceChannel, Replaced
from kaisa_relay.cli.demo.programs import CHANNEL_TOKEN, Line
from tests.e2e.running import Running
from tests.e2e.stage import Someone, Stage, stage


async def another_account(it: Stage) -> ChannelFacts:
    """Connect a number of an account of its own: a ban takes an account with all its numbers."""
    line = Line(f"{it.workspace.id}-spare", it.running.number())
    waba, portfolio = f"waba-spare-{it.workspace.id}", it.workspace.id
    told = {"phone_number_id": line.phone_number_id, "number": line.number}
    await it.meta("channels", **told, waba=waba, portfolio=portfolio)
    number = (line.phone_number_id, line.number)
    facts = await it.do(
        AddChannel(it.workspace.name, *number, CHANNEL_TOKEN, waba=waba, portfolio=portfolio)
    )
    assert isinstance(facts, ChannelFacts), facts
    it.lines.append(line)
    return facts


async def follow(who: Someone, line: Line) -> None:
    """Somebody opens the chat with the new number and taps the button."""
    who.line = line.phone_number_id
    await who.taps(await who.reads("goes on here; tap below"))


async def test_a_banned_number_strands_nobody(shared: Running) -> None:
    """What was stuck follows, in order and once; both go on, and a second run moves nothing."""
    async with stage(shared) as it:
        vera, anna = await it.someone("Vera Visitor"), await it.someone("Anna Agent")
        talk = await it.talking(vera, anna)
        await anna.writes("before")
        await vera.reads("before")
        await it.meta(f"accounts/waba-{it.workspace.id}", event="DISABLED_UPDATE")
        await it.wait_recorded("channel.down")
        for text in ("stuck one", "stuck two"):
            await anna.writes(text)
        await it.wait_recorded("conversation.message_relayed", 3)
        spare = await another_account(it)
        asked = ReplaceChannel(it.channels[0].id, spare.id)
        assert await it.do(asked) == Replaced(1, (), None)
        await follow(anna, it.lines[-1])
        await anna.writes("from the new number")
        await follow(vera, it.lines[-1])
        for text in ("stuck one", "stuck two", "from the new number"):
            await vera.reads(text)
        await vera.writes("I am here")
        await anna.reads("I am here")
        assert await it.do(asked) == Replaced(0, (), None)
        await it.settled()
        assert not [text for text in await vera.unread() if "stuck" in text]
        assert (await it.happened(talk)).count("conversation.moved") == 1
        olga, bo = await it.someone("Olga Other"), await it.someone("Bo Agent")
        assert (await it.reserve(olga, bo)).channel.phone == spare.number


async def test_a_number_that_goes_says_so_itself(shared: Running) -> None:
    """The link comes by the old number, which answers whoever still writes to it with the same."""
    async with stage(shared, lines=2) as it:
        vera, anna = await it.someone("Vera Visitor"), await it.someone("Anna Agent")
        talk = await it.talking(vera, anna)
        old = next(each for each in it.channels if each.number == talk.channel.phone)
        new = next(each for each in it.channels if each is not old)
        assert await it.do(ReplaceChannel(old.id, new.id)) == Replaced(1, (), None)
        link = f"https://wa.me/{new.number.removeprefix('+')}"
        assert link in (await vera.reads("changing our number")).text
        await vera.writes("and if I stay?")
        assert link in (await vera.reads("use this link")).text
        vera.line = anna.line = new.phone_number_id
        await vera.writes("here I am")
        await anna.writes("so am I")
        await vera.reads("so am I")
        await anna.reads("here I am")
        await it.settled()
