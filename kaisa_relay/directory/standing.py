"""Where people stand: pairs, the load of channels, metadata, and answers that were kept."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, func, select

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId, WorkspaceId
from kaisa_relay.domain.routing import Pair
from kaisa_relay.store import tables
from kaisa_relay.store.instants import from_micros, to_micros
from kaisa_relay.store.tables import LIVE, conversation, idempotency, pair

_LIVE_PHASES = [phase.value for phase in Phase if phase.live]


def pairs(
    connection: Connection,
    workspace: WorkspaceId,
    contacts: Sequence[ContactId],
    channel: ChannelId | None,
) -> list[Pair]:
    """Return the pairs of these contacts, on one channel or on all, by channel and contact."""
    query = select(pair).where(pair.c.workspace == workspace, pair.c.contact.in_(contacts))
    if channel is not None:
        query = query.where(pair.c.channel == channel)
    rows = connection.execute(query.order_by(pair.c.channel, pair.c.contact))
    return [_pair(row) for row in rows]


def _pair(row: Row[tuple[object, ...]]) -> Pair:
    return Pair(
        channel=ChannelId(row.channel),
        contact=ContactId(row.contact),
        conversation=_conversation(row.conversation),
        role=None if row.role is None else Side(row.role),
        last_conversation=_conversation(row.last_conversation),
        inbound_at=from_micros(row.inbound_at),
    )


def _conversation(id: int | None) -> ConversationId | None:
    return None if id is None else ConversationId(id)


def load(connection: Connection, workspace: WorkspaceId) -> dict[ChannelId, int]:
    """Return how many live conversations each channel carries; what lives has a deadline."""
    table = conversation.c
    query = (
        select(table.channel, func.count())
        .where(LIVE, table.workspace == workspace, table.phase.in_(_LIVE_PHASES))
        .group_by(table.channel)
    )
    return {ChannelId(channel): count for channel, count in connection.execute(query)}


def carried(
    connection: Connection,
    workspace: WorkspaceId,
    channel: ChannelId,
    after: ConversationId | None,
    limit: int,
) -> list[ConversationId]:
    """Return a page of the conversations on a channel that seek an agent or have one."""
    table = conversation.c
    query = (
        select(table.id)
        .where(LIVE, table.workspace == workspace, table.channel == channel)
        .where(table.phase.in_([Phase.SEEKING.value, Phase.ACTIVE.value]), table.id > (after or 0))
        .order_by(table.id)
        .limit(limit)
    )
    return [ConversationId(id) for id in connection.scalars(query)]


def metadata(connection: Connection, workspace: WorkspaceId, conversation: ConversationId) -> bytes:
    """Return the conversation's metadata as JSON."""
    table = tables.metadata.c
    query = select(table.data).where(
        table.workspace == workspace, table.conversation == conversation
    )
    found = connection.scalar(query)
    return b"{}" if found is None else bytes(found)


def answer(
    connection: Connection, workspace: WorkspaceId, key: str, at: datetime
) -> tuple[bytes, bytes] | None:
    """Return the request's hash and the answer kept under an idempotency key."""
    table = idempotency.c
    query = select(table.hash, table.answer).where(
        table.workspace == workspace, table.key == key, table.until > to_micros(at)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else (bytes(row.hash), bytes(row.answer))
