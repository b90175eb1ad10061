"""Conversations as the API shows them: the current row, joined with people, metadata and link."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from attrs import evolve as replace
from sqlalchemy import Column, ColumnElement, Connection, Row, Table, func, or_, select, union_all
from sqlalchemy.sql import Select

from kaisa_relay.domain.chat_commands import Close
from kaisa_relay.domain.closing_word import closing_word
from kaisa_relay.domain.conversation.deadlines import expires_at
from kaisa_relay.domain.conversation.events import MessageReceived
from kaisa_relay.domain.conversation.state import Phase, State
from kaisa_relay.domain.ids import ContactId, ConversationId, MessageId, WorkspaceId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.journal.codec import KINDS, decode_content, decode_state
from kaisa_relay.journal.event_columns import NUMBERS, of_conversation
from kaisa_relay.ports import ConversationView, Filter, PersonView
from kaisa_relay.store.identities import phone_key
from kaisa_relay.store.instants import from_micros, to_micros
from kaisa_relay.store.tables import (
    contact,
    content,
    conversation,
    event,
    identity,
    metadata,
    pair,
    token,
)

# The row is not written for every message, so the last one is looked up: silence runs from it.
_last_message: Final = (
    select(event.c.at)
    .where(event.c.workspace == conversation.c.workspace, of_conversation(conversation.c.id))
    .where(event.c.kind == NUMBERS[KINDS[MessageReceived]])
    .order_by(event.c.version.desc())
    .limit(1)
    .scalar_subquery()
    .label("last_message_at")
)
_url: Final = (
    select(token.c.url)
    .where(token.c.workspace == conversation.c.workspace)
    .where(token.c.conversation == conversation.c.id)
    .order_by(func.coalesce(token.c.link, 0).desc())
    .limit(1)
    .scalar_subquery()
    .label("url")
)


def _wrote(who: Column[int], label: str) -> Any:
    """When one of them last wrote on the channel, as their pair's row has it."""
    table = pair.c
    return (
        select(table.inbound_at)
        .where(table.workspace == conversation.c.workspace, table.contact == who)
        .where(table.channel == conversation.c.channel)
        .scalar_subquery()
        .label(label)
    )


_windows: Final = (
    _wrote(conversation.c.visitor, "visitor_wrote_at"),
    _wrote(conversation.c.agent, "agent_wrote_at"),
)


def one(
    connection: Connection, workspace: WorkspaceId, id: ConversationId
) -> ConversationView | None:
    """Return one conversation."""
    found = _views(connection, workspace, _of(workspace).where(conversation.c.id == id))
    return found[0] if found else None


def page(
    connection: Connection,
    workspace: WorkspaceId,
    where: Filter,
    before: ConversationId | None,
    limit: int,
) -> list[ConversationView]:
    """Return up to `limit` conversations with ids below `before`, the newest first."""
    newest = conversation.c.id.desc()
    query = _of(workspace)
    if where.phases:
        found = [_of_phase(workspace, where, phase, (before, limit)) for phase in where.phases]
        query = query.where(conversation.c.id.in_(union_all(*found)))
    else:
        query = _filtered(query, workspace, where)
        query = query if before is None else query.where(conversation.c.id < before)
    return _views(connection, workspace, query.order_by(newest).limit(limit))


def _of_phase(
    workspace: WorkspaceId, where: Filter, phase: Phase, page: tuple[ConversationId | None, int]
) -> Select[Any]:
    """Return the query of the newest ids of one phase, by its index.

    Asked for several phases at once, SQLite walks all that ever were for the few that live.
    """
    table, (before, limit) = conversation.c, page
    query = select(table.id).where(table.workspace == workspace, table.phase == phase.value)
    query = _filtered(query, workspace, where)
    if before is not None:
        query = query.where(table.id < before)
    return select(query.order_by(table.id.desc()).limit(limit).subquery().c.id)


def _of(workspace: WorkspaceId) -> Select[Any]:
    table = conversation.c
    query = select(table.id, table.snapshot, _last_message, _url, *_windows, metadata.c.data)
    joined = query.outerjoin(
        metadata,
        (metadata.c.workspace == table.workspace) & (metadata.c.conversation == table.id),
    )
    return joined.where(table.workspace == workspace)


def _filtered(query: Select[Any], workspace: WorkspaceId, where: Filter) -> Select[Any]:
    """Narrow by everything but the phase."""
    table = conversation.c
    if where.agent is not None:
        query = query.where(table.agent == _who_has(workspace, where.agent))
    if where.visitor is not None:
        query = query.where(table.visitor == _who_has(workspace, where.visitor))
    if where.channel is not None:
        query = query.where(table.channel == where.channel)
    if where.created_from is not None:
        query = query.where(table.created_at >= to_micros(where.created_from))
    if where.created_before is not None:
        query = query.where(table.created_at < to_micros(where.created_before))
    if where.text is not None:
        latest = _latest(conversation, conversation.c.id, workspace, where.searched)
        query = query.where(table.id >= latest, _says(workspace, where.text, where.searched))
    return query


def _says(workspace: WorkspaceId, text: str, searched: int) -> ColumnElement[bool]:
    """Return the condition that a text is in a name or in what was said, lately.

    It reads so many of the workspace's names and texts; more would need an index of words.
    """
    named = select(contact.c.id).where(
        contact.c.workspace == workspace,
        contact.c.id >= _latest(contact, contact.c.id, workspace, searched),
        contact.c.name.icontains(text, autoescape=True),
    )
    # Anchored where a text's body begins, or a search for "text" would find everything.
    body = json.dumps(text, ensure_ascii=False)[1:-1].lower()
    for special in "/%_":
        body = body.replace(special, f"/{special}")
    pattern = '{"text":{"body":"%' + body + "%"
    said = select(content.c.conversation).where(
        content.c.workspace == workspace,
        content.c.message >= _latest(content, content.c.message, workspace, searched),
        content.c.conversation.is_not(None),
        func.lower(content.c.data).like(pattern, escape="/"),
    )
    table = conversation.c
    return or_(table.visitor.in_(named), table.agent.in_(named), table.id.in_(said))


def _latest(
    table: Table, id: ColumnElement[int], workspace: WorkspaceId, most: int
) -> ColumnElement[int]:
    """Return the lowest id of the latest `most` rows of a workspace; our ids grow with time."""
    row = select(id).where(table.c.workspace == workspace).order_by(id.desc())
    return func.coalesce(row.offset(most - 1).limit(1).scalar_subquery(), 0)


def _who_has(workspace: WorkspaceId, phone: Phone) -> Any:
    portfolio, kind, value = phone_key(phone)
    table = identity.c
    return (
        select(table.contact)
        .where(table.workspace == workspace, table.portfolio == portfolio)
        .where(table.kind == kind, table.value == value)
        .scalar_subquery()
    )


def _views(
    connection: Connection, workspace: WorkspaceId, query: Select[Any]
) -> list[ConversationView]:
    rows = connection.execute(query).all()
    states = [_current(row) for row in rows]
    people = _people(connection, workspace, states)
    ended = [state.outcome for state in states if state.outcome is not None]
    said = closing_words(connection, workspace, ended)
    return [_view(row, state, people, said) for row, state in zip(rows, states, strict=True)]


def _current(row: Row[Any]) -> State:
    state = decode_state(row.snapshot)
    last = from_micros(row.last_message_at)
    if last is None or (state.last_message_at is not None and last <= state.last_message_at):
        return state
    return replace(state, last_message_at=last)


def _people(
    connection: Connection, workspace: WorkspaceId, states: Sequence[State]
) -> dict[int, PersonView]:
    table = contact.c
    wanted = {contact for state in states for contact in _shown(state)}
    query = select(table.id, table.name, table.phone).where(
        table.workspace == workspace, table.id.in_(wanted)
    )
    return {row.id: PersonView(row.id, row.name, row.phone) for row in _rows(connection, query)}


def _shown(state: State) -> tuple[ContactId, ...]:
    named = (state.form, state.visitor, state.answering)
    return tuple(contact for contact in named if contact is not None)


def closing_words(
    connection: Connection, workspace: WorkspaceId, messages: Sequence[MessageId]
) -> dict[int, Close]:
    """Return what these messages, which closed a conversation, say of its outcome."""
    table = content.c
    query = select(table.message, table.data).where(
        table.workspace == workspace, table.message.in_(messages)
    )
    rows = _rows(connection, query) if messages else ()
    return {row.message: closing_word(decode_content(row.data)) for row in rows}


def _rows(connection: Connection, query: Select[Any]) -> Iterable[Row[Any]]:
    return connection.execute(query)


def _view(
    row: Row[Any], state: State, people: dict[int, PersonView], said: dict[int, Close]
) -> ConversationView:
    closing = Close() if state.outcome is None else said.get(state.outcome, Close())

    def person(contact: ContactId) -> PersonView:
        return people.get(contact) or PersonView(contact, None, None)

    return ConversationView(
        id=state.id,
        phase=state.phase,
        reason=state.reason,
        outcome=closing.outcome,
        note=closing.note,
        channel=state.channel,
        form=person(state.visitor if state.form is None else state.form),
        visitor=person(state.visitor),
        agent=None if state.answering is None else person(state.answering),
        metadata=b"{}" if row.data is None else bytes(row.data),
        url=row.url,
        created_at=state.created_at,
        started_at=state.started_at,
        accepted_at=state.accepted_at,
        ended_at=state.ended_at,
        expires_at=expires_at(state),
        visitor_wrote_at=from_micros(row.visitor_wrote_at),
        agent_wrote_at=from_micros(row.agent_wrote_at),
    )
