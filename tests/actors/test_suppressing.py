"""What WhatsApp and providers tell of who wants no outreach."""

from trio.testing import MockClock

from kaisa_relay.actors.conversation.outreach import ChannelCourier
from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.engagement.suppression import (
    STOPPED_MARKETING,
    Address,
    Source,
    Way,
)
from kaisa_relay.domain.inbound import MarketingChoice
from kaisa_relay.domain.sending import Rank
from kaisa_relay.ports import FormPerson, ItemKind, NewItem
from kaisa_relay.ports.outreach import Declined, NotHandedOver
from tests import fakes
from tests.actors.house import (
    AGENT,
    VISITOR,
    House,
    open_house,
    sender_of,
)
from tests.actors.test_opting import SMS, WHATSAPP, listed, news
from tests.actors.test_outreach import hand_over, order


def choice(who: FormPerson | Sender, *, wanted: bool) -> NewItem:
    """Return the row of a choice that somebody made in WhatsApp."""
    sender = who if isinstance(who, Sender) else sender_of(who)
    item = MarketingChoice(sender, wanted)
    return NewItem(fakes.WORKSPACE, fakes.channel().id, ItemKind.ACCOUNT, None, b"{}", item)


async def choose(house: House, who: FormPerson | Sender, *, wanted: bool) -> None:
    """Let WhatsApp tell of it."""
    await house.arrive(choice(who, wanted=wanted))
    await house.quiet()


async def test_a_choice_in_whatsapp(autojump_clock: MockClock) -> None:
    """Concerns WhatsApp only, and is taken back the same way."""
    async with open_house() as house:
        link = await house.reserved()
        await choose(house, VISITOR, wanted=True)
        assert news(house) == []
        await choose(house, VISITOR, wanted=False)
        await choose(house, VISITOR, wanted=False)
        assert listed(house) == {WHATSAPP: Source.PREFERENCE}
        answer = await hand_over(house, order(house, link.conversation))
        assert isinstance(answer, NotHandedOver)
        await choose(house, VISITOR, wanted=True)
        assert listed(house) == {}
        out, back = news(house)
        assert (out.contact, out.ways) == (back.contact, back.ways)
        assert out.contact is not None
        assert house.texts(VISITOR) == []
        house.check_finished()


async def test_what_they_told_us_stands(autojump_clock: MockClock) -> None:
    """Whatever WhatsApp tells of them before and after."""
    async with open_house() as house:
        await house.talking()
        await choose(house, VISITOR, wanted=False)
        await house.write(VISITOR, "STOP")
        assert listed(house) == {SMS: Source.CHAT, WHATSAPP: Source.CHAT}
        await choose(house, VISITOR, wanted=False)
        await choose(house, VISITOR, wanted=True)
        assert listed(house) == {SMS: Source.CHAT, WHATSAPP: Source.CHAT}


async def test_a_choice_of_somebody_unknown(autojump_clock: MockClock) -> None:
    """Counts, and the event names nobody; who is known by a BSUID alone is found by it."""
    async with open_house() as house:
        await choose(house, Sender("12025559999", None), wanted=False)
        await choose(house, Sender(None, "US.9"), wanted=False)
        both = {Address(Way.WHATSAPP, "+12025559999"), Address(Way.WHATSAPP, "US.9")}
        assert set(listed(house)) == both
        assert {each.contact for each in news(house)} == {None}
        await house.write(Sender("12025550177", "US.7", "Nils"), "hello")
        await choose(house, Sender(None, "US.7"), wanted=False)
        assert Address(Way.WHATSAPP, "+12025550177") in listed(house)


async def test_a_message_that_is_refused_for_it(autojump_clock: MockClock) -> None:
    """By whatever reason it was sent: they are on the list for WhatsApp."""
    async with open_house() as house:
        link = await house.talking()
        await house.write(AGENT, "hello")
        await house.status(Rank.FAILED, code=STOPPED_MARKETING)
        assert listed(house) == {WHATSAPP: Source.REFUSED}
        (told,) = news(house)
        assert (told.conversation, told.source) == (link.conversation, Source.REFUSED)
        await house.write(AGENT, "hello?")
        await house.status(Rank.FAILED, code=131026)
        assert len(news(house)) == 1
        house.check_finished()


async def test_what_a_delivery_was_refused_for(autojump_clock: MockClock) -> None:
    """The visitor on WhatsApp, or a number; whose it is, is said where it is the visitor's."""
    async with open_house() as house:
        link = await house.reserved()
        courier = ChannelCourier(house.context)
        other = Address(Way.SMS, "+46701740691")
        for address in (None, None, SMS, other):
            declined = Declined(link.conversation, address)
            await courier.note_declined(fakes.WORKSPACE, declined)
        assert listed(house) == dict.fromkeys((WHATSAPP, SMS, other), Source.REFUSED)
        assert [each.ways for each in news(house)] == [(Way.WHATSAPP,), (Way.SMS,), (Way.SMS,)]
        known = [each.contact is not None for each in news(house)]
        assert known == [True, True, False]
        await courier.note_declined(fakes.WORKSPACE, Declined(None))
        assert len(news(house)) == 3
