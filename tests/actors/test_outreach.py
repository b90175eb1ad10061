"""Triggers' templates on their conversation's channel."""

import pytest
from trio.testing import MockClock

from kaisa_relay.actors.conversation.outreach import ChannelCourier
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.events import OutreachSent
from kaisa_relay.domain.conversation.links import LinkOrigin
from kaisa_relay.domain.engagement.ids import TriggerId
from kaisa_relay.domain.ids import ConversationId, EventSeq, SendId
from kaisa_relay.domain.outgoing import Template
from kaisa_relay.domain.sending import Rank, Rejected
from kaisa_relay.ports.outreach import NotHandedOver, Order
from tests import fakes
from tests.actors.house import AGENT, VISITOR, House, appends, open_house
from tests.actors.test_blocking import block

ORIGIN = LinkOrigin(TriggerId(50), 2, 1, EventSeq(40))
STILL_THERE = Template("still_there", "en", ("Vera",))


def order(house: House, conversation: ConversationId) -> Order:
    """Order a template for a conversation's visitor."""
    return Order(SendId(house.store.new_id()), conversation, ORIGIN, STILL_THERE)


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


async def test_the_conversation_tells_of_it(autojump_clock: MockClock) -> None:
    """Once, whatever is asked twice: that there was one, which, by which step, how far it came."""
    async with open_house() as house:
        link = await house.talking()
        wanted = order(house, link.conversation)
        for _ in range(2):
            assert await hand_over(house, wanted) is None
        told = [e for e in house.events(link.conversation) if isinstance(e, OutreachSent)]
        (event,) = told
        assert (event.template, event.language) == ("still_there", "en")
        assert (event.trigger, event.trigger_version, event.step) == (TriggerId(50), 2, 1)
        assert house.sent(VISITOR).count(STILL_THERE) == 1
        await house.status(Rank.DELIVERED)
        found = await house.store.archive.messages(fakes.WORKSPACE, link.conversation, 0, 100)
        (shown,) = [view for _, view in found if view.content == STILL_THERE]
        assert (shown.author, shown.to, shown.kind) == ("system", Side.VISITOR, "template")
        assert (int(shown.id), shown.status) == (wanted.send, "delivered")
        await house.write(VISITOR, "hello")
        assert house.texts(AGENT)[-1] == "hello"
        house.check_finished()


async def test_a_conversation_that_does_not_answer(autojump_clock: MockClock) -> None:
    """Is asked again later: nothing was refused."""
    async with open_house() as house:
        link = await house.reserved()
        house.slots.quarantined.add(f"conversation/{link.conversation}")
        answer = await hand_over(house, order(house, link.conversation))
        assert answer == NotHandedOver("its conversation did not answer", later=True)


@pytest.mark.parametrize("after", [False, True])
async def test_a_crash_while_it_is_handed_over(autojump_clock: MockClock, after: bool) -> None:
    """Leaves it to be asked for again, and sent once."""
    async with open_house() as house:
        link = await house.talking()
        house.traps.set(appends(link.conversation), after=after)
        wanted = order(house, link.conversation)
        answer = await hand_over(house, wanted)
        assert isinstance(answer, NotHandedOver)
        assert answer.later
        await house.pass_time(60)
        assert await hand_over(house, wanted) is None
        await house.pass_time(60)
        assert house.sent(VISITOR).count(STILL_THERE) == 1
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
