"""What changes do to the inbox."""

from typing import Final, assert_never

from kaisa_relay.domain.ids import MessageId
from kaisa_relay.journal.codec import encode_outcome
from kaisa_relay.journal.unit import Unit
from kaisa_relay.journal.writes import Part, Write
from kaisa_relay.ports import Done, InboxItem, ParkItem, Tell
from kaisa_relay.store.bulk import Bulk
from kaisa_relay.store.instants import to_micros

InboxChange = Done | ParkItem | Tell


def inbox_parts(unit: Unit, change: InboxChange) -> list[Part]:
    """Return the rows of a change; what is told is noted as an item of the unit."""
    match change:
        case Done(items=items):
            rows = [(item, unit.workspace) for item in items]
            return [Part(DONE, change, rows, len(rows))]
        case ParkItem(items=items):
            where = (unit.workspace, change.stream, change.reason)
            return [Part(PARK, change, [(item, *where) for item in items])]
        case Tell(channel=channel, outcome=outcome):
            id = MessageId(unit.new_id())
            unit.items.append(InboxItem(id, unit.workspace, channel, outcome, unit.at))
            body = encode_outcome(outcome)
            return [Part(TELL, change, [(id, unit.workspace, channel, body, to_micros(unit.at))])]
        case _:
            assert_never(change)


# Below zero, beside the others that are done: where it lay, its body would leave a hole in a page
# that nothing fills again. `store.decided` says more.
DONE: Final = Write(
    Bulk(
        """update inbox set id = inbox.id - 9223372036854775807 - 1, state = 'done', body = null
        from {rows}
        where inbox.id = v.id and inbox.workspace = v.workspace and inbox.state = 'new'""",
        id=int,
        workspace=int,
    ),
    guarded=True,
)

PARK: Final = Write(
    Bulk(
        """update inbox set state = 'parked', stream = v.stream, reason = v.reason from {rows}
        where inbox.id = v.id and inbox.workspace = v.workspace and inbox.state = 'new'""",
        id=int,
        workspace=int,
        stream=str,
        reason=str,
    )
)

TELL: Final = Write(
    Bulk(
        """insert into inbox (id, workspace, channel, kind, body, received_at, state)
        select v.id, v.workspace, v.channel, 'outcome', v.body, v.received_at, 'new'
        from {rows} where true""",
        id=int,
        workspace=int,
        channel=int,
        body=bytes,
        received_at=int,
    )
)
