"""Steps of sends that come too late: a status may end a send at any time between two of them.

Rule 1: what is read here is exact for whoever owns the workspace, for the reason that `legs`
gives; of a workspace that is not ours any more it says nothing.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from kaisa_relay.journal.unit import Unit
from kaisa_relay.ports import Conflict
from kaisa_relay.store.bulk import Bulk


def late_steps(connection: Connection, units: Sequence[Unit]) -> dict[Unit, Conflict]:
    """Return the appends whose send does not stand, or not any more, where they expect it."""
    keys = [(unit.workspace, step.send) for unit in units for step in unit.steps]
    if not keys:
        return {}
    rows = _STATES.fetch(connection, list(dict.fromkeys(keys)))
    states = {(workspace, send): state for workspace, send, state in rows}
    return {
        unit: Conflict(step)
        for unit in units
        for step in unit.steps
        if states.get((unit.workspace, step.send)) not in step.sources
    }


_STATES: Final = Bulk(
    """select send.workspace, send.id, send.state from {rows} cross join send
    where send.workspace = v.workspace and send.id = v.id""",
    workspace=int,
    id=int,
)
