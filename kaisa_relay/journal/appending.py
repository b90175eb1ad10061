"""Appends, many in one transaction.

Rule 1: legs are read, heads are raised, and only then is anything written.
Rule 2: a step of a send that a status was quicker than loses alone, before anything is written.
Rule 3: a workspace that is not ours any more fails its own appends only.
"""

from collections.abc import Sequence

from attrs import define
from sqlalchemy import Connection

from kaisa_relay.journal.legs import Legs
from kaisa_relay.journal.parts import ORDER
from kaisa_relay.journal.recording import (
    Epochs,
    Planned,
    raise_heads,
    record,
    require_versions,
)
from kaisa_relay.journal.steps import late_steps
from kaisa_relay.journal.tail import Tail
from kaisa_relay.journal.unit import Unit
from kaisa_relay.journal.writes import run_parts
from kaisa_relay.ports import Change, Conflict, EndSend, Fenced, InboxItem, Leg, Recorded
from kaisa_relay.store.operation import Lost, Operation


@define
class Appended:
    """What one append committed."""

    recorded: Sequence[Recorded]
    items: Sequence[InboxItem]


class Appending(Operation[Unit, Appended | Conflict]):
    """Writes appends; `epochs` are those at which this process owns its workspaces."""

    def __init__(self, epochs: Epochs, events: Tail[Recorded], items: Tail[InboxItem]) -> None:
        self._epochs = epochs
        self._events = events
        self._items = items

    def racy(self, unit: Unit) -> bool:
        """Say whether the unit claims what others may claim at once."""
        return unit.racy

    def run(
        self, connection: Connection, units: Sequence[Unit], alone: bool
    ) -> Sequence[Appended | Conflict | Exception]:
        """Write the appends whose workspaces are ours; the others are `Fenced`."""
        late = late_steps(connection, units)
        going = [unit for unit in units if unit not in late]
        legs = Legs(connection, [(unit.workspace, end.send) for unit in going for end in unit.ends])
        planned = {unit: [*unit.events, *_moved(legs, unit)] for unit in going}
        everything = [event for events in planned.values() for event in events]
        # The late ones too: whether a step was late is only for the owner to say.
        heads = raise_heads(connection, self._epochs, (u.workspace for u in units), everything)
        ours = set(heads.last)
        recorded = iter(record(connection, heads, [e for e in everything if e.workspace in ours]))
        mine = [unit for unit in going if unit.workspace in ours]
        _require_versions(connection, mine)
        run_parts(connection, ORDER, [part for unit in mine for part in unit.parts], alone)
        legs.write(connection, ours)
        done = {unit: [next(recorded) for _ in planned[unit]] for unit in mine}
        lost = {unit: late[unit] for unit in units if unit in late and unit.workspace in ours}
        return [
            Appended(done[unit], unit.items) if unit in done else lost.get(unit) or Fenced()
            for unit in units
        ]

    def refused(self, unit: Unit, lost: Lost) -> Conflict:
        """Name the change that lost; None where it was the stream's version."""
        change: Change | None = lost.subject  # type: ignore[assignment]  # run_parts names changes
        return Conflict(change)

    def committed(self, answers: Sequence[Appended | Conflict]) -> None:
        """Tell the tails."""
        done = [answer for answer in answers if isinstance(answer, Appended)]
        self._events.tell([each for answer in done for each in answer.recorded])
        self._items.tell([item for answer in done for item in answer.items])


def _moved(legs: Legs, unit: Unit) -> list[Planned]:
    return [event for end in unit.ends for event in legs.move(unit.workspace, _leg(end))]


def _leg(end: EndSend) -> Leg:
    return Leg(end.send, end.rank, end.at, end.code, end.wamid)


def _require_versions(connection: Connection, units: Sequence[Unit]) -> None:
    writing = [unit for unit in units if unit.events]
    versions = [(u.workspace, u.events[0].address, u.append.version) for u in writing]
    require_versions(connection, versions)
