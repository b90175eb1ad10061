"""A channel that crashes between a send's two commits: nothing is sent twice, nothing is lost."""

import pytest
from trio.testing import MockClock

from kaisa_relay.domain.content import Text
from kaisa_relay.domain.conversation.events import MessageUnconfirmed
from kaisa_relay.domain.inbound import StatusUpdate
from kaisa_relay.domain.outgoing import Buttons
from kaisa_relay.domain.sending import Deferred, Purpose, Rank, SendState
from kaisa_relay.ports import Append, EndSend, MoveSend
from tests import fakes
from tests.actors.house import AGENT, VISITOR, House, form, open_house

GRACE = 121
WORDS = ["one", "two", "three"]


def begins(call: object) -> bool:
    """Match the commit of `sending`."""
    return isinstance(call, Append) and any(
        isinstance(each, MoveSend) and each.state is SendState.SENDING for each in call.changes
    )


def ends(call: object) -> bool:
    """Match the commit of an outcome."""
    return isinstance(call, Append) and any(isinstance(each, EndSend) for each in call.changes)


async def say_all(house: House) -> None:
    """The visitor's messages come in at one instant."""
    await house.arrive(*[house.item(VISITOR, word) for word in WORDS])


@pytest.mark.parametrize("step", range(len(WORDS)))
async def test_a_crash_before_sending(autojump_clock: MockClock, step: int) -> None:
    """Nothing went out yet, so it is simply sent, in order."""
    async with open_house() as house:
        await house.talking()
        before = len(house.texts(AGENT))
        trap = house.traps.set(begins, skip=step)
        await say_all(house)
        await house.pass_time(20)
        assert trap.sprung == 1
        assert house.texts(AGENT)[before:] == WORDS
        house.check_finished()


@pytest.mark.parametrize("step", range(len(WORDS)))
async def test_a_crash_after_the_call_is_settled_by_its_status(
    autojump_clock: MockClock, step: int
) -> None:
    """WhatsApp took it and we crashed: its status settles it, and it is not sent again."""
    async with open_house() as house:
        await house.talking()
        before = len(house.texts(AGENT))
        house.traps.set(ends, skip=step)
        await say_all(house)
        await house.pass_time(20)
        assert house.texts(AGENT)[before:] == WORDS[: step + 1]  # the rest waits behind it
        await house.status(Rank.DELIVERED)
        await house.pass_time(1)
        assert house.texts(AGENT)[before:] == WORDS
        assert not any(isinstance(each, Buttons) for each in house.sent(AGENT))
        house.check_finished()


async def test_without_a_status_it_is_parked_and_announced(autojump_clock: MockClock) -> None:
    """The grace passes in silence: the lane goes on, and the agent may have the message again."""
    async with open_house() as house:
        await house.talking()
        before = len(house.texts(AGENT))
        house.traps.set(begins, after=True)  # marked, and never called
        await say_all(house)
        await house.pass_time(100)
        assert house.texts(AGENT)[before:] == []
        await house.pass_time(30)
        told, *said = sorted(house.texts(AGENT)[before:], key=lambda text: text in WORDS)
        assert ("may not have reached you" in told, said) == (True, WORDS[1:])
        await house.tap(AGENT, "Show it")
        assert house.texts(AGENT)[-1] == "one"
        assert [each.state for each in house.store.rows.sends.values()] == [SendState.PARKED]


async def test_a_text_of_ours_is_not_announced(autojump_clock: MockClock) -> None:
    """Nobody is asked whether they want our own words once more."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        house.gateway.answer_next(VISITOR.phone, fakes.Lost())
        await house.scan(reservation)
        await house.tap(AGENT, "Accept")
        await house.pass_time(GRACE)
        (parked,) = house.store.rows.sends.values()
        assert (parked.state, parked.purpose) == (SendState.PARKED, Purpose.NOTICE)
        events = house.events(reservation.conversation)
        assert not any(isinstance(each, MessageUnconfirmed) for each in events)


async def test_a_visitors_side_gets_send_again(autojump_clock: MockClock) -> None:
    """The agent's message may be lost: the agent gets a button, and it works once."""
    async with open_house() as house:
        await house.talking()
        house.gateway.answer_next(VISITOR.phone, fakes.Lost())
        await house.write(AGENT, "are you there?")
        assert house.texts(VISITOR).count("are you there?") == 1
        await house.pass_time(GRACE)
        await house.tap(AGENT, "Send again")
        assert house.texts(VISITOR).count("are you there?") == 2
        await house.tap(AGENT, "Send again")
        assert house.texts(VISITOR).count("are you there?") == 2
        assert "You are talking to" in house.texts(AGENT)[-1]


async def test_a_late_status_settles_what_was_parked(autojump_clock: MockClock) -> None:
    """A status after the announcement: the button has nothing left to do."""
    async with open_house() as house:
        await house.talking()
        house.gateway.answer_next(VISITOR.phone, fakes.Lost())
        await house.write(AGENT, "are you there?")
        lost = len(house.gateway.accepted) - 1
        await house.pass_time(GRACE)
        await house.status(Rank.READ, lost)
        await house.tap(AGENT, "Send again")
        assert house.texts(VISITOR).count("are you there?") == 1
        house.check_finished()


async def test_a_parked_send_is_given_up_after_a_day(autojump_clock: MockClock) -> None:
    """Nobody asks and no status comes: after 24 hours the row goes, on a busy channel too."""
    async with open_house() as house:
        await house.talking()
        house.gateway.answer_next(VISITOR.phone, fakes.Lost())
        await house.write(AGENT, "lost")
        await house.pass_time(GRACE)
        assert len(house.store.rows.sends) == 1
        autojump_clock.jump(23 * 3600)
        for _ in range(70):
            await house.pass_time(20)
            await house.write(form(300), "somebody else keeps the channel busy")
        assert len(house.store.rows.sends) == 1
        autojump_clock.jump(3600)
        for _ in range(5):
            await house.pass_time(20)
            await house.write(form(300), "somebody else keeps the channel busy")
        house.check_finished()


@pytest.mark.parametrize("fault", ["before", "after"])
@pytest.mark.parametrize("skip", range(4))
async def test_a_step_whose_commit_seems_to_fail(
    autojump_clock: MockClock, fault: str, skip: int
) -> None:
    """The store says no although a step of a send is durable: it goes on from the row."""
    async with open_house() as house:
        await house.talking()
        before = len(house.texts(AGENT))
        await say_all(house)
        steps = 0
        while steps < skip:  # let some commits pass first
            await house.pass_time(0)
            steps += 1
        house.store.fail_next(fault)
        await house.pass_time(100)
        assert house.texts(AGENT)[before:] == WORDS
        assert not any(isinstance(each, Buttons) for each in house.sent(AGENT))
        house.check_finished()


@pytest.mark.parametrize("fault", ["before", "after"])
@pytest.mark.parametrize("which", [begins, ends])
async def test_each_commit_of_a_send_may_seem_to_fail(
    autojump_clock: MockClock, fault: str, which: object
) -> None:
    """Exactly the commit of `sending`, or of the outcome, fails: sent once, without a wait."""
    async with open_house() as house:
        await house.talking()
        before = len(house.texts(AGENT))

        def arm(call: object) -> bool:
            if callable(which) and which(call) and not armed:
                armed.append(True)
                house.store.fail_next(fault)
            return False

        armed: list[bool] = []
        house.traps.set(arm)
        await say_all(house)
        await house.pass_time(30)
        assert armed
        assert house.texts(AGENT)[before:] == WORDS
        house.check_finished()


async def test_a_backoff_whose_commit_seems_to_fail_keeps_the_order(
    autojump_clock: MockClock,
) -> None:
    """A send goes back to `ready` though its commit seems to fail: nobody overtakes it."""
    async with open_house() as house:
        await house.talking()
        before = len(house.texts(AGENT))
        later = Deferred(2, "busy", after=5.0)
        house.gateway.answer_next(AGENT.phone, later)

        def arm(call: object) -> bool:
            back = isinstance(call, Append) and any(
                isinstance(each, MoveSend) and each.state is SendState.READY
                for each in call.changes
            )
            if back and not armed:
                armed.append(True)
                house.store.fail_next("after")
            return False

        armed: list[bool] = []
        house.traps.set(arm)
        await say_all(house)
        await house.pass_time(30)
        assert armed
        assert house.texts(AGENT)[before:] == WORDS
        house.check_finished()


async def test_an_old_page_of_the_outbox_blocks_nobody(autojump_clock: MockClock) -> None:
    """The outbox was read before a send ended: it is not taken for one that got lost."""
    async with open_house() as house:
        await house.talking()
        before = len(house.texts(AGENT))
        house.gateway.latency = 1.0
        await house.write(VISITOR, "one")
        [stale] = house.store.rows.sends.values()
        assert stale.state is SendState.SENDING
        await house.pass_time(5)
        assert not house.store.rows.sends
        post = house.context.exchange.channels[stale.channel]
        house.traps.pages.append([stale])
        post.fall_behind()
        await house.pass_time(1)
        assert not house.traps.pages
        await house.write(VISITOR, "two")
        await house.pass_time(5)
        assert house.texts(AGENT)[before:] == ["one", "two"]


async def test_statuses_survive_a_crash_of_the_channel(autojump_clock: MockClock) -> None:
    """Statuses that a crashing channel had in hand, matched or not, are applied by the next run."""
    async with open_house() as house:
        await house.talking()
        early = house.update(Rank.DELIVERED)
        unmatched = stranger(house)
        await house.statuses(early, unmatched)
        assert house.waiting()
        house.traps.set(begins)
        await house.write(VISITOR, "crash")
        await house.pass_time(20)
        assert house.texts(AGENT)[-1] == "crash"
        await house.pass_time(700)
        house.check_finished()


def stranger(house: House) -> StatusUpdate:
    """Return a status of a message that is not ours."""
    return StatusUpdate("wamid.unknown", Rank.READ, house.wall())


async def test_a_channel_that_keeps_crashing_is_down_and_comes_back(
    autojump_clock: MockClock,
) -> None:
    """It gives up, waits a minute, and works off what waited; the process lives on."""
    async with open_house() as house:
        await house.talking()
        before = len(house.texts(AGENT))
        trap = house.traps.set(begins, times=8)
        await say_all(house)
        await house.pass_time(50)
        assert trap.sprung == 6
        await house.pass_time(60)
        assert house.texts(AGENT)[before:] == WORDS
        assert Text("one") in house.sent(AGENT)
        house.check_finished()
