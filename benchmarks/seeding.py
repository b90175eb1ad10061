"""Active conversations by the thousand, written through the store and not through the doors.

Rule 1: the rows are those that the relay writes for itself; only their events are left out but
for the first: the snapshot stands for them, as it does when a conversation comes back.
Rule 2: one per channel is written by the relay's own code, the others are copies of it by SQL.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import trio
from attrs import evolve, frozen
from sqlalchemy import Connection, select

from benchmarks.bodies import Person as Writer
from benchmarks.copying import STRIDE, Original, copy
from benchmarks.databases import Database
from benchmarks.serving import settings_of
from benchmarks.templates import Party
from benchmarks.traffic import Talk
from kaisa_relay.accounts.configured import ConfiguredAccounts
from kaisa_relay.actors.conversation.changes import wake_at
from kaisa_relay.actors.conversation.slot import stream_of
from kaisa_relay.app import cipher_of
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.contact import Person, Side
from kaisa_relay.domain.conversation.events import ConversationCreated
from kaisa_relay.domain.conversation.state import Phase, State, created
from kaisa_relay.domain.conversation.terms import Candidate, Strategy, Terms
from kaisa_relay.domain.ids import ContactId, ConversationId, WorkspaceId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.journal.sql import SqlRooms, on_store
from kaisa_relay.ports import (
    Append,
    Change,
    ClaimPair,
    SaveContact,
    SaveConversation,
    SaveMetadata,
    SaveToken,
    TouchPair,
)
from kaisa_relay.runtime.clock import system_clock
from kaisa_relay.store import Store, open_store, tables
from kaisa_relay.whatsapp.rows import read_item

TERMS: Final = Terms(expires_after=timedelta(days=30))
"""So that none of them is due while it is looked at."""


@frozen
class Seeded:
    """One conversation: what was first written of it, and its people."""

    event: ConversationCreated
    visitor: Writer
    agent: Writer


async def seed(database: Database, count: int, first: int = 0) -> Iterator[Talk]:
    """Write so many active conversations of the furnished workspace, while no `serve` runs.

    `first` is the number of the first one's people. Returns who talks, made as they are asked for.
    """
    settings = settings_of(database.url)
    opened = open_store(settings.database_url, wall=system_clock)
    async with opened as store, trio.open_nursery() as nursery:
        await nursery.start(store.run)
        await store.own()
        accounts = await ConfiguredAccounts.load(store, cipher_of(settings), system_clock)
        (workspace,) = accounts.workspaces()
        channels = accounts.channels(workspace)
        # Ids that the store's own source will not have reached when the first is written.
        base = store.new_id() + (1 << 22)
        seeded = list(_events(base, channels, range(first, first + min(count, len(channels)))))
        await _write(on_store(store, read_item), seeded)
        original = Original(workspace, base, first, len(seeded), await _head(store, workspace))
        nursery.cancel_scope.cancel()
    copy(database.url, original, count)
    numbers = range(first, first + count)
    people = (writers(number, channels[number % len(channels)]) for number in numbers)
    return (Talk(Party.of(visitor), Party.of(agent)) for visitor, agent in people)


async def _head(store: Store, workspace: WorkspaceId) -> int:
    def read(connection: Connection) -> int:
        row = select(tables.workspace.c.head).where(tables.workspace.c.id == workspace)
        return connection.scalar(row) or 0

    return await store.read(read)


def _events(base: int, channels: Sequence[Channel], numbers: range) -> Iterator[Seeded]:
    at = system_clock()
    for place, number in enumerate(numbers):
        channel = channels[number % len(channels)]
        conversation = base + STRIDE * place
        visitor, agent = ContactId(conversation + 1), ContactId(conversation + 2)
        event = ConversationCreated(
            workspace=channel.workspace,
            conversation=ConversationId(conversation),
            channel=channel.id,
            visitor=visitor,
            language="en",
            agents=(Candidate(agent, "en"),),
            chosen=agent,
            strategy=Strategy.LISTED,
            terms=TERMS,
            at=at,
        )
        yield Seeded(event, *writers(number, channel))


def writers(number: int, channel: Channel) -> tuple[Writer, Writer]:
    """Return the visitor and the agent of one conversation."""
    return (
        Writer("Vera Visitor", f"4670{1_000_000 + number}", channel.phone_number_id),
        Writer("Anna Agent", f"4673{1_000_000 + number}", channel.phone_number_id),
    )


async def _write(rooms: SqlRooms, seeded: Sequence[Seeded]) -> None:
    workspace = seeded[0].event.workspace
    rows = [row for each in seeded for row in _rows(each)]
    async with trio.open_nursery() as nursery:
        for each in seeded:
            stream = stream_of(each.event.conversation)
            append = Append(workspace, stream, 0, (each.event,), ())
            nursery.start_soon(rooms.journal.append, append, name=stream)
        append = Append(workspace, "seeding", 0, (), tuple(rows))
        nursery.start_soon(rooms.journal.append, append, name="rows")


def _rows(seeded: Seeded) -> Iterator[Change]:
    event = seeded.event
    conversation, channel, agent = event.conversation, event.channel, event.chosen
    state = _active(event)
    yield ClaimPair(channel, event.visitor, conversation, Side.VISITOR)
    yield ClaimPair(channel, agent, conversation, Side.AGENT)
    yield TouchPair(channel, event.visitor, event.at)
    yield TouchPair(channel, agent, event.at)
    yield SaveToken(f"token{conversation}", conversation, channel, event.at + TERMS.expires_after)
    for contact, writer in ((event.visitor, seeded.visitor), (agent, seeded.agent)):
        phone = Phone(writer.phone)
        person = Person(contact, writer.name, "en", phone, f"SE.1349{writer.digits}")
        yield SaveContact(person, "", (phone,), writer.digits)
    yield SaveMetadata(conversation, event.visitor, b'{"listing":"4711"}')
    yield SaveConversation(state, 1, wake_at(state, event.at))


def _active(event: ConversationCreated) -> State:
    at: datetime = event.at
    return evolve(
        created(event),
        phase=Phase.ACTIVE,
        agent=event.chosen,
        started_at=at,
        accepted_at=at,
        last_message_at=at,
        visitor_wrote_at=at,
        agent_wrote_at=at,
    )
