"""What conversations need to come back into memory, many of them in one read."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from attrs import frozen
from sqlalchemy import Connection

from kaisa_relay.domain.ids import ConversationId, WorkspaceId
from kaisa_relay.store.bulk import Bulk

Key = tuple[WorkspaceId, ConversationId]


@frozen
class RawEvent:
    """A row of `event`, not decoded."""

    workspace: int
    seq: int
    stream: str
    version: int
    kind: str
    format: int
    data: str


@frozen
class RawConversation:
    """A conversation's row and the events after it, not decoded."""

    snapshot: str
    version: int
    later: Sequence[RawEvent]


def wake(connection: Connection, keys: Sequence[Key]) -> list[RawConversation | None]:
    """Return what is stored of each conversation, None where it has no row."""
    unique = list(dict.fromkeys(keys))
    rows = {(row[0], row[1]): (row[2], row[3]) for row in ROWS.fetch(connection, unique)}
    streams = [(key[0], f"conversation/{key[1]}", row[0]) for key, row in rows.items()]
    later: dict[tuple[int, str], list[RawEvent]] = defaultdict(list)
    for row in LATER.fetch(connection, streams):
        event = RawEvent(*row)
        later[event.workspace, event.stream].append(event)
    return [_raw(key, rows.get(key), later) for key in keys]


def _raw(
    key: Key, row: tuple[Any, Any] | None, later: dict[tuple[int, str], list[RawEvent]]
) -> RawConversation | None:
    if row is None:
        return None
    events = sorted(later.get((key[0], f"conversation/{key[1]}"), ()), key=lambda e: e.version)
    return RawConversation(row[1], row[0], events)


# A cross join keeps SQLite from reading the table first and looking up what is asked.
ROWS: Final = Bulk(
    """select c.workspace, c.id, c.version, c.snapshot from {rows} cross join conversation c
    where c.workspace = v.workspace and c.id = v.id""",
    workspace=int,
    id=int,
)

LATER: Final = Bulk(
    """select e.workspace, e.seq, e.stream, e.version, e.kind, e.format, e.data
    from {rows} cross join event e
    where e.workspace = v.workspace and e.stream = v.stream and e.version > v.version""",
    workspace=int,
    stream=str,
    version=int,
)
