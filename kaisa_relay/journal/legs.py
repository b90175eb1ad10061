"""Legs on their way forward: read, moved in memory, and written back in one statement.

Rule 1: what is read here is exact, because the heads that are raised later prove it: had another
process written since, the epoch would not be ours any more.
Rule 2: a leg that moves gives one event, whose version is the rank; the legs of one send move as
one.
"""

from collections.abc import Sequence
from typing import Any, Final

from attrs import define
from sqlalchemy import Connection

from kaisa_relay.domain.ids import (
    ChannelId,
    ContactId,
    ConversationId,
    MessageId,
    SendId,
    WorkspaceId,
)
from kaisa_relay.domain.sending import Purpose, Rank, moves
from kaisa_relay.domain.tracking import MessageStatus
from kaisa_relay.journal.codec import encode_event
from kaisa_relay.journal.event_columns import status_address
from kaisa_relay.journal.recording import Planned
from kaisa_relay.ports import Leg
from kaisa_relay.store.bulk import Bulk
from kaisa_relay.store.operation import Lost

Key = tuple[WorkspaceId, SendId]


@define(eq=False)
class LegRow:
    """A leg as it stands in this transaction; `stored` is the rank in the table."""

    message: MessageId
    conversation: ConversationId | None
    channel: ChannelId
    contact: ContactId
    purpose: Purpose
    rank: Rank
    wamid: str | None
    code: int | None
    stored: Rank
    changed: bool = False


class Legs:
    """The legs of one transaction; a send has one for each message that was joined in it."""

    def __init__(self, connection: Connection, keys: Sequence[Key]) -> None:
        self._rows: dict[Key, list[LegRow]] = {}
        for workspace, send, *row in _READ.fetch(connection, list(dict.fromkeys(keys))):
            self._rows.setdefault((workspace, send), []).append(_leg_row(row))
        for rows in self._rows.values():
            if len(rows) > 1:
                rows.sort(key=lambda each: each.message, reverse=True)

    def not_sent(self) -> list[Key]:
        """Return the legs whose sends may still be in the outbox."""
        return [key for key, rows in self._rows.items() if rows[0].stored < Rank.SENT]

    def get(self, key: Key) -> Sequence[LegRow]:
        """Return a send's legs as they stand now, that of its last message first."""
        return self._rows.get(key, ())

    def move(self, workspace: WorkspaceId, leg: Leg) -> list[Planned]:
        """Move the legs of a send; return their events, none when they are as far or unknown.

        A wamid is learnt in any case. All legs of a send are always equally far.
        """
        rows = self._rows.get((workspace, leg.send), [])
        moved = [row for row in rows if _moves(row, leg)]
        return [_event(workspace, leg, row) for row in moved]

    def write(self, connection: Connection, ours: set[WorkspaceId]) -> None:
        """Write the legs that changed in these workspaces; raises `Lost`."""
        rows = [
            (*key, row.message, row.stored.value, row.rank.value, row.wamid, row.code)
            for key, legs in self._rows.items()
            for row in legs
            if row.changed and key[0] in ours
        ]
        if _WRITE.run(connection, rows) != len(rows):
            raise Lost


def _moves(row: LegRow, leg: Leg) -> bool:
    """Move a leg if this is further; say whether it is."""
    if row.wamid is None and leg.wamid is not None:
        row.wamid, row.changed = leg.wamid, True
    if not moves(row.rank, leg.rank):
        return False
    row.rank, row.code, row.changed = leg.rank, leg.code, True
    return True


def _event(workspace: WorkspaceId, leg: Leg, row: LegRow) -> Planned:
    event = MessageStatus(row.message, leg.send, row.conversation, leg.rank, leg.code, leg.at)
    stream = f"send/{leg.send}"
    address = status_address(row.conversation, leg.send)
    return Planned(workspace, stream, leg.rank.value, event, encode_event(event), address)


_PURPOSES: Final = {purpose.value: purpose for purpose in Purpose}
_RANKS: Final = {rank.value: rank for rank in Rank}


def _leg_row(row: Sequence[Any]) -> LegRow:
    message, conversation, channel, contact, purpose, rank, wamid, code = row
    stored = _RANKS[rank]
    return LegRow(
        message, conversation, channel, contact, _PURPOSES[purpose], stored, wamid, code, stored
    )


_READ: Final = Bulk(
    """select leg.workspace, leg.send, leg.message, leg.conversation, leg.channel, leg.contact,
    leg.purpose, leg.rank, leg.wamid, leg.code from {rows} cross join leg
    where leg.workspace = v.workspace and leg.send = v.send""",
    workspace=int,
    send=int,
)

_WRITE: Final = Bulk(
    """update leg set rank = v.rank, wamid = v.wamid, code = v.code from {rows}
    where leg.workspace = v.workspace and leg.send = v.send and leg.message = v.message
    and leg.rank = v.stored""",
    workspace=int,
    send=int,
    message=int,
    stored=int,
    rank=int,
    wamid=str,
    code=int,
)
