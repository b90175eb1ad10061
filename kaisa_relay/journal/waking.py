"""What conversations need to come back into memory, many of them in one read."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from attrs import frozen
from sqlalchemy import Connection

from kaisa_relay.domain.ids import ConversationId, WorkspaceId
from kaisa_relay.journal.event_columns import TOPICS
from kaisa_relay.store.bulk import Bulk

Key = tuple[WorkspaceId, ConversationId]


@frozen
class RawEvent:
    """A row of `event` of a conversation's own stream, not decoded."""

    workspace: int
    seq: int
    topic: int
    stream: int
    send: None
    version: int
    kind: int
    format: int
    at: int
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
    streams = [(*key, row[0]) for key, row in rows.items()]
    later: dict[Key, list[RawEvent]] = defaultdict(list)
    for row in LATER.fetch(connection, streams):
        event = RawEvent(*row)
        later[WorkspaceId(event.workspace), ConversationId(event.stream)].append(event)
    return [_raw(key, rows.get(key), later) for key in keys]


def _raw(
    key: Key, row: tuple[Any, Any] | None, later: dict[Key, list[RawEvent]]
) -> RawConversation | None:
    if row is None:
        return None
    events = sorted(later.get(key, ()), key=lambda e: e.version)
    return RawConversation(row[1], row[0], events)


# A cross join keeps SQLite from reading the table first and looking up what is asked.
ROWS: Final = Bulk(
    """select c.workspace, c.id, c.version, c.snapshot from {rows} cross join conversation c
    where c.workspace = v.workspace and c.id = v.id""",
    workspace=int,
    id=int,
)

LATER: Final = Bulk(
    f"""select e.workspace, e.seq, e.topic, e.stream, e.send, e.version, e.kind, e.format, e.at,
    e.data from {{rows}} cross join event e
    where e.workspace = v.workspace and e.topic = {TOPICS["conversation"]}
    and e.stream = v.stream and e.version > v.version and e.send is null""",
    workspace=int,
    stream=int,
    version=int,
)
