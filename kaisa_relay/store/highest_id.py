"""The highest id in use, so that a clock that was set back gives none out twice."""

from typing import Final

from sqlalchemy import Connection, func, select

from kaisa_relay.store.decided import BELOW
from kaisa_relay.store.tables import (
    audit,
    contact,
    content,
    conversation,
    inbox,
    leg,
    view,
    workspace,
)

_IDS: Final = (
    conversation.c.id,
    contact.c.id,
    content.c.message,
    leg.c.send,
    audit.c.id,
    view.c.id,
)


def floor_of_ids(connection: Connection) -> int:
    """Return the highest id in use; one index look-up per table and workspace."""
    last = func.max(inbox.c.id)
    done = connection.scalar(select(last).where(inbox.c.id < 0)) or -BELOW
    highest = max(connection.scalar(select(last)) or 0, done + BELOW)
    workspaces = connection.scalars(select(workspace.c.id)).all()
    for column in _IDS:
        for number in (0, *workspaces):  # 0: what the audit log says of the whole relay
            mine = select(func.max(column)).where(column.table.c.workspace == number)
            highest = max(highest, connection.scalar(mine) or 0)
    return highest
