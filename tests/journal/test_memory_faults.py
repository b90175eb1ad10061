"""The faults that actors are tested with: what the store in memory does when it is told to fail."""

import pytest
import trio
from trio.testing import MockClock

from kaisa_relay.domain.conversation.state import created
from kaisa_relay.domain.ids import ConversationId
from kaisa_relay.ports import (
    Append,
    Fenced,
    InboxItem,
    Recorded,
    SaveConversation,
    StoreUnavailable,
)
from tests import fakes

STREAM = "conversation/1"


def first() -> Append:
    event = fakes.created()
    row = SaveConversation(created(event), 1, None)
    return Append(fakes.WORKSPACE, STREAM, 0, (event,), (row,))


async def test_a_commit_that_fails_before_leaves_nothing() -> None:
    store = fakes.memory_store()
    heard: list[Recorded] = []
    store.journal.subscribe(heard.extend)
    store.fail_next("before")
    with pytest.raises(StoreUnavailable):
        await store.journal.append(first())
    assert await store.journal.read(fakes.WORKSPACE, STREAM) == []
    assert await store.journal.snapshot(fakes.WORKSPACE, ConversationId(1)) is None
    assert not heard
    assert await store.journal.append(first()) is None


async def test_a_commit_that_fails_after_is_durable_and_unheard() -> None:
    store = fakes.memory_store()
    heard: list[Recorded] = []
    store.journal.subscribe(heard.extend)
    store.fail_next("after")
    with pytest.raises(StoreUnavailable):
        await store.journal.append(first())
    assert len(await store.journal.read(fakes.WORKSPACE, STREAM)) == 1
    assert not heard


async def test_every_call_fails_while_the_store_is_away() -> None:
    store = fakes.memory_store()
    store.away = True
    for call in (
        lambda: store.journal.append(first()),
        lambda: store.journal.read(fakes.WORKSPACE, STREAM),
        lambda: store.inbox.store([]),
        lambda: store.directory.load(fakes.WORKSPACE),
    ):
        with pytest.raises(StoreUnavailable):
            await call()
    store.away = False
    assert await store.journal.append(first()) is None


async def test_a_fenced_workspace_takes_no_append_and_no_status() -> None:
    store = fakes.memory_store()
    store.fenced.add(fakes.WORKSPACE)
    with pytest.raises(Fenced):
        await store.journal.append(first())
    with pytest.raises(Fenced):
        await store.sends.settle(fakes.WORKSPACE, [], [])
    assert store.events(fakes.WORKSPACE) == []


async def test_the_inbox_takes_rows_of_a_fenced_workspace() -> None:
    """Any node takes webhooks: the owner drains them."""
    store = fakes.memory_store()
    store.fenced.add(fakes.WORKSPACE)
    message = fakes.inbound(fakes.sender(fakes.person(1)), "hello", "w1")
    assert await store.inbox.store([fakes.new_item(message, fakes.channel())]) == 1


async def test_a_restart_keeps_the_rows_and_forgets_the_subscribers() -> None:
    store = fakes.memory_store()
    heard: list[InboxItem] = []
    store.inbox.subscribe(heard.extend)
    await store.journal.append(first())
    store = store.restart()
    message = fakes.inbound(fakes.sender(fakes.person(1)), "hello", "w1")
    await store.inbox.store([fakes.new_item(message, fakes.channel())])
    assert len(await store.journal.read(fakes.WORKSPACE, STREAM)) == 1
    assert not heard


async def test_latency_passes_on_trios_clock(autojump_clock: MockClock) -> None:
    store = fakes.memory_store()
    store.latency = 0.25
    await store.journal.append(first())
    assert trio.current_time() == 0.25


async def test_a_cancelled_append_commits_nothing(autojump_clock: MockClock) -> None:
    store = fakes.memory_store()
    store.latency = 1.0
    with trio.move_on_after(0.5):
        await store.journal.append(first())
    await trio.sleep(5)
    assert store.events(fakes.WORKSPACE) == []
