"""Statuses: early, late, twice, backwards, unknown; they never trouble a conversation."""

import pytest
import trio
from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.actors.channel.actor import LOOK_AGAIN
from kaisa_relay.domain.content import Text
from kaisa_relay.domain.ids import SendId
from kaisa_relay.domain.inbound import Inbound, StatusUpdate
from kaisa_relay.domain.outgoing import Quoting
from kaisa_relay.domain.sending import Rank, Rejected, SendState, Uncertain
from kaisa_relay.domain.texts import TextKey, render
from kaisa_relay.domain.tracking import MessageStatus
from kaisa_relay.ports import Append, MoveSend, StoreUnavailable
from tests import fakes
from tests.actors.house import AGENT, VISITOR, House, open_house


def ranks(house: House, wamid: str) -> list[Rank]:
    """Return the ranks that a send went through."""
    [leg] = [each for each in house.store.rows.legs_of(fakes.WORKSPACE) if each.wamid == wamid]
    history = house.store.rows.streams.get((fakes.WORKSPACE, f"send/{leg.send}"), ())
    events = [recorded.event for recorded in history]
    return [event.rank for event in events if isinstance(event, MessageStatus)]


async def test_out_of_order_and_twice(autojump_clock: MockClock) -> None:
    """Read, delivered, read, sent: the leg is read, with one event for each step up."""
    async with open_house() as house:
        await house.talking()
        await house.write(VISITOR, "hello")
        wamid = house.gateway.accepted[-1].wamid
        for rank in (Rank.READ, Rank.DELIVERED, Rank.READ, Rank.SENT):
            await house.status(rank)
        assert ranks(house, wamid) == [Rank.SENT, Rank.READ]
        house.check_finished()


async def test_before_the_answer(autojump_clock: MockClock) -> None:
    """The status overtakes the answer to the call: settled by it, and the answer does no harm."""
    async with open_house() as house:
        await house.talking()
        house.gateway.latency = 5.0
        await house.write(VISITOR, "hello")
        [send] = house.store.rows.sends.values()
        early = StatusUpdate(
            "wamid.early", Rank.DELIVERED, house.wall(), f"1.1.{send.id}", code=None
        )
        await house.statuses(early)
        assert not house.store.rows.sends
        await house.pass_time(10)
        await house.write(VISITOR, "next")
        await house.pass_time(10)
        assert house.texts(AGENT)[-2:] == ["hello", "next"]
        house.check_finished()


async def test_in_the_very_commit_that_doubts_it(autojump_clock: MockClock) -> None:
    """No answer came, and the status does before the channel knows: nobody waits for the grace."""
    async with open_house() as house:
        await house.talking()

        async def overtake(append: Append) -> None:
            for move in append.changes:
                if isinstance(move, MoveSend) and move.state is SendState.UNKNOWN:
                    await house.arrive(house.batch(settling(house, move.send)))
                    await trio.sleep(0.01)  # the channel hears of it first

        house.traps.follow = overtake
        house.gateway.answer_next(str(AGENT.phone), Uncertain("no answer"))
        await house.write(VISITOR, "hello")
        await house.write(VISITOR, "next")
        await house.pass_time(5)
        assert house.texts(AGENT)[-1] == "next"
        assert not house.store.rows.sends
        house.check_finished()


async def test_in_a_commit_that_seemed_to_fail(autojump_clock: MockClock) -> None:
    """It was durable, nobody was told, and Meta's repeat moves nothing: a look around finds it."""
    async with open_house() as house:
        await house.talking()
        house.gateway.answer_next(str(AGENT.phone), Uncertain("no answer"))
        await house.write(VISITOR, "hello")
        await house.write(VISITOR, "next")
        send = min(house.store.rows.sends.values(), key=lambda each: each.id)
        status = house.batch(settling(house, send.id))
        house.store.fail_next("after")
        with pytest.raises(StoreUnavailable):
            await house.store.inbox.store([status])
        await house.arrive(status)
        await house.pass_time(LOOK_AGAIN + 1)
        assert house.texts(AGENT)[-1] == "next"
        house.check_finished()


def settling(house: House, send: SendId) -> StatusUpdate:
    """Return the status of a send whose answer got lost."""
    return StatusUpdate(f"wamid.{send}", Rank.SENT, house.wall(), f"1.1.{send}")


async def test_by_wamid_alone(autojump_clock: MockClock) -> None:
    """Meta did not echo our id: the wamid finds the send, also when it comes before the answer."""
    async with open_house() as house:
        await house.talking()
        house.gateway.latency = 15.0
        await house.write(VISITOR, "hello")
        wamid = f"wamid.out.{len(house.gateway.accepted) + 1}"
        await house.statuses(StatusUpdate(wamid, Rank.READ, house.wall()))
        await house.pass_time(60)
        assert ranks(house, wamid) == [Rank.SENT, Rank.READ]
        house.check_finished()


async def test_of_nothing_that_is_ours(autojump_clock: MockClock) -> None:
    """A status that matches nothing is tried for ten minutes, then forgotten; a batch waits."""
    async with open_house() as house:
        await house.talking()
        ours = house.update(Rank.READ)
        await house.statuses(StatusUpdate("wamid.other", Rank.READ, house.wall()), ours)
        assert Rank.READ in ranks(house, ours.wamid)
        assert len(house.waiting()) == 1
        with trio.fail_after(1):  # a stop does not wait for it
            await house.actors.drain()
        await house.pass_time(590)
        assert len(house.waiting()) == 1
        await house.pass_time(30)
        house.check_finished()


async def test_of_another_workspace(autojump_clock: MockClock) -> None:
    """An id of ours that names another workspace or channel moves nothing."""
    async with open_house() as house:
        await house.talking()
        update = house.update(Rank.READ)
        number = (update.opaque or "").rpartition(".")[2]
        foreign = [
            evolve(update, wamid="wamid.x", opaque=f"{owner}.{number}") for owner in ("2.1", "1.2")
        ]
        await house.statuses(*foreign)
        assert Rank.READ not in ranks(house, update.wamid)


async def test_a_failure_after_sent_is_told_once(autojump_clock: MockClock) -> None:
    """WhatsApp took it and then could not deliver: its writer hears it once, below the message."""
    async with open_house() as house:
        await house.talking()
        await house.arrive(item := house.item(VISITOR, "hello"))
        await house.quiet()
        for _ in range(3):
            await house.status(Rank.FAILED, house.gateway.accepted.index(last_to(house)), 131026)
        assert isinstance(item.item, Inbound)
        assert [(each.outgoing, each.wamid) for each in notes(house)] == [
            (Text(render(TextKey.UNREACHABLE_VISITOR, "en", {})), item.item.wamid)
        ]
        house.check_finished()


async def test_a_long_message_fails_once(autojump_clock: MockClock) -> None:
    """Its parts fail one by one, some at once and some later; the writer hears of it once."""
    async with open_house() as house:
        await house.talking()
        await house.write(AGENT, "at last")
        house.gateway.answer_next(AGENT.phone, Rejected(131026, "no"), None, Rejected(131026, "no"))
        await house.write(VISITOR, "word " * 2000)
        await house.status(Rank.FAILED, house.gateway.accepted.index(last_to(house)), 131026)
        assert len(notes(house)) == 1
        house.check_finished()


def notes(house: House) -> list[Quoting]:
    """Return what the visitor was told about messages of theirs."""
    return [each for each in house.sent(VISITOR) if isinstance(each, Quoting)]


def last_to(house: House) -> fakes.Accepting:
    """Return what the agent's phone got last."""
    return [each for each in house.gateway.accepted if each.recipient.phone == AGENT.phone][-1]


async def test_they_wake_no_conversation(autojump_clock: MockClock) -> None:
    """Delivered and read move legs while the conversation stays out of memory."""
    async with open_house() as house:
        reservation = await house.talking()
        await house.write(VISITOR, "hello")
        await house.pass_time(1000)
        assert house.actors.router.statistics()["live"] == 0
        events = len(house.events(reservation.conversation))
        await house.status(Rank.DELIVERED)
        await house.status(Rank.READ)
        assert house.actors.router.statistics()["live"] == 0
        assert len(house.events(reservation.conversation)) == events
        house.check_finished()
