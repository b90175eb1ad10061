"""Triggers' templates on their conversation's channel."""

from trio.testing import MockClock

from kaisa_relay.actors.outreach import ChannelCourier
from kaisa_relay.domain.ids import ConversationId, SendId
from kaisa_relay.domain.outgoing import Template
from kaisa_relay.domain.sending import Rank, Rejected
from kaisa_relay.ports.outreach import NotHandedOver, Order
from tests import fakes
from tests.actors.house import VISITOR, House, open_house
from tests.actors.test_blocking import block

STILL_THERE = Template("still_there", "en", ("Vera",))


def order(house: House, conversation: ConversationId) -> Order:
    """Order a template for a conversation's visitor."""
    return Order(SendId(house.store.new_id()), conversation, STILL_THERE)


async def hand_over(house: House, wanted: Order) -> NotHandedOver | None:
    """Hand it over, and wait until nothing more happens."""
    answer = await ChannelCourier(house.context).hand_over(fakes.WORKSPACE, wanted)
    await house.quiet()
    return answer


async def test_a_visitor_who_never_came_gets_it(autojump_clock: MockClock) -> None:
    """At the form's number, on the channel of their conversation, once by its id."""
    async with open_house() as house:
        link = await house.reserved()
        await house.pass_time(link.expires_at - house.wall())
        assert await house.phase(link.conversation) == "abandoned"
        wanted = order(house, link.conversation)
        assert await hand_over(house, wanted) is None
        assert house.sent(VISITOR) == [STILL_THERE]
        leg = house.store.rows.legs[(fakes.WORKSPACE, wanted.send)]
        assert {each.rank for each in leg} == {Rank.SENT}
        assert await house.phase(link.conversation) == "abandoned"
        house.check_finished()


async def test_it_waits_for_a_channel_that_is_away(autojump_clock: MockClock) -> None:
    """As every other send does."""
    async with open_house() as house:
        link = await house.reserved()
        house.gateway.away = True
        wanted = order(house, link.conversation)
        assert await hand_over(house, wanted) is None
        assert await hand_over(house, wanted) is None
        house.gateway.away = False
        await house.pass_time(600)
        assert house.sent(VISITOR) == [STILL_THERE]


async def test_what_whatsapp_refuses_is_on_record(autojump_clock: MockClock) -> None:
    """With its code."""
    async with open_house() as house:
        link = await house.reserved()
        house.gateway.answer_next(VISITOR.phone, Rejected(131050, "stopped marketing messages"))
        wanted = order(house, link.conversation)
        assert await hand_over(house, wanted) is None
        (leg,) = house.store.rows.legs[(fakes.WORKSPACE, wanted.send)]
        assert (leg.rank, leg.code) == (Rank.FAILED, 131050)
        assert house.sent(VISITOR) == []


async def test_who_is_blocked_gets_nothing(autojump_clock: MockClock) -> None:
    """Nor anybody whose conversation is not there."""
    async with open_house() as house:
        link = await house.reserved()
        answer = await hand_over(house, order(house, ConversationId(7)))
        assert answer == NotHandedOver("the conversation is not kept any more")
        await block(house)
        answer = await hand_over(house, order(house, link.conversation))
        assert answer == NotHandedOver("the visitor is on the block list")
        assert house.sent(VISITOR) == []


async def test_a_channel_that_is_gone(autojump_clock: MockClock) -> None:
    """It was taken away meanwhile."""
    async with open_house() as house:
        link = await house.reserved()
        house.accounts.numbers.clear()
        answer = await hand_over(house, order(house, link.conversation))
        assert answer == NotHandedOver("the conversation's channel is gone")
