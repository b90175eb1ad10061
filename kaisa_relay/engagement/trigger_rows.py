"""Triggers in their tables.

Rule 1: a change of what a trigger does is a version of its own; the ones before are kept.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

import msgspec
from attrs import frozen
from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update
from sqlalchemy.sql import Select

from kaisa_relay.domain.engagement.actions import Action, Kind
from kaisa_relay.domain.engagement.ids import EndpointId, TriggerId
from kaisa_relay.domain.engagement.quota import QuotaReached
from kaisa_relay.domain.engagement.trigger import (
    EventTypes,
    Trigger,
    endpoints,
    read_trigger,
    write_trigger,
)
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.domain.public_events import TYPES
from kaisa_relay.engagement.cursor_rows import cancel_all, head
from kaisa_relay.engagement.quota_rows import rows_of
from kaisa_relay.ports.engagement import NoSuchEndpoint, TriggerView
from kaisa_relay.store.engagement_table import endpoint, trigger, trigger_version
from kaisa_relay.store.instants import from_micros, to_micros

KNOWN: Final = EventTypes(frozenset(TYPES.values()))


@frozen
class Standing:
    """A trigger that is enabled, as whoever follows the journal needs it."""

    workspace: WorkspaceId
    id: TriggerId
    version: int
    since: int
    definition: Trigger


@frozen
class Place:
    """Where an action stands: in which version of which trigger, at which step."""

    trigger: TriggerId
    version: int
    step: int
    action: int

    def action_of(self, definition: Trigger) -> Action:
        """Return the action that stands there."""
        return definition.steps[self.step].actions[self.action]


def definition_at(connection: Connection, of: WorkspaceId, place: Place) -> Trigger:
    """Return the version in which an action stands; versions are never deleted."""
    mine = (
        trigger_version.c.workspace == of,
        trigger_version.c.trigger_id == place.trigger,
        trigger_version.c.version == place.version,
    )
    row = connection.execute(select(trigger_version.c.definition).where(*mine)).one()
    return _definition(row)


def enabled(connection: Connection) -> list[Standing]:
    """Return every enabled trigger of every workspace."""
    query = _joined().where(trigger.c.enabled)
    return [
        Standing(row.workspace, row.id, row.version, row.since, _definition(row))
        for row in connection.execute(query)
    ]


def views(connection: Connection, of: WorkspaceId) -> list[TriggerView]:
    """Return the workspace's triggers, the oldest first."""
    query = _joined().where(trigger.c.workspace == of).order_by(trigger.c.id)
    return [_view(row) for row in connection.execute(query)]


def view(connection: Connection, of: WorkspaceId, id: TriggerId) -> TriggerView | None:
    """Return one of them."""
    row = connection.execute(_joined().where(*_is(of, id))).one_or_none()
    return None if row is None else _view(row)


def put(
    connection: Connection, of: WorkspaceId, now: TriggerView, most: int
) -> TriggerView | NoSuchEndpoint | QuotaReached:
    """Write a trigger as it shall be; its version is counted here, whatever it says.

    A new one only where there are fewer than `most`.
    """
    missing = _missing(connection, of, endpoints(now.definition))
    if missing is not None:
        return missing
    before = view(connection, of, now.id)
    at = to_micros(now.changed_at)
    if before is None:
        if rows_of(connection, trigger, of) >= most:
            return QuotaReached("triggers", most)
        connection.execute(
            insert(trigger).values(
                workspace=of, id=now.id, name=now.name, version=1, enabled=now.enabled,
                since=head(connection, of), changed_at=at,
            )
        )  # fmt: skip
        _add_version(connection, of, now, 1)
        return now
    version = before.version
    if before.definition != now.definition:
        version += 1
        _add_version(connection, of, now, version)
    changed = {"name": now.name, "version": version, "enabled": now.enabled, "changed_at": at}
    if now.enabled and not before.enabled:
        changed["since"] = head(connection, of)
    connection.execute(update(trigger).where(*_is(of, now.id)).values(changed))
    if before.enabled and not now.enabled:
        # Nobody looks any more whether something stops it. Whoever was about to start something
        # by it has done so by now, or will not: `advance` holds the row that was just written.
        cancel_all(connection, of, now.id, now.changed_at)
    return view(connection, of, now.id) or now


def remove(connection: Connection, of: WorkspaceId, id: TriggerId, at: datetime) -> bool:
    """Remove a trigger, and cancel what it waits for; its versions stay, as its deliveries do."""
    gone = connection.execute(delete(trigger).where(*_is(of, id))).rowcount == 1
    cancel_all(connection, of, id, at)
    return gone


def naming(connection: Connection, of: WorkspaceId, wanted: EndpointId) -> TriggerId | None:
    """Return a trigger that names an endpoint."""
    for each in views(connection, of):
        if any(id == wanted for id, _ in endpoints(each.definition)):
            return each.id
    return None


def _joined() -> Select[Any]:
    together = (
        (trigger_version.c.workspace == trigger.c.workspace)
        & (trigger_version.c.trigger_id == trigger.c.id)
        & (trigger_version.c.version == trigger.c.version)
    )
    return select(trigger, trigger_version.c.definition).join(trigger_version, together)


def _is(of: WorkspaceId, id: TriggerId) -> tuple[ColumnElement[bool], ...]:
    return trigger.c.workspace == of, trigger.c.id == id


def _view(row: Row[Any]) -> TriggerView:
    changed_at: datetime = from_micros(row.changed_at)
    return TriggerView(row.id, row.name, row.enabled, row.version, changed_at, _definition(row))


def _definition(row: Row[Any]) -> Trigger:
    read = read_trigger(msgspec.json.decode(row.definition), KNOWN, _read_before)
    assert isinstance(read, Trigger), read
    return read


def _read_before(text: str) -> None:
    """Find no fault: the text had none when it was saved, and stays readable."""


def _add_version(connection: Connection, of: WorkspaceId, now: TriggerView, version: int) -> None:
    definition = msgspec.json.encode(write_trigger(now.definition)).decode()
    connection.execute(
        insert(trigger_version).values(
            workspace=of, trigger_id=now.id, version=version, definition=definition,
            at=to_micros(now.changed_at),
        )
    )  # fmt: skip


def _missing(
    connection: Connection, of: WorkspaceId, named: Collection[tuple[EndpointId, Kind]]
) -> NoSuchEndpoint | None:
    query = select(endpoint.c.id, endpoint.c.kind).where(endpoint.c.workspace == of)
    there = {(row.id, row.kind) for row in connection.execute(query)}
    missing = tuple(each for each in sorted(named) if each not in there)
    return NoSuchEndpoint(missing) if missing else None
