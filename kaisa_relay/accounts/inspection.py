"""The facts that `doctor` judges, read in one transaction."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, func, select

from kaisa_relay.accounts import rows
from kaisa_relay.accounts.ailing import ailing
from kaisa_relay.accounts.commands import Facts, Parked, SealedChannel, Speaking, Why
from kaisa_relay.accounts.facts import channel_facts
from kaisa_relay.accounts.refusal import Refusal
from kaisa_relay.domain.ids import (
    CONTACT,
    CONVERSATION,
    WORKSPACE,
    ConversationId,
    to_text,
)
from kaisa_relay.store.instants import from_micros
from kaisa_relay.store.migrate import found, newest
from kaisa_relay.store.tables import agent, contact, conversation, inbox


def inspect(serving: bool, at: datetime, connection: Connection) -> Facts:
    """Read what is configured, and what waits in the inbox; refuses a database without tables."""
    schema, wanted = _schema(connection)
    if schema is None:
        raise Refusal(Why.UNAVAILABLE, "the database has no tables yet: serve makes them")
    workspaces = rows.workspaces(connection)
    names = {row.id: row.name for row in workspaces}
    return Facts(
        serving=serving,
        schema=schema,
        wanted=wanted,
        workspaces=len(names),
        channels=tuple(
            SealedChannel(channel_facts(row, names[row.channel.workspace]), row.sealed_token)
            for row in rows.channels(connection)
        ),
        usable_keys=sum(row.usable(at) for row in rows.keys(connection)),
        parked=_parked(connection),
        waiting_rows=_waiting(connection),
        speaking=tuple(_speaking(connection, row) for row in workspaces if schema == wanted),
        ailing=ailing(at, connection) if schema == wanted else (),
    )


def _speaking(connection: Connection, row: rows.WorkspaceRow) -> Speaking:
    own, spoken = row.settings.language, contact.c.language
    of_agents = (
        select(spoken)
        .join(agent, (agent.c.workspace == contact.c.workspace) & (agent.c.contact == contact.c.id))
        .where(agent.c.workspace == row.id)
    )
    visitor = (conversation.c.workspace == contact.c.workspace) & (
        conversation.c.visitor == contact.c.id
    )
    of_visitors = (
        select(spoken)
        .join(conversation, visitor)
        .where(conversation.c.workspace == row.id, conversation.c.due_at.is_not(None))
    )
    found = [sorted(connection.scalars(each.distinct())) for each in (of_agents, of_visitors)]
    agents, visitors = (tuple(dict.fromkeys((own, *each))) for each in found)
    return Speaking(
        to_text(WORKSPACE, row.id),
        row.name,
        row.settings.offer_template,
        agents,
        visitors,
        opt_in=row.settings.agent_opt_in,
        unconfirmed=_unconfirmed(connection, row) if row.settings.agent_opt_in else (),
        for_ever=tuple(_for_ever(row)),
    )


def _for_ever(row: rows.WorkspaceRow) -> Iterator[str]:
    if not row.settings.keep_texts:
        yield "messages"
    if not row.settings.keep_metadata:
        yield "metadata"
    yield "names and numbers"


def _unconfirmed(connection: Connection, row: rows.WorkspaceRow) -> tuple[str, ...]:
    query = (
        select(agent.c.contact)
        .where(agent.c.workspace == row.id, agent.c.opted_in_at.is_(None))
        .order_by(agent.c.contact)
    )
    return tuple(to_text(CONTACT, contact) for contact in connection.scalars(query))


def _schema(connection: Connection) -> tuple[str | None, str]:
    """Return the revision of the tables, and that of this version."""
    return max(found(connection), default=None), newest()


def _parked(connection: Connection) -> tuple[Parked, ...]:
    groups = (inbox.c.kind, inbox.c.reason, inbox.c.stream)
    counted = connection.execute(
        select(*groups, func.count().label("rows"), func.min(inbox.c.received_at).label("oldest"))
        .where(inbox.c.state == "parked")
        .group_by(*groups)
        .order_by(*groups)
    )
    return tuple(
        Parked(
            kind=row.kind,
            reason=row.reason or "unknown",
            stream=_stream_text(row.stream),
            rows=row.rows,
            oldest=from_micros(row.oldest),
        )
        for row in counted
    )


def _stream_text(stream: str | None) -> str | None:
    kind, _, id = (stream or "").partition("/")
    if kind == "conversation" and id.isdecimal():
        return f"{kind}/{to_text(CONVERSATION, ConversationId(int(id)))}"
    return stream


def _waiting(connection: Connection) -> int:
    return connection.scalar(select(func.count()).where(inbox.c.state == "new")) or 0
