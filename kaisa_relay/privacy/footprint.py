"""Where in the tables a person is: read, and nothing changed.

Rule 1: a number's rows are its owner's: contacts that were merged keep it, and go together.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, get_type_hints

from attrs import field, frozen
from sqlalchemy import Connection, or_, select

from kaisa_relay.domain.contact import Person
from kaisa_relay.domain.conversation.events import Event
from kaisa_relay.domain.engagement.mail_address import read_mail_address
from kaisa_relay.domain.engagement.suppression import Address, Way
from kaisa_relay.domain.ids import (
    CONVERSATION,
    MESSAGE,
    ContactId,
    ConversationId,
    MessageId,
    SendId,
    WorkspaceId,
    to_text,
)
from kaisa_relay.domain.phone import Phone, candidates, from_wa_id
from kaisa_relay.domain.public_events import id_prefix
from kaisa_relay.domain.sending import SendState
from kaisa_relay.store.tables import (
    agent,
    contact,
    content,
    conversation,
    identity,
    metadata,
    pair,
    send,
)


@frozen
class Footprint:
    """What leads to a person, and what they were in."""

    people: tuple[Person, ...] = field(repr=False)
    contacts: tuple[ContactId, ...]
    phones: tuple[Phone, ...] = field(repr=False)
    bsuids: tuple[str, ...] = field(repr=False)
    mails: tuple[str, ...] = field(repr=False)
    conversations: tuple[ConversationId, ...]
    messages: tuple[MessageId, ...]
    """Those that are theirs by their rows; those of the conversations are in the journal."""
    live: tuple[ConversationId, ...]
    is_agent: bool

    def addresses(self) -> Iterator[Address]:
        """Yield where outreach may have reached them."""
        for phone in self.phones:
            yield Address(Way.SMS, phone)
            yield Address(Way.WHATSAPP, phone)
        yield from (Address(Way.WHATSAPP, each) for each in self.bsuids)
        yield from (Address(Way.EMAIL, each) for each in self.mails)

    def needles(self) -> tuple[bytes, ...]:
        """Return what a body that is about them holds."""
        numbers = [each.removeprefix("+") for each in self.phones]
        talks = [form for id in self.conversations for form in (str(id), to_text(CONVERSATION, id))]
        return tuple(each.encode() for each in (*numbers, *self.bsuids, *talks))

    def words(self) -> tuple[str, ...]:
        """Return what somebody may look for who looks for them; initials would be in anything."""
        parts = (part for each in self.people for part in each.name.split())
        names = [part for part in parts if len(part) > 2]
        return (*(each.decode() for each in self.needles()), *self.mails, *names)


def of_contact(connection: Connection, of: WorkspaceId, id: ContactId) -> Footprint:
    """Find a person by their contact; what is gone already is absent."""
    people = _people(connection, of, id)
    contacts = tuple(dict.fromkeys([id, *(each.contact for each in people)]))
    phones, bsuids = _found_by(connection, of, people, contacts)
    conversations, messages = _written(connection, of, contacts)
    talks = tuple(sorted({*conversations, *_visited(connection, of, contacts)}))
    mails = tuple(sorted(_mails(connection, of, talks, contacts)))
    at = (pair.c.workspace == of, pair.c.contact.in_(contacts), pair.c.conversation.is_not(None))
    live = connection.scalars(select(pair.c.conversation).where(*at)).all()
    serving = (agent.c.workspace == of, agent.c.contact.in_(contacts))
    is_agent = connection.scalar(select(agent.c.contact).where(*serving).limit(1)) is not None
    found = (tuple(people), contacts, phones, bsuids, mails, talks, messages)
    return Footprint(*found, tuple(ConversationId(each) for each in live if each), is_agent)


def of_phone(connection: Connection, of: WorkspaceId, phone: Phone) -> list[Person]:
    """Return who is known by a number and is no agent."""
    wa_ids = [each.removeprefix("+") for each in candidates(phone)]
    known = identity.c
    which = (
        known.workspace == of,
        known.portfolio == "",
        known.kind.in_(["phone", "wa_id"]),
        known.value.in_([*candidates(phone), *wa_ids]),
    )
    agents = select(agent.c.contact).where(agent.c.workspace == of)
    query = select(known.contact).where(*which, known.contact.not_in(agents)).distinct()
    ids = connection.scalars(query.order_by(known.contact)).all()
    rows = select(contact).where(contact.c.workspace == of, contact.c.id.in_(ids))
    return [_person(row) for row in connection.execute(rows.order_by(contact.c.id))]


def unfinished(
    connection: Connection, of: WorkspaceId, found: Footprint
) -> list[tuple[SendId, SendState]]:
    """Return what is still on its way to them, or in a conversation of theirs."""
    theirs = or_(send.c.contact.in_(found.contacts), send.c.conversation.in_(found.conversations))
    rows = connection.execute(select(send.c.id, send.c.state).where(send.c.workspace == of, theirs))
    return [(SendId(row.id), SendState(row.state)) for row in rows]


def messages_of(event: Event) -> Iterator[MessageId]:
    """Yield the messages that an event names."""
    for name, declared in get_type_hints(type(event)).items():
        if id_prefix(declared) == MESSAGE:
            value: Any = getattr(event, name)
            many = value if isinstance(value, tuple) else (value,)
            yield from (MessageId(each) for each in many if each is not None)


def _people(connection: Connection, of: WorkspaceId, id: ContactId) -> list[Person]:
    mine = contact.c.workspace == of
    row = connection.execute(select(contact).where(mine, contact.c.id == id)).one_or_none()
    if row is None:
        return []
    alike = [contact.c.id == id]
    if row.phone is not None:
        alike.append(contact.c.phone == row.phone)
    if row.bsuid is not None:
        alike.append(contact.c.bsuid == row.bsuid)
    return [_person(each) for each in connection.execute(select(contact).where(mine, or_(*alike)))]


def _person(row: Any) -> Person:
    phone = None if row.phone is None else Phone(row.phone)
    return Person(ContactId(row.id), row.name, row.language, phone, row.bsuid)


def _found_by(
    connection: Connection, of: WorkspaceId, people: Sequence[Person], contacts: Sequence[ContactId]
) -> tuple[tuple[Phone, ...], tuple[str, ...]]:
    phones = {form for each in people if each.phone for form in candidates(each.phone)}
    bsuids = {each.bsuid for each in people if each.bsuid}
    mine = (identity.c.workspace == of, identity.c.contact.in_(contacts))
    for row in connection.execute(select(identity.c.kind, identity.c.value).where(*mine)):
        if row.kind == "bsuid":
            bsuids.add(row.value)
        else:
            phone = from_wa_id(row.value.removeprefix("+"))
            phones |= set(candidates(phone)) if phone else set()
    return tuple(sorted(phones)), tuple(sorted(bsuids))


def _written(
    connection: Connection, of: WorkspaceId, contacts: Sequence[ContactId]
) -> tuple[set[ConversationId], tuple[MessageId, ...]]:
    """Return what holds words of theirs or to them, and the form that they filled in."""
    said, about = content.c, metadata.c
    mine = (said.workspace == of, said.contact.in_(contacts))
    rows = connection.execute(select(said.message, said.conversation).where(*mine)).all()
    forms = (about.workspace == of, about.contact.in_(contacts))
    filled = connection.scalars(select(about.conversation).where(*forms)).all()
    talks = {ConversationId(row.conversation) for row in rows if row.conversation is not None}
    messages = tuple(MessageId(row.message) for row in rows)
    return talks | {ConversationId(each) for each in filled}, messages


def _visited(
    connection: Connection, of: WorkspaceId, contacts: Sequence[ContactId]
) -> set[ConversationId]:
    mine = (conversation.c.workspace == of, conversation.c.visitor.in_(contacts))
    return {ConversationId(id) for id in connection.scalars(select(conversation.c.id).where(*mine))}


def _mails(
    connection: Connection,
    of: WorkspaceId,
    talks: Sequence[ConversationId],
    contacts: Sequence[ContactId],
) -> set[str]:
    """Return the e-mail addresses that the form names."""
    about = metadata.c
    which = or_(about.conversation.in_(talks), about.contact.in_(contacts))
    rows = connection.scalars(select(about.data).where(about.workspace == of, which)).all()
    texts = (text for data in rows for text in _texts(json.loads(bytes(data))))
    return {mail.lower() for text in texts if (mail := read_mail_address(text)) is not None}


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for each in value.values():
                yield from _texts(each)
        case list():
            for each in value:
                yield from _texts(each)
        case _:
            pass
