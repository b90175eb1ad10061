"""Who wrote, and where they stand: for many writers, or conversations, in one read."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import evolve
from sqlalchemy import Connection

from kaisa_relay.directory import finding
from kaisa_relay.directory.blocks import blocked_of
from kaisa_relay.domain.contact import Person, Side
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId, WorkspaceId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.routing import Pair
from kaisa_relay.ports.directory import Briefing, Met, Writer
from kaisa_relay.store.bulk import Bulk
from kaisa_relay.store.instants import from_micros

People = Mapping[tuple[WorkspaceId, ContactId], Person]
Asked = tuple[WorkspaceId, ConversationId, tuple[ContactId, ...]]


def meet(connection: Connection, writers: Sequence[Writer]) -> list[Met]:
    """Return who each writer may be, and where these contacts stand."""
    asked = [finding.Asked(w.workspace, w.portfolio, w.sender, tuple(w.phones)) for w in writers]
    recognised = finding.find(connection, asked)
    found = [each.contacts for each in recognised]
    both = list(zip(writers, found, strict=True))
    pairs = _pairs(connection, [(w.workspace, each, w.channel) for w, own in both for each in own])
    contacts = [(writer.workspace, each) for writer, own in both for each in own]
    persons, blocked = people(connection, contacts), blocked_of(connection, contacts)
    met = [_met(writer, own, pairs, persons) for writer, own in both]
    return [
        evolve(
            each,
            recognised=who,
            blocked=frozenset(one for one in each.contacts if (writer.workspace, one) in blocked),
        )
        for each, who, writer in zip(met, recognised, writers, strict=True)
    ]


def _met(
    writer: Writer,
    contacts: tuple[ContactId, ...],
    pairs: Mapping[tuple[Any, ...], Pair],
    people: People,
) -> Met:
    workspace = writer.workspace
    standing = [pairs.get((workspace, each, writer.channel)) for each in sorted(contacts)]
    persons = {each: people[workspace, each] for each in contacts if (workspace, each) in people}
    return Met(contacts, tuple(pair for pair in standing if pair is not None), persons)


def _pairs(
    connection: Connection, keys: Sequence[tuple[WorkspaceId, ContactId, ChannelId]]
) -> Mapping[tuple[Any, ...], Pair]:
    rows = PAIRS.fetch(connection, list(dict.fromkeys(keys)))
    return {tuple(row[:3]): _pair(row) for row in rows}


def _pair(row: Sequence[Any]) -> Pair:
    _, contact, channel, conversation, role, last, inbound_at = row
    return Pair(
        channel=ChannelId(channel),
        contact=ContactId(contact),
        conversation=None if conversation is None else ConversationId(conversation),
        role=None if role is None else Side(role),
        last_conversation=None if last is None else ConversationId(last),
        inbound_at=from_micros(inbound_at),
    )


def people(connection: Connection, keys: Sequence[tuple[WorkspaceId, ContactId]]) -> People:
    """Return the persons behind these contacts."""
    rows = PEOPLE.fetch(connection, list(dict.fromkeys(keys)))
    return {
        (WorkspaceId(workspace), ContactId(id)): Person(
            contact=ContactId(id),
            name=name,
            language=language,
            phone=None if phone is None else Phone(phone),
            bsuid=bsuid,
        )
        for workspace, id, name, language, phone, bsuid in rows
    }


def brief(connection: Connection, asked: Sequence[Asked]) -> list[Briefing]:
    """Return each conversation's people, as far as they are not erased, and its metadata."""
    keys = [(workspace, each) for workspace, _, contacts in asked for each in contacts]
    persons = people(connection, keys)
    conversations = list(dict.fromkeys((workspace, id) for workspace, id, _ in asked))
    metadata: dict[tuple[int, int], Any] = defaultdict(lambda: b"{}")
    metadata |= {(row[0], row[1]): row[2] for row in METADATA.fetch(connection, conversations)}
    return [
        Briefing(
            {each: persons[workspace, each] for each in contacts if (workspace, each) in persons},
            bytes(metadata[workspace, id]),
        )
        for workspace, id, contacts in asked
    ]


# A cross join keeps SQLite from reading the table first and looking up what is asked.
PAIRS: Final = Bulk(
    """select p.workspace, p.contact, p.channel, p.conversation, p.role, p.last_conversation,
    p.inbound_at from {rows} cross join pair p where p.workspace = v.workspace
    and p.contact = v.contact and p.channel = v.channel""",
    workspace=int,
    contact=int,
    channel=int,
)

PEOPLE: Final = Bulk(
    """select c.workspace, c.id, c.name, c.language, c.phone, c.bsuid
    from {rows} cross join contact c where c.workspace = v.workspace and c.id = v.id""",
    workspace=int,
    id=int,
)

METADATA: Final = Bulk(
    """select m.workspace, m.conversation, m.data from {rows} cross join metadata m
    where m.workspace = v.workspace and m.conversation = v.conversation""",
    workspace=int,
    conversation=int,
)
