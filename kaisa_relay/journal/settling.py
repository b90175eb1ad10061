"""Statuses, many in one transaction: legs move, sends end, conversations hear of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from attrs import define, field, frozen
from sqlalchemy import Connection

from kaisa_relay.domain.ids import MessageId, SendId, WorkspaceId
from kaisa_relay.domain.sending import Rank
from kaisa_relay.journal.arriving import store_rows
from kaisa_relay.journal.codec import encode_outcome
from kaisa_relay.journal.inbox_rows import TELL
from kaisa_relay.journal.legs import LegRow, Legs
from kaisa_relay.journal.outcomes import told
from kaisa_relay.journal.recording import Epochs, Planned, raise_heads, record
from kaisa_relay.journal.send_row import SEND_COLUMNS, send_of_row
from kaisa_relay.journal.tail import Tail
from kaisa_relay.ports import Fenced, InboxItem, Leg, NewItem, Outcome, Recorded, Send
from kaisa_relay.store.bulk import Bulk
from kaisa_relay.store.instants import to_micros
from kaisa_relay.store.operation import Operation

Key = tuple[WorkspaceId, SendId]


@frozen
class Tails:
    """Who hears of events, of rows for the router, and of sends that statuses ended."""

    events: Tail[Recorded]
    items: Tail[InboxItem]
    ended: Tail[Send]


@define
class Settlement:
    """Statuses for one workspace; `ids` are as many new ids as it has legs.

    `items` are inbox rows that are deleted with it. `row` is what is stored instead, with its id,
    where one of the legs does not exist or the workspace is not ours any more.
    """

    workspace: WorkspaceId
    legs: Sequence[Leg]
    ids: Sequence[int]
    at: datetime
    items: Sequence[MessageId] = ()
    row: tuple[MessageId, NewItem] | None = None


@define(eq=False)
class Settled:
    """What one settlement did, or that its row was `stored` instead."""

    stored: bool = False
    moved: list[tuple[Leg, Send | None]] = field(factory=list)
    planned: list[Planned] = field(factory=list)
    items: list[InboxItem] = field(factory=list)
    recorded: Sequence[Recorded] = ()


class Settling(Operation[Settlement, Settled]):
    """Applies statuses; `epochs` are those at which this process owns its workspaces."""

    order = 1  # after the steps of the sends: the answer of a call often comes with its status

    def __init__(self, epochs: Epochs, tails: Tails) -> None:
        self._epochs = epochs
        self._tails = tails

    def run(
        self, connection: Connection, units: Sequence[Settlement], alone: bool
    ) -> Sequence[Settled | Exception]:
        """Settle what belongs to workspaces that are ours; the others are `Fenced` or stored."""
        legs = Legs(connection, [(unit.workspace, leg.send) for unit in units for leg in unit.legs])
        sends = _unfinished(connection, legs.not_sent())
        settled = [_settle(unit, legs, sends) for unit in units]
        planned = [event for each in settled for event in each.planned]
        heads = raise_heads(connection, self._epochs, (u.workspace for u in units), planned)
        ours = set(heads.last)
        recorded = iter(record(connection, heads, [e for e in planned if e.workspace in ours]))
        answers = [_owned(u, s, ours) for u, s in zip(units, settled, strict=True)]
        for answer in answers:
            if isinstance(answer, Settled) and not answer.stored:
                answer.recorded = [next(recorded) for _ in answer.planned]
        done = [(u, a) for u, a in zip(units, answers, strict=True) if isinstance(a, Settled)]
        store_rows(connection, [_stored(unit) for unit, answer in done if answer.stored])
        _write(connection, [(u, a) for u, a in done if not a.stored])
        legs.write(connection, ours)
        return answers

    def committed(self, answers: Sequence[Settled]) -> None:
        """Tell the tails."""
        self._tails.events.tell([each for answer in answers for each in answer.recorded])
        self._tails.items.tell([item for answer in answers for item in answer.items])
        ended = [send for answer in answers for _, send in answer.moved if send is not None]
        self._tails.ended.tell(ended)


def _settle(unit: Settlement, legs: Legs, sends: dict[Key, Send]) -> Settled:
    workspace = unit.workspace
    if unit.row is not None and not all(legs.get((workspace, leg.send)) for leg in unit.legs):
        return Settled(stored=True, items=[_item(unit)])
    settled = Settled()
    ids = iter(unit.ids)
    for leg in unit.legs:
        rows = legs.get((workspace, leg.send))
        before = rows[0].rank if rows else Rank.READY
        events = legs.move(workspace, leg)
        if events:
            settled.planned += events
            settled.moved.append((leg, sends.pop((workspace, leg.send), None)))
            rank = told(rows[0].purpose, before, leg.rank)
            if rank is not None:
                settled.items += _outcome(unit, leg, rows, rank, MessageId(next(ids)))
    return settled


def _owned(unit: Settlement, settled: Settled, ours: set[WorkspaceId]) -> Settled | Exception:
    """Return what came of a settlement whose workspace may have been taken over."""
    if unit.workspace in ours or settled.stored:
        return settled
    return Fenced() if unit.row is None else Settled(stored=True, items=[_item(unit)])


def _stored(unit: Settlement) -> tuple[MessageId, NewItem, datetime]:
    assert unit.row is not None
    return (*unit.row, unit.at)


def _item(unit: Settlement) -> InboxItem:
    assert unit.row is not None
    id, row = unit.row
    assert row.channel is not None
    assert row.item is not None
    return InboxItem(id, unit.workspace, row.channel, row.item, unit.at)


def _outcome(
    unit: Settlement, leg: Leg, rows: Sequence[LegRow], rank: Rank, id: MessageId
) -> list[InboxItem]:
    row, *others = rows
    if row.conversation is None:
        return []
    outcome = Outcome(
        send=leg.send,
        message=row.message,
        conversation=row.conversation,
        contact=row.contact,
        rank=rank,
        code=leg.code,
        also=tuple(other.message for other in others),
    )
    return [InboxItem(id, unit.workspace, row.channel, outcome, unit.at)]


def _write(connection: Connection, settled: Sequence[tuple[Settlement, Settled]]) -> None:
    ended = [(u.workspace, leg.send) for u, s in settled for leg, send in s.moved if send]
    _END.run(connection, ended)
    TELL.bulk.run(connection, [_row(item) for _, s in settled for item in s.items])
    _DELETE.run(connection, [(item, u.workspace) for u, _ in settled for item in u.items])


def _row(item: InboxItem) -> tuple[Any, ...]:
    assert isinstance(item.item, Outcome)
    body = encode_outcome(item.item)
    return (item.id, item.workspace, item.channel, body, to_micros(item.received_at))


def _unfinished(connection: Connection, keys: Sequence[Key]) -> dict[Key, Send]:
    rows = _UNFINISHED.fetch(connection, keys)
    found = [send_of_row(row) for row in rows]
    return {(send.workspace, send.id): send for send in found}


_UNFINISHED: Final = Bulk(
    f"""select {SEND_COLUMNS} from {{rows}} cross join send
    where send.workspace = v.workspace and send.id = v.id""",
    workspace=int,
    id=int,
)

_END: Final = Bulk(
    "delete from send where (workspace, id) in (select v.workspace, v.id from {rows})",
    workspace=int,
    id=int,
)

_DELETE: Final = Bulk(
    "delete from inbox where (id, workspace) in (select v.id, v.workspace from {rows})",
    id=int,
    workspace=int,
)
