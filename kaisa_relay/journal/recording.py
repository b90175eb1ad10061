"""Events into the table: fenced by the workspace's epoch, numbered without a gap.

Rule 1: raising the head is the fence: where the epoch is not ours, nothing more is written.
Rule 2: the row lock is held to the commit, so the order of `seq` is the order of commits.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from attrs import define, frozen
from sqlalchemy import Connection

from kaisa_relay.domain.conversation.events import Event
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.journal.event_columns import NUMBERS, Address
from kaisa_relay.ports import Recorded
from kaisa_relay.store.bulk import Bulk
from kaisa_relay.store.instants import to_micros
from kaisa_relay.store.operation import Lost

Epochs = Mapping[WorkspaceId, int]


@define
class Planned:
    """An event that waits for its number; `text` is its kind, version and JSON.

    `address` is where its stream stands in the columns.
    """

    workspace: WorkspaceId
    stream: str
    version: int
    event: Event
    text: tuple[str, int, str]
    address: Address


@frozen
class Heads:
    """The workspaces that are ours in this transaction, with the number before the next event."""

    epochs: Epochs
    last: dict[WorkspaceId, int]


def raise_heads(
    connection: Connection,
    epochs: Epochs,
    workspaces: Iterable[WorkspaceId],
    planned: Sequence[Planned],
) -> Heads:
    """Take the numbers for the planned events; workspaces that are not ours any more are absent."""
    counts = Counter(event.workspace for event in planned)
    ours = sorted({workspace for workspace in workspaces if workspace in epochs})
    rows = [(workspace, epochs[workspace], counts[workspace]) for workspace in ours]
    raised = {
        WorkspaceId(id): head - counts[WorkspaceId(id)]
        for id, head in _RAISE_HEADS.fetch(connection, rows)
    }
    return Heads(epochs, raised)


def record(connection: Connection, heads: Heads, planned: Sequence[Planned]) -> list[Recorded]:
    """Write the events and return them with their numbers; raises `Lost` at a wrong version."""
    recorded = []
    rows = []
    for event in planned:
        workspace = event.workspace
        heads.last[workspace] = seq = heads.last[workspace] + 1
        kind, version, data = event.text
        key = (workspace, seq, heads.epochs[workspace], *event.address, event.version)
        rows.append((*key, NUMBERS[kind], version, to_micros(event.event.at), data))
        recorded.append(Recorded(workspace, seq, event.stream, event.version, event.event))
    if _EVENTS.run(connection, rows) != len(rows):
        raise Lost
    return recorded


def require_versions(
    connection: Connection, versions: Sequence[tuple[WorkspaceId, Address, int]]
) -> None:
    """Raise `Lost` unless each of these streams has come to this version."""
    asked = {
        (workspace, topic, stream, version)
        for workspace, (topic, stream, _), version in versions
        if version > 0
    }
    if len(_VERSIONS.fetch(connection, list(asked))) != len(asked):
        raise Lost


_RAISE_HEADS: Final = Bulk(
    """update workspace set head = workspace.head + v.events from {rows}
    where workspace.id = v.workspace and workspace.epoch = v.epoch
    returning workspace.id, workspace.head""",
    workspace=int,
    epoch=int,
    events=int,
)

_EVENTS: Final = Bulk(
    """insert into event (workspace, seq, epoch, topic, stream, send, version,
    kind, format, at, data)
    select v.workspace, v.seq, v.epoch, v.topic, v.stream, v.send, v.version, v.kind,
    v.format, v.at, v.data from {rows} where true
    on conflict (workspace, topic, stream, version) where send is null do nothing""",
    workspace=int,
    seq=int,
    epoch=int,
    topic=int,
    stream=int,
    send=int,
    version=int,
    kind=int,
    format=int,
    at=int,
    data=str,
)

_VERSIONS: Final = Bulk(
    """select event.version from {rows} cross join event
    where event.workspace = v.workspace and event.topic = v.topic and event.stream = v.stream
    and event.version = v.version and event.send is null""",
    workspace=int,
    topic=int,
    stream=int,
    version=int,
)
