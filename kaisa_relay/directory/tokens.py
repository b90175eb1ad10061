"""What the tokens of links stand for."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, select
from sqlalchemy.sql import Select

from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId, WorkspaceId
from kaisa_relay.domain.routing import Token
from kaisa_relay.store import tables
from kaisa_relay.store.instants import from_micros
from kaisa_relay.store.tables import conversation

_table: Final = tables.token
_other: Final = tables.token.alias("newest")


def token(connection: Connection, workspace: WorkspaceId, value: str) -> Token | None:
    """Return what the token stands for."""
    return _one(connection, workspace, _table.c.value == value)


def link(
    connection: Connection, workspace: WorkspaceId, of: ConversationId, number: int
) -> Token | None:
    """Return the token of a conversation's link."""
    return _one(connection, workspace, (_table.c.conversation == of) & (_table.c.link == number))


def _newest(column: ColumnElement[Any]) -> Any:
    """Ask something of the newest link to the same conversation."""
    same = (_other.c.workspace == _table.c.workspace) & (
        _other.c.conversation == _table.c.conversation
    )
    latest = func.coalesce(_other.c.link, 0).desc()
    return select(column).where(same).order_by(latest).limit(1).scalar_subquery()


def _query() -> Select[Any]:
    bound = (conversation.c.workspace == _table.c.workspace) & (
        conversation.c.id == _table.c.conversation
    )
    newest = (_newest(_other.c.link).label("newest"), _newest(_other.c.url).label("newest_url"))
    return select(_table, conversation.c.visitor, conversation.c.phase, *newest).join(
        conversation, bound
    )


def _one(
    connection: Connection, workspace: WorkspaceId, which: ColumnElement[bool]
) -> Token | None:
    query = _query().where(_table.c.workspace == workspace, which)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Token(
        value=row.value,
        conversation=ConversationId(row.conversation),
        channel=ChannelId(row.channel),
        until=from_micros(row.until),
        visitor=ContactId(row.visitor),
        used_by=None if row.used_by is None else ContactId(row.used_by),
        live=Phase(row.phase).live,
        url=row.url,
        link=row.link,
        newer=row.newest_url if row.newest != row.link else None,
    )
