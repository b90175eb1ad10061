"""What waits is committed together, and one that fails fails alone."""

from typing import Any

import pytest
import trio
from attrs import evolve
from sqlalchemy.exc import DBAPIError, OperationalError

from kaisa_relay.domain.ids import ContactId, ConversationId, MessageId
from kaisa_relay.journal.appending import Appended, Appending
from kaisa_relay.journal.parts import prepare
from kaisa_relay.journal.tail import Tail
from kaisa_relay.ports import (
    Append,
    Conflict,
    Done,
    ForgetNumbers,
    SaveContact,
    SaveMetadata,
    StoreUnavailable,
)
from kaisa_relay.runtime.callback import Callback
from kaisa_relay.store import writer
from tests import fakes
from tests.contracts.sql_stores import SqlStore
from tests.store.acts import append, execute, rows

pytestmark = pytest.mark.timeout(60)


async def test_what_waits_is_one_commit(rooms: SqlStore) -> None:
    workspace = await rooms.add_workspace()
    before = rooms.store.statistics()
    async with trio.open_nursery() as nursery:
        for number in range(100):
            nursery.start_soon(append, rooms, workspace, f"conversation/{number}")
    after = rooms.store.statistics()
    assert after.units - before.units >= 100
    # One batch is under way while the rest gathers; a heartbeat may make one more.
    assert after.batches - before.batches <= 4


async def test_one_guilty_append_costs_the_others_nothing(rooms: SqlStore) -> None:
    workspace = await rooms.add_workspace()
    guilty = Done((MessageId(404),))
    answers: dict[int, Conflict | None] = {}

    async def one(number: int) -> None:
        changes = (guilty,) if number == 50 else ()
        answers[number] = await append(rooms, workspace, f"conversation/{number}", *changes)

    async with trio.open_nursery() as nursery:
        for number in range(100):
            nursery.start_soon(one, number)
    assert answers.pop(50) == Conflict(guilty)
    assert set(answers.values()) == {None}
    assert await rows(rooms, "select count(*), min(seq), max(seq) from event") == [(99, 1, 99)]


async def test_an_append_that_the_database_refuses_fails_alone(rooms: SqlStore) -> None:
    """A value that a column does not take is its caller's crash, and nobody else's."""
    workspace = await rooms.add_workspace()
    await execute(rooms, "create unique index ux_canary on metadata (contact)")
    await append(
        rooms, workspace, "conversation/9", SaveMetadata(ConversationId(1), ContactId(7), b"{}")
    )
    guilty = SaveMetadata(ConversationId(2), ContactId(7), b"{}")
    crashes: list[Exception] = []

    async def one(number: int) -> None:
        try:
            changes = (guilty,) if number == 3 else ()
            await append(rooms, workspace, f"conversation/{number}", *changes)
        except DBAPIError as crash:
            crashes.append(crash)

    async with trio.open_nursery() as nursery:
        for number in range(8):
            nursery.start_soon(one, number)
    await execute(rooms, "drop index ux_canary")
    assert [type(crash).__name__ for crash in crashes] == ["IntegrityError"]
    assert await rows(rooms, "select count(*), max(seq) from event") == [(8, 8)]


async def test_a_caller_that_gives_up_is_committed_all_the_same(rooms: SqlStore) -> None:
    workspace = await rooms.add_workspace()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(append, rooms, workspace, "conversation/1")
        await trio.testing.wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
    await append(rooms, workspace, "conversation/2")
    assert await rows(rooms, "select stream from event order by seq") == [
        (1,),
        (2,),
    ]


async def test_a_full_queue_refuses_at_once(
    rooms: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = await rooms.add_workspace()
    monkeypatch.setattr(writer, "QUEUE", 10)
    refused = 0

    async def one(number: int) -> None:
        nonlocal refused
        try:
            await append(rooms, workspace, f"conversation/{number}")
        except StoreUnavailable:
            refused += 1

    async with trio.open_nursery() as nursery:
        for number in range(50):
            nursery.start_soon(one, number)
    ((kept,),) = await rows(rooms, "select count(*) from event")
    assert refused > 0
    assert kept + refused == 50


async def test_work_that_crashes_leaves_nothing_and_harms_nobody(rooms: SqlStore) -> None:
    workspace = await rooms.add_workspace()
    with pytest.raises(ZeroDivisionError):
        await rooms.store.write(lambda connection: 1 // 0)
    assert await append(rooms, workspace, "conversation/1") is None


async def test_readers_cannot_write(rooms: SqlStore) -> None:
    statement = "insert into node (node_id, alive_at) values (1, 1) returning 1"
    with pytest.raises((StoreUnavailable, OperationalError)):
        await rows(rooms, statement)
    assert await rows(rooms, "select count(*) from node where node_id = 1") == [(0,)]


async def test_a_number_that_is_left_in_the_batch_that_saves_it(rooms: SqlStore) -> None:
    """Who was read before, and waits to be committed before, gives no number back."""
    workspace, store = await rooms.add_workspace(), rooms.store
    appending = Appending(store.epochs, Tail(), Tail())
    old = fakes.person(1)
    now = evolve(old, phone=fakes.phone(2))
    read = SaveContact(old, "", (fakes.phone(1),), "12025550001")
    left = (
        ForgetNumbers(old.contact, (fakes.phone(1),), "12025550001"),
        SaveContact(now, "", (fakes.phone(2),), "12025550002"),
    )
    answers = [Callback[Any](), Callback[Any]()]
    for changes, on_answer in zip(((read,), left), answers, strict=True):
        unit = prepare(Append(workspace, "contact/1", 0, (), changes), store.wall(), store.new_id)
        store.append_nowait(appending, unit, on_answer)
    for on_answer in answers:
        assert isinstance(await on_answer.wait(), Appended)
    found = await rows(rooms, "select kind, value from identity order by value")
    assert {value for _, value in found} == {fakes.phone(2), "12025550002"}
    assert await rows(rooms, "select phone from contact") == [(fakes.phone(2),)]
