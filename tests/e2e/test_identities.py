"""People who change numbers, hide them and turn out to be one person, through the simulator."""

from kaisa_relay.cli.demo.relay import Conversation
from tests.e2e.running import Running
from tests.e2e.stage import Someone, Stage, stage


async def talk(visitor: Someone, agent: Someone, word: str) -> None:
    """Both directions work."""
    await visitor.writes(f"{word} from the visitor")
    await agent.reads(f"{word} from the visitor")
    await agent.writes(f"{word} from the agent")
    await visitor.reads(f"{word} from the agent")


async def moves(it: Stage, who: Someone) -> None:
    """Somebody takes another number."""
    new = it.running.number()
    await who.does("number", number=new)
    who.number = new


async def shifts(it: Stage, made: Conversation) -> list[str]:
    """Return what became of people's identities in a conversation."""
    events = await it.api.events(made.id)
    return [each.data["shift"] for each in events if each.type == "conversation.identity_changed"]


async def test_the_talk_goes_on_under_another_number(shared: Running) -> None:
    """Whichever side changes it; each change is an event."""
    async with stage(shared) as it:
        vera, anna = await it.someone("Vera Visitor"), await it.someone("Anna Agent")
        made = await it.talking(vera, anna)
        for who in (vera, anna):
            await moves(it, who)
            await it.settled()
            await talk(vera, anna, who.name)
        assert (await shifts(it, made)).count("number_changed") == 2


async def test_the_talk_goes_on_under_another_user_id(shared: Running) -> None:
    """Of somebody whose number is hidden: nothing else tells who they are."""
    async with stage(shared) as it:
        vera = await it.someone("Vera Visitor", username="vera.v")
        anna = await it.someone("Anna Agent")
        made = await it.talking(vera, anna)
        await talk(vera, anna, "before")
        await vera.does("user-id", user_id="GB.77777777777777777")
        await it.settled()
        await talk(vera, anna, "after")
        assert (await shifts(it, made)).count("user_id_changed") == 1


async def test_whoever_hides_their_number_is_asked_for_it_once(shared: Running) -> None:
    """Without the link's code nothing else tells whose enquiry it is; the agent never sees it."""
    async with stage(shared) as it:
        vera = await it.someone("Vera Visitor", username="vera.hidden")
        anna = await it.someone("Anna Agent")
        made = await it.reserve(vera, anna)
        await vera.writes("Hello, about the boat")
        asked = await vera.reads("Share your number below")
        await vera.writes("Anybody?")
        await vera.reads("We have no open chat")
        await vera.does("tap", message=asked.wamid, index=0)
        await anna.accepts()
        await vera.reads("You are now talking to Anna")
        await talk(vera, anna, "found")
        assert vera.number[1:] not in repr(await it.api.messages(made.id))
        await it.settled()
        assert await anna.unread() == []


async def test_two_strangers_turn_out_to_be_one(shared: Running) -> None:
    """First seen without a number, then reserved for by number; a message with both joins them."""
    async with stage(shared) as it:
        vera = await it.someone("Vera Visitor", username="vera.two")
        anna = await it.someone("Anna Agent")
        await vera.writes("Hello?")
        await vera.reads("Share your number below")
        person = {"number": vera.number, "username": None}
        made = await it.reserve(vera, anna)
        await it.meta("people", **person)
        await vera.writes(made.first_text)
        await anna.accepts()
        await vera.reads("You are now talking to Anna")
        await talk(vera, anna, "joined")
        assert await it.recorded("contact.") == ["contact.merged"]
