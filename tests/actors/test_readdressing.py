"""What waits in the outbox for somebody whose number is another person's by now."""

import pytest
from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.conversation.events import IdentityChanged
from kaisa_relay.domain.identity import IdentityShift
from kaisa_relay.domain.ids import ChannelId
from kaisa_relay.domain.inbound import IdentityChange
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.sending import Accepted
from kaisa_relay.ports import ItemKind, NewItem
from tests import fakes
from tests.actors.house import AGENT, VISITOR, House, Plan, appends, form, open_house, sender_of

VERA = evolve(sender_of(VISITOR), bsuid="US.vera")
THIEF = evolve(VERA, bsuid="US.other", name="Somebody")
SECRET = "for Vera alone"


async def waiting(house: House, known: Sender = VERA) -> None:
    """A message for the visitor cannot go out just now."""
    await house.talking()
    await house.write(known, "it is me")
    house.gateway.away = True
    await house.write(AGENT, SECRET)
    assert house.texts(VISITOR)[-1] != SECRET


async def back(house: House) -> None:
    """WhatsApp can be reached again."""
    house.gateway.away = False
    await house.pass_time(600)


async def test_it_follows_its_reader(autojump_clock: MockClock) -> None:
    """To the BSUID: whoever has the number now gets nothing of it."""
    async with open_house() as house:
        await waiting(house)
        await house.write(THIEF, "who is this?")
        await back(house)
        assert house.texts("US.vera") == [SECRET]
        assert SECRET not in house.texts(VISITOR)
        house.check_finished()


async def test_after_a_restart(autojump_clock: MockClock) -> None:
    """The rows say so too."""
    async with open_house() as house:
        await waiting(house)
        await house.write(THIEF, "who is this?")
    async with open_house(Plan(store=house.store, gateway=house.gateway)) as again:
        await back(again)
        assert again.texts("US.vera") == [SECRET]
        assert SECRET not in again.texts(VISITOR)


async def test_a_new_number(autojump_clock: MockClock) -> None:
    """A `system` message: what waits goes to the new one."""
    async with open_house() as house:
        await waiting(house)
        after = evolve(sender_of(form(150)), bsuid="US.new")
        change = IdentityChange("wamid.system", VERA, after, house.wall())
        kind = ItemKind.MESSAGE
        await house.arrive(
            NewItem(fakes.WORKSPACE, ChannelId(1), kind, change.wamid, b"{}", change)
        )
        await back(house)
        assert house.texts(form(150))[-1] == SECRET
        assert SECRET not in house.texts(VISITOR)


async def test_back_at_the_old_number(autojump_clock: MockClock) -> None:
    """They have it again: what is written then goes there."""
    async with open_house() as house:
        await waiting(house)
        await house.write(THIEF, "who is this?")
        await back(house)
        await house.write(VERA, "I have it again")
        await house.write(AGENT, "good")
        assert house.texts(VISITOR)[-1] == "good"


async def test_a_number_in_another_spelling(autojump_clock: MockClock) -> None:
    """The form wrote it without the 1 that WhatsApp has: it is the same line, and taken."""
    phone, wa_id = Phone("+525512345678"), "5215512345678"
    visitor = evolve(VISITOR, phone=phone)
    async with open_house() as house:
        reservation = await house.reserved(AGENT, visitor=visitor)
        await house.scan(reservation, Sender(phone.removeprefix("+"), "US.vera", "Vera"))
        await house.tap(AGENT, "Accept")
        house.gateway.answer_next(phone, Accepted("wamid.own", wa_id))
        await house.write(AGENT, "good day")
        await house.write(Sender(wa_id, "US.other", "Somebody"), "hello?")
        await house.write(AGENT, SECRET)
        assert house.texts("US.vera") == [SECRET]
        assert SECRET not in [*house.texts("+" + wa_id), *house.texts(phone)]


@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "after it"])
async def test_a_crash_while_a_number_changes(autojump_clock: MockClock, after: bool) -> None:
    """The conversation notes it once all the same: its row came with what made it so."""
    async with open_house() as house:
        talk = (await house.talking()).conversation
        change = IdentityChange(
            "wamid.system", VERA, evolve(sender_of(form(150)), bsuid="US.new"), house.wall()
        )
        await house.write(VERA, "it is me")
        trap = house.traps.set(appends("message/"), after=after)
        kind = ItemKind.MESSAGE
        await house.arrive(
            NewItem(fakes.WORKSPACE, ChannelId(1), kind, change.wamid, b"{}", change)
        )
        await house.pass_time(20)
        assert trap.sprung == 1
        noted = [each for each in house.events(talk) if isinstance(each, IdentityChanged)]
        assert [each.shift for each in noted] == [IdentityShift.NUMBER_CHANGED]
        await house.write(AGENT, "good day")
        assert house.texts(form(150))[-1] == "good day"
        house.check_finished()
