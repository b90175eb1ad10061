"""The suppression list for operators.

Rule 1: it is read anew before each sending, so nobody needs to hear of a change.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Final, assert_never

from attrs import field, frozen
from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select

from kaisa_relay.accounts.commands import Why
from kaisa_relay.accounts.listing import find_workspace
from kaisa_relay.accounts.refusal import Refusal
from kaisa_relay.accounts.suppressions import (
    AddSuppression,
    Allowed,
    ListSuppressions,
    RemoveSuppression,
    SuppressionCommand,
    SuppressionFacts,
    SuppressionResult,
    Suppressions,
)
from kaisa_relay.accounts.transactions import Transactions
from kaisa_relay.domain.engagement.ids import SUPPRESSION
from kaisa_relay.domain.engagement.suppression import Address, Source, Way, alike, read_address
from kaisa_relay.domain.ids import WorkspaceId, from_text, to_text
from kaisa_relay.store.engagement_table import suppression
from kaisa_relay.store.instants import from_micros, to_micros

PAGE: Final = 1_000
"""Entries of one answer: all of them in one line might be too much."""


async def execute(
    command: SuppressionCommand, store: Transactions, new_id: Callable[[], int], at: datetime
) -> SuppressionResult:
    """Do what is asked. Raises `Refusal`."""
    match command:
        case ListSuppressions():
            return await store.browse(partial(_page, command))
        case AddSuppression(workspace, way, address):
            wanted = _Entry(workspace, _address(way, address))
            return await store.write(partial(_add, wanted, new_id(), at))
        case RemoveSuppression(workspace, way, address):
            return await store.write(partial(_remove, _Entry(workspace, _address(way, address))))
        case _:
            assert_never(command)


@frozen
class _Entry:
    workspace: str
    address: Address = field(repr=False)

    def found(self, of: WorkspaceId) -> tuple[ColumnElement[bool], ...]:
        """Return what an entry is found by, however its number is written."""
        table, texts = suppression.c, [each.text for each in alike(self.address)]
        return table.workspace == of, table.way == self.address.way.value, table.address.in_(texts)


def _address(way: str, address: str) -> Address:
    if way not in list(Way):
        raise Refusal(Why.INVALID, f"the way must be one of: {', '.join(Way)}")
    read = read_address(Way(way), address)
    if isinstance(read, str):
        raise Refusal(Why.INVALID, f"the address: {read}")
    return read


def _add(entry: _Entry, id: int, at: datetime, connection: Connection) -> SuppressionFacts:
    of, address = _workspace(connection, entry.workspace), entry.address
    query = select(suppression).where(*entry.found(of))
    row = connection.execute(query).first()
    if row is None:
        connection.execute(
            insert(suppression).values(
                workspace=of, id=id, way=address.way.value, address=address.text,
                source=Source.OPERATOR.value, at=to_micros(at),
            )
        )  # fmt: skip
        row = connection.execute(query).one()
    return _facts(row)


def _remove(entry: _Entry, connection: Connection) -> Allowed:
    of = _workspace(connection, entry.workspace)
    return Allowed(connection.execute(delete(suppression).where(*entry.found(of))).rowcount)


def _page(command: ListSuppressions, connection: Connection) -> Suppressions:
    of = _workspace(connection, command.workspace)
    query = select(suppression).where(suppression.c.workspace == of)
    if command.below is not None:
        query = query.where(suppression.c.id < (from_text(SUPPRESSION, command.below) or 0))
    rows = connection.execute(query.order_by(suppression.c.id.desc()).limit(PAGE + 1)).all()
    return Suppressions(tuple(map(_facts, rows[:PAGE])), len(rows) > PAGE)


def _workspace(connection: Connection, name: str) -> WorkspaceId:
    return WorkspaceId(find_workspace(connection, name).id)


def _facts(row: Row[Any]) -> SuppressionFacts:
    id, at = to_text(SUPPRESSION, row.id), from_micros(row.at)
    return SuppressionFacts(id, row.way, row.address, row.source, at)
