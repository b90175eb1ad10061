"""What is known when a trigger is looked at, and when its words are written.

Rule 1: conditions see ids, codes and times; names and numbers are read for what is sent only.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from kaisa_relay.domain.engagement.conditions import Facts
from kaisa_relay.domain.ids import (
    CHANNEL,
    CONTACT,
    CONVERSATION,
    ContactId,
    WorkspaceId,
    to_text,
)
from kaisa_relay.domain.money import read_money
from kaisa_relay.domain.public_events import cloud_event
from kaisa_relay.ports import Archive, ConversationView, Recorded
from kaisa_relay.ports.views import PersonView
from kaisa_relay.store.tables import contact


async def view_of(archive: Archive, recorded: Recorded) -> ConversationView | None:
    """Return the conversation of an event, as it stands now."""
    if recorded.conversation is None:
        return None
    return await archive.conversation(recorded.workspace, recorded.conversation)


def facts(recorded: Recorded | None, view: ConversationView | None) -> Facts:
    """Return what conditions may ask of an event, or, without one, of a conversation."""
    event = {} if recorded is None else event_of(recorded)
    if view is None:
        return {"event": event, "conversation": {}, "metadata": {}}
    metadata = msgspec.json.decode(view.metadata)
    return {"event": event, "conversation": shown(view), "metadata": metadata}


def event_of(recorded: Recorded) -> dict[str, Any]:
    """Return an event as outsiders see it."""
    return cloud_event(recorded.workspace, recorded.seq, recorded.conversation, recorded.event)


def shown(view: ConversationView) -> dict[str, Any]:
    """Return what conditions may ask of a conversation: how it stands now, and nobody's name."""
    worth = read_money(view.note or "")
    return {
        "id": to_text(CONVERSATION, view.id),
        "status": view.phase.value,
        "reason": view.reason,
        "outcome": view.outcome,
        "value": worth.number if worth else None,
        "currency": worth.currency if worth else None,
        "channel": to_text(CHANNEL, view.channel),
        "agent": None if view.agent is None else to_text(CONTACT, view.agent.contact),
        "created_at": view.created_at,
        "started_at": view.started_at,
        "accepted_at": view.accepted_at,
        "ended_at": view.ended_at,
    }


def telling(
    recorded: Recorded, view: ConversationView | None, language: str | None
) -> Mapping[str, Any]:
    """Return what words may tell: the same, and who is in the conversation."""
    return written_out({**facts(recorded, view), **people(view, language)})


def people(view: ConversationView | None, language: str | None) -> dict[str, Any]:
    """Return who is in a conversation."""
    if view is None:
        return {"visitor": {}, "agent": {}}
    phone = None if view.form.phone is None else str(view.form.phone)
    visitor = {**_named(view.form), "phone": phone, "language": language}
    return {"visitor": visitor, "agent": {} if view.agent is None else _named(view.agent)}


def written_out(known: Facts) -> Mapping[str, Any]:
    """Return facts as words write them: instants as texts, and nothing for None."""
    told: dict[str, Any] = _without_none(msgspec.to_builtins(known))
    return told


def language_of(connection: Connection, of: WorkspaceId, who: ContactId) -> str | None:
    """Return the language that somebody is written to in."""
    query = select(contact.c.language).where(contact.c.workspace == of, contact.c.id == who)
    return connection.scalar(query)


def _named(person: PersonView) -> dict[str, Any]:
    first = (person.name or "").split(maxsplit=1)[:1]
    return {"name": person.name, "first_name": first[0] if first else None}


def _without_none(fact: Any) -> Any:
    """Leave out what is None, so that it is written as nothing."""
    if not isinstance(fact, dict):
        return fact
    return {name: _without_none(value) for name, value in fact.items() if value is not None}
