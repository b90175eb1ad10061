"""What every outbox promises: guarded moves, one outcome each, statuses that only go forward."""

from collections import Counter
from datetime import timedelta

import pytest
import trio
from attrs import evolve

from kaisa_relay.domain.ids import ChannelId, MessageId, SendId
from kaisa_relay.domain.outgoing import Button, Buttons, Recipient, Template
from kaisa_relay.domain.sending import Purpose, Rank, SendState
from kaisa_relay.domain.tracking import MessageStatus
from kaisa_relay.ports import Conflict, EndSend, Leg, MoveSend, NewSend, Outcome, Send
from tests import fakes
from tests.contracts.world import World

AT = fakes.EPOCH
READY, SENDING, UNKNOWN, PARKED = SendState
Settled = list[tuple[Leg, Send | None]]


async def unfinished(world: World) -> list[Send]:
    return await world.store.sends.unfinished(world.workspace, world.channel.id, SendId(0), 100)


async def settle(world: World, *legs: Leg) -> Settled:
    return await world.store.sends.settle(world.workspace, legs, ())


def leg(send: Send, rank: Rank, code: int | None = None) -> Leg:
    return Leg(send.id, rank, AT + timedelta(seconds=rank), code)


def status(send: Send, rank: Rank, code: int | None = None) -> MessageStatus:
    """Return the event of a leg as `leg` makes it."""
    at = AT + timedelta(seconds=rank)
    return MessageStatus(send.message, send.id, send.conversation, rank, code, at)


def told(world: World) -> list[tuple[SendId, Rank, int | None]]:
    """Return which outcomes conversations were told, in order."""
    outcomes = [each.item for each in world.items if isinstance(each.item, Outcome)]
    return [(each.send, each.rank, each.code) for each in outcomes]


async def test_a_send_waits_until_it_has_its_outcome(world: World) -> None:
    send = await world.sent()
    assert await unfinished(world) == [send]
    end = EndSend(send.id, (READY,), Rank.SENT, AT, "wamid-1")
    await world.must(end)
    assert await unfinished(world) == []
    assert await world.change(end) == Conflict(end)


async def test_unfinished_sends_come_by_id_above_a_cursor(world: World) -> None:
    other = await world.another()
    sends = [await world.sent() for _ in range(5)]
    await other.sent()
    elsewhere = evolve(world.outgoing(), channel=ChannelId(3))
    await world.must(NewSend(elsewhere))
    read = world.store.sends.unfinished
    channel = world.channel.id
    assert await read(world.workspace, channel, SendId(0), 3) == sends[:3]
    assert await read(world.workspace, channel, sends[2].id, 9) == sends[3:]
    assert await read(world.workspace, ChannelId(3), SendId(0), 9) == [elsewhere]
    assert await read(other.workspace, channel, SendId(0), 9) == []


async def test_a_move_changes_state_attempt_and_time(world: World) -> None:
    send = await world.sent()
    due = AT + timedelta(seconds=120)
    await world.must(MoveSend(send.id, (READY,), SENDING, 1))
    assert await unfinished(world) == [evolve(send, state=SENDING, attempt=1)]
    await world.must(MoveSend(send.id, (READY, SENDING), UNKNOWN, 1, due))
    assert await unfinished(world) == [evolve(send, state=UNKNOWN, attempt=1, due_at=due)]
    await world.must(MoveSend(send.id, (UNKNOWN,), READY, 2))
    assert await unfinished(world) == [evolve(send, state=READY, attempt=2)]


@pytest.mark.parametrize("state", [SENDING, UNKNOWN, PARKED])
async def test_a_move_from_another_state_is_refused(world: World, state: SendState) -> None:
    send = await world.sent()
    move = MoveSend(send.id, (state,), SENDING, 1)
    end = EndSend(send.id, (state,), Rank.SENT, AT)
    assert await world.change(move) == Conflict(move)
    assert await world.change(end) == Conflict(end)
    assert await unfinished(world) == [send]


async def test_of_two_that_begin_a_send_one_wins(world: World) -> None:
    send = await world.sent()
    move = MoveSend(send.id, (READY,), SENDING, 1)
    answers: list[Conflict | None] = []

    async def begin() -> None:
        answers.append(await world.change(move))

    async with trio.open_nursery() as nursery:
        for _ in range(4):
            nursery.start_soon(begin)
    assert Counter(answers) == {None: 1, Conflict(move): 3}


async def test_an_end_gives_an_event_whose_version_is_the_rank(world: World) -> None:
    send = await world.sent()
    await world.must(EndSend(send.id, (READY,), Rank.FAILED, AT, code=131026))
    history = await world.store.journal.read(world.workspace, f"send/{send.id}")
    failed = MessageStatus(send.message, send.id, send.conversation, Rank.FAILED, 131026, AT)
    assert [(each.version, each.event) for each in history] == [(Rank.FAILED, failed)]
    assert world.recorded == history
    assert told(world) == []  # what is told is the channel's own change


async def test_a_parked_send_given_up_has_no_further_event(world: World) -> None:
    send = await world.sent()
    await world.must(MoveSend(send.id, (READY,), PARKED, 1, AT))
    await world.must(EndSend(send.id, (PARKED,), Rank.PARKED, AT))
    assert await unfinished(world) == []
    assert world.recorded == []


async def test_wamids_are_known_after_the_answer(world: World) -> None:
    other = await world.another()
    send = await world.sent()
    await world.must(EndSend(send.id, (READY,), Rank.SENT, AT, "wamid-1"))
    read = world.store.sends.by_wamid
    assert await read(world.workspace, ["wamid-1", "wamid-2"]) == {"wamid-1": send.id}
    assert await read(other.workspace, ["wamid-1"]) == {}
    assert await read(world.workspace, []) == {}


async def test_a_leg_learns_its_wamid_from_a_status(world: World) -> None:
    send = await world.sent()
    moved = await settle(world, evolve(leg(send, Rank.SENT), wamid="wamid-1"))
    assert len(moved) == 1
    read = world.store.sends.by_wamid
    assert await read(world.workspace, ["wamid-1"]) == {"wamid-1": send.id}
    await settle(world, evolve(leg(send, Rank.READ), wamid="wamid-2"))
    assert await read(world.workspace, ["wamid-1"]) == {"wamid-1": send.id}


async def test_statuses_move_forward_with_an_event_each(world: World) -> None:
    send = await world.sent()
    await world.must(EndSend(send.id, (READY,), Rank.SENT, AT, "wamid-1"))
    steps = [leg(send, rank) for rank in (Rank.DELIVERED, Rank.READ, Rank.PLAYED)]
    assert await settle(world, *steps) == [(step, None) for step in steps]
    history = await world.store.journal.read(world.workspace, f"send/{send.id}")
    assert [each.version for each in history] == [2, 3, 4, 5]
    assert history[-1].event == status(send, Rank.PLAYED)
    assert [each.seq for each in world.recorded] == [1, 2, 3, 4]


async def test_statuses_that_come_late_or_twice_move_nothing(world: World) -> None:
    send = await world.sent()
    read = leg(send, Rank.READ)
    batch = (read, leg(send, Rank.DELIVERED), read, leg(send, Rank.SENT))
    assert await settle(world, *batch) == [(read, send)]
    assert await settle(world, *batch) == []
    assert [each.version for each in world.recorded] == [Rank.READ]


async def test_a_status_before_the_answer_ends_the_send(world: World) -> None:
    send = await world.sent()
    await world.must(MoveSend(send.id, (READY,), SENDING, 1))
    standing = evolve(send, state=SENDING, attempt=1)
    assert await settle(world, leg(send, Rank.SENT)) == [(leg(send, Rank.SENT), standing)]
    assert await unfinished(world) == []
    end = EndSend(send.id, (SENDING,), Rank.SENT, AT, "wamid-1")
    assert await world.change(end) == Conflict(end)
    assert told(world) == []


async def test_unknown_sends_and_those_of_others_are_left_alone(world: World) -> None:
    other = await world.another()
    send = await world.sent()
    assert await settle(other, leg(send, Rank.SENT)) == []
    assert await settle(world, Leg(SendId(1), Rank.SENT, AT)) == []
    assert await unfinished(world) == [send]
    assert world.recorded == []


@pytest.mark.parametrize(
    ("first", "then", "moves"),
    [
        (Rank.SENT, Rank.FAILED, True),
        (Rank.DELIVERED, Rank.FAILED, False),
        (Rank.READ, Rank.FAILED, False),
        (Rank.FAILED, Rank.DELIVERED, False),
    ],
)
async def test_failed_counts_only_before_delivery(
    world: World, first: Rank, then: Rank, moves: bool
) -> None:
    send = await world.sent(Purpose.NOTICE)
    await settle(world, leg(send, first))
    late = leg(send, then, 131026 if then is Rank.FAILED else None)
    assert await settle(world, late) == ([(late, None)] if moves else [])


@pytest.mark.parametrize(
    ("purpose", "rank", "heard"),
    [
        (Purpose.OFFER, Rank.SENT, Rank.SENT),
        (Purpose.OFFER, Rank.READ, Rank.SENT),
        (Purpose.OFFER, Rank.FAILED, Rank.FAILED),
        (Purpose.RELAY, Rank.SENT, None),
        (Purpose.RELAY, Rank.DELIVERED, None),
        (Purpose.RELAY, Rank.FAILED, Rank.FAILED),
        (Purpose.NOTICE, Rank.SENT, None),
        (Purpose.NOTICE, Rank.FAILED, None),
    ],
)
async def test_a_conversation_hears_what_its_purpose_wants(
    world: World, purpose: Purpose, rank: Rank, heard: Rank | None
) -> None:
    send = await world.sent(purpose)
    code = 131026 if rank is Rank.FAILED else None
    await settle(world, leg(send, rank, code))
    expected = [] if heard is None else [(send.id, heard, code)]
    assert told(world) == expected
    assert [item.item for item in await world.waiting()] == [item.item for item in world.items]


@pytest.mark.parametrize("rank", [Rank.SENT, Rank.DELIVERED, Rank.FAILED])
async def test_a_parked_message_that_settles_late_is_told(world: World, rank: Rank) -> None:
    send = await world.sent()
    await world.must(MoveSend(send.id, (READY,), PARKED, 1, AT))
    parked = evolve(send, state=PARKED, attempt=1, due_at=AT)
    assert await settle(world, leg(send, rank)) == [(leg(send, rank), parked)]
    assert told(world) == [(send.id, Rank.FAILED if rank is Rank.FAILED else Rank.SENT, None)]


@pytest.mark.parametrize("purpose", [Purpose.RELAY, Purpose.OFFER])
async def test_a_failure_after_sent_is_told(world: World, purpose: Purpose) -> None:
    """Meta takes a message first and finds out later that nobody can be reached."""
    send = await world.sent(purpose)
    await world.must(EndSend(send.id, (READY,), Rank.SENT, AT, "wamid-1"))
    assert await settle(world, leg(send, Rank.FAILED, 131026)) == [
        (leg(send, Rank.FAILED, 131026), None)
    ]
    (item,) = world.items
    assert isinstance(item.item, Outcome)
    assert (item.item.conversation, item.item.contact) == (send.conversation, send.contact)
    assert (item.item.message, item.channel) == (send.message, world.channel.id)
    assert told(world) == [(send.id, Rank.FAILED, 131026)]


async def test_a_send_without_conversation_tells_nobody(world: World) -> None:
    send = evolve(world.outgoing(), conversation=None)
    await world.must(NewSend(send))
    assert len(await settle(world, leg(send, Rank.FAILED))) == 1
    assert told(world) == []


async def test_the_applied_rows_are_deleted(world: World) -> None:
    other = await world.another()
    await world.store.inbox.store([world.statuses(), world.statuses(), other.statuses()])
    first, second, theirs = (item.id for item in world.items)
    send = await world.sent()
    await world.store.sends.settle(world.workspace, [leg(send, Rank.SENT)], [first, theirs])
    assert [item.id for item in await world.waiting()] == [second]
    assert [item.id for item in await other.waiting()] == [theirs]
    assert await world.store.sends.settle(world.workspace, [], [second]) == []
    assert await world.waiting() == []


async def test_a_message_sent_twice_has_two_legs(world: World) -> None:
    first = await world.sent()
    again = evolve(world.outgoing(), message=first.message)
    await world.must(NewSend(again))
    await settle(world, leg(first, Rank.FAILED), leg(again, Rank.DELIVERED))
    assert [each.event for each in world.recorded] == [
        status(first, Rank.FAILED),
        status(again, Rank.DELIVERED),
    ]


async def test_a_send_keeps_every_field(world: World) -> None:
    template = Template("kaisa_offer", "sv", ("Ana", "hej"), ("yes", "no"))
    buttons = Buttons("Take it?", (Button("yes", "Yes"), Button("no", "No")))
    sends = [
        evolve(world.outgoing(Purpose.OFFER), outgoing=template),
        evolve(world.outgoing(Purpose.NOTICE), outgoing=buttons, conversation=None),
        evolve(world.outgoing(), recipient=Recipient(None, "US.1"), message=MessageId(1 << 62)),
    ]
    for send in sends:
        await world.must(NewSend(send))
    assert await unfinished(world) == sends
