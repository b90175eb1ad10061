"""What a changed WhatsApp can send: buttons that we never made."""

import pytest
from trio.testing import MockClock

from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.content import ButtonTap
from kaisa_relay.domain.payloads import OfferAnswer, encode
from tests.actors.house import AGENT, VISITOR, form, open_house, sender_of, unnumbered

OTHER = form(150, "Otto Other")


async def test_a_forged_button_starts_nothing(autojump_clock: MockClock) -> None:
    """Somebody we know names a reservation in a button that we never sent: told, not bound."""
    async with open_house() as house:
        await house.write(OTHER, "hello")
        reservation = await house.reserved(AGENT)
        forged = encode(OfferAnswer(reservation.conversation, 1, accept=True))
        await house.write(OTHER, ButtonTap(forged, "Accept"))
        assert await house.phase(reservation.conversation) == "reserved"
        assert "no longer available" in house.texts(OTHER)[-1]
        assert house.offered(AGENT) == 0


@pytest.mark.parametrize(
    "thief", [unnumbered("Mallory", "US.mallory"), sender_of(form(666, "Mallory"))], ids=str
)
async def test_a_forged_button_accepts_nothing(autojump_clock: MockClock, thief: Sender) -> None:
    """An id of ours is no secret: a stranger who makes up the agent's button gets nothing."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        await house.scan(reservation)
        forged = encode(OfferAnswer(reservation.conversation, 1, accept=True))
        await house.write(thief, ButtonTap(forged, "Accept"))
        assert await house.phase(reservation.conversation) == "seeking"
        await house.tap(AGENT, "Accept")
        await house.write(VISITOR, "for Anna only")
        assert house.texts(AGENT)[-1] == "for Anna only"
