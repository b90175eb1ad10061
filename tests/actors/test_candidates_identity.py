"""Somebody is asked to take a conversation, and changes number or BSUID before they answer."""

import pytest
from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.conversation.events import IdentityChanged
from kaisa_relay.domain.identity import IdentityShift
from kaisa_relay.ports import Reservation
from tests.actors.house import AGENT, BRUNO, VISITOR, House, form, open_house, sender_of
from tests.actors.test_identity_over_time import shifts, system

NEW = form(250, "Bruno on a new phone")
BOTH = evolve(sender_of(BRUNO), bsuid="US.bruno")
ROADS = ["search", "transfer"]


async def asked(house: House, road: str) -> Reservation:
    """Bruno is asked: by the search, or because Anna hands over to him."""
    agents = (BRUNO,) if road == "search" else (AGENT, BRUNO)
    reservation = await house.reserved(*agents)
    await house.scan(reservation)
    if road == "transfer":
        await house.tap(AGENT, "Accept")
        await house.write(AGENT, "/transfer bruno")
    assert house.offered(BRUNO) == 1
    return reservation


async def check(house: House, reservation: Reservation, new: Sender) -> None:
    """Bruno has it now, and both sides hear each other."""
    await house.write(VISITOR, "hello?")
    assert house.texts(NEW if new.wa_id else str(new.bsuid))[-1] == "hello?"
    await house.write(new, "here I am")
    assert house.texts(VISITOR)[-1] == "here I am"
    assert await house.phase(reservation.conversation) == "active"
    house.check_finished()


@pytest.mark.parametrize("road", ROADS)
async def test_another_number(autojump_clock: MockClock, road: str) -> None:
    """They tap the old offer on the new phone, and all that follows goes there."""
    async with open_house() as house:
        reservation = await asked(house, road)
        await system(house, sender_of(BRUNO), sender_of(NEW))
        assert shifts(house, reservation.conversation) == [IdentityShift.NUMBER_CHANGED]
        await house.write(sender_of(NEW), house.button(BRUNO, "Accept"))
        assert len(house.sent(BRUNO)) == 1
        await check(house, reservation, sender_of(NEW))


@pytest.mark.parametrize("road", ROADS)
async def test_another_bsuid(autojump_clock: MockClock, road: str) -> None:
    """Of somebody whose number was met with the first, and shows neither any more."""
    async with open_house() as house:
        reservation = await asked(house, road)
        await house.write(BOTH, "/status")
        old, new = Sender(None, "US.bruno"), Sender(None, "US.new")
        await system(house, old, new)
        learnt = [IdentityShift.USER_ID_CHANGED]
        events = house.events(reservation.conversation)
        happened = [each.shift for each in events if isinstance(each, IdentityChanged)]
        assert happened[-1:] == learnt
        await house.write(new, house.button(BRUNO, "Accept"))
        await house.write(new, "here I am")
        assert house.texts(VISITOR)[-1] == "here I am"
        assert await house.phase(reservation.conversation) == "active"


@pytest.mark.parametrize("road", ROADS)
async def test_the_tap_comes_before_the_notice(autojump_clock: MockClock, road: str) -> None:
    """Only their phone has that button: whoever taps it is who was asked."""
    async with open_house() as house:
        reservation = await asked(house, road)
        await house.write(sender_of(NEW), house.button(BRUNO, "Accept"))
        await system(house, sender_of(BRUNO), sender_of(NEW))
        await check(house, reservation, sender_of(NEW))


async def test_an_offer_that_waits_goes_to_the_new_number(autojump_clock: MockClock) -> None:
    """It was put off when the notice came: what is not out yet follows them."""
    async with open_house() as house:
        reservation = await house.reserved(BRUNO)
        house.gateway.away = True
        await house.scan(reservation)
        await house.pass_time(1)
        await system(house, sender_of(BRUNO), sender_of(NEW))
        house.gateway.away = False
        await house.pass_time(55)
        assert house.offered(BRUNO) == 0
        assert house.offered(NEW) == 1
