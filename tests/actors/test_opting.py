"""STOP and START on WhatsApp, and what Meta tells of who wants no outreach."""

import pytest
from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.domain.content import ButtonTap
from kaisa_relay.domain.conversation.events import (
    ContactOptedIn,
    ContactOptedOut,
    Event,
    MessageUnmatched,
)
from kaisa_relay.domain.engagement.suppression import (
    SUPPRESSED,
    Address,
    Source,
    Way,
)
from kaisa_relay.domain.texts import TextKey, render
from kaisa_relay.ports.outreach import NotHandedOver
from tests import fakes
from tests.actors.house import (
    AGENT,
    VISITOR,
    House,
    appends,
    form,
    open_house,
    unnumbered,
)
from tests.actors.test_blocking import block
from tests.actors.test_outreach import hand_over, order

SMS, WHATSAPP = Address(Way.SMS, VISITOR.phone), Address(Way.WHATSAPP, VISITOR.phone)
OUT = render(TextKey.OPTED_OUT, "en", {})
IN = render(TextKey.OPTED_IN, "en", {})


def listed(house: House) -> dict[Address, Source]:
    """Return who is not to be written to, and how we know."""
    rows = house.store.rows.suppressions.values()
    return {row.address: row.source for row in rows}


def news(house: House) -> list[ContactOptedOut | ContactOptedIn]:
    """Return what was told of it."""
    every = (each.event for each in house.store.events(fakes.WORKSPACE))
    return [each for each in every if isinstance(each, ContactOptedOut | ContactOptedIn)]


async def test_a_visitor_who_is_in_a_talk(autojump_clock: MockClock) -> None:
    """Is told once, beside it; the agent reads the word, and the talk goes on."""
    async with open_house() as house:
        link = await house.talking()
        await house.write(VISITOR, "STOP")
        assert listed(house) == {SMS: Source.CHAT, WHATSAPP: Source.CHAT}
        assert house.texts(VISITOR)[-1] == OUT
        assert house.texts(AGENT)[-1] == "STOP"
        await house.write(VISITOR, "stop")
        assert house.texts(VISITOR).count(OUT) == 1
        assert house.texts(AGENT)[-1] == "stop"
        await house.write(AGENT, "Of course")
        assert house.texts(VISITOR)[-1] == "Of course"
        (told,) = news(house)
        assert isinstance(told, ContactOptedOut)
        assert (told.ways, told.source) == ((Way.SMS, Way.WHATSAPP), Source.CHAT)
        assert told.conversation == link.conversation
        assert await house.phase(link.conversation) == "active"
        house.check_finished()


async def test_they_come_back(autojump_clock: MockClock) -> None:
    """With START, which is told once too; from who never left, it is a word like any other."""
    async with open_house() as house:
        await house.talking()
        await house.write(VISITOR, "start")
        assert (house.texts(AGENT)[-1], news(house)) == ("start", [])
        await house.write(VISITOR, "Stopp!")
        await house.write(VISITOR, "START")
        assert listed(house) == {}
        assert house.texts(VISITOR)[-1] == IN
        assert house.texts(AGENT)[-2:] == ["Stopp!", "START"]
        assert [type(each) for each in news(house)] == [ContactOptedOut, ContactOptedIn]
        await house.write(VISITOR, "START")
        assert house.texts(VISITOR).count(IN) == 1
        house.check_finished()


async def test_a_visitor_who_never_came(autojump_clock: MockClock) -> None:
    """Answers an outreach with it: that begins nothing, and nobody is asked to take them."""
    async with open_house() as house:
        link = await house.reserved()
        await house.write(VISITOR, "STOP")
        assert house.texts(VISITOR) == [OUT]
        assert house.offered(AGENT) == 0
        assert await house.phase(link.conversation) == "reserved"
        assert await hand_over(house, order(house, link.conversation)) == NotHandedOver(
            SUPPRESSED, unwanted=True
        )
        await house.write(VISITOR, "start")
        assert house.texts(VISITOR) == [OUT, IN]
        assert await hand_over(house, order(house, link.conversation)) is None
        await house.scan(link)
        assert house.offered(AGENT) == 1
        house.check_finished()


async def test_a_visitor_whose_talk_has_ended(autojump_clock: MockClock) -> None:
    """Does not take it up again by this; a repeat is answered, and no news."""
    async with open_house() as house:
        link = await house.talking()
        await house.write(AGENT, "/close")
        await house.write(VISITOR, ButtonTap("Stop promotions", "Stop promotions"))
        await house.write(VISITOR, "STOP")
        assert house.texts(VISITOR)[-2:] == [OUT, OUT]
        assert await house.phase(link.conversation) == "closed"
        assert len(news(house)) == 1
        unmatched = [
            each.event
            for each in house.store.events(fakes.WORKSPACE)
            if isinstance(each.event, MessageUnmatched)
        ]
        assert [each.text for each in unmatched] == [TextKey.OPTED_OUT] * 2
        house.check_finished()


async def test_who_has_written_too_much_is_told_of_it(autojump_clock: MockClock) -> None:
    """That they are heard is worth an answer more."""
    async with open_house() as house:
        zoe = form(101, "Zoe", "sv")
        for _ in range(5):
            await house.write(zoe, "hej")
        await house.write(zoe, "stopp")
        assert house.texts(zoe)[-1] == OUT  # a stranger: nobody knows their language
        before = len(house.texts(zoe))
        await house.write(zoe, "stopp")
        assert len(house.texts(zoe)) == before
        house.check_finished()


async def test_somebody_who_shows_no_number(autojump_clock: MockClock) -> None:
    """Is on the list by their BSUID, also when we learn their number later."""
    async with open_house() as house:
        hidden = unnumbered("Hidden", "US.13491208655302741918")
        await house.write(hidden, "Baja")
        assert listed(house) == {Address(Way.WHATSAPP, "US.13491208655302741918"): Source.CHAT}
        assert house.texts("US.13491208655302741918") == [OUT]


async def test_an_agent_means_something_else(autojump_clock: MockClock) -> None:
    """In a talk it is a word for the visitor, and outside they are answered as an agent."""
    async with open_house() as house:
        await house.talking()
        await house.write(AGENT, "stop")
        assert house.texts(VISITOR)[-1] == "stop"
        await house.write(AGENT, "/close")
        await house.write(AGENT, "stop")
        assert house.texts(AGENT)[-1] != OUT
        assert (listed(house), news(house)) == ({}, [])


async def test_who_is_blocked_is_obeyed_in_silence(autojump_clock: MockClock) -> None:
    """A text message would reach them all the same."""
    async with open_house() as house:
        await house.talking()
        await block(house)
        before = house.texts(VISITOR)
        await house.write(VISITOR, "STOP")
        assert set(listed(house)) == {SMS, WHATSAPP}
        assert house.texts(VISITOR) == before


@pytest.mark.parametrize("after", [False, True])
async def test_a_crash_says_it_once(autojump_clock: MockClock, after: bool) -> None:
    """Before or after the commit that puts them on the list."""
    async with open_house() as house:
        await house.talking()
        house.traps.set(appends("message/"), after=after)
        await house.write(VISITOR, "STOP")
        await house.pass_time(60)
        assert house.texts(VISITOR).count(OUT) == 1
        assert house.texts(AGENT).count("STOP") == 1
        assert len(news(house)) == 1
        house.check_finished()


async def test_their_own_language(autojump_clock: MockClock) -> None:
    """That of their form."""
    async with open_house() as house:
        vera = evolve(VISITOR, language="sv")
        await house.talking(visitor=vera)
        await house.write(vera, "STOPP")
        assert house.texts(vera)[-1] == render(TextKey.OPTED_OUT, "sv", {})


def test_the_events_name_nobody() -> None:
    """By number: what is told leads to no telephone."""
    told: list[type[Event]] = [ContactOptedOut, ContactOptedIn]
    names = {name for each in told for name in each.__annotations__}
    assert names == {"contact", "ways", "source", "at", "conversation"}
