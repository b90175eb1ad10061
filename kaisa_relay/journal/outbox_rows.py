"""What changes do to sends and their legs."""

from typing import Final, assert_never

from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.domain.sending import Rank, SendState
from kaisa_relay.journal.codec import encode_content
from kaisa_relay.journal.unit import Unit
from kaisa_relay.journal.writes import Part, Row, Write
from kaisa_relay.ports import DropSends, EndSend, JoinSends, MoveSend, NewSend, Send
from kaisa_relay.store.bulk import Bulk
from kaisa_relay.store.instants import to_micros

OutboxChange = NewSend | MoveSend | EndSend | JoinSends | DropSends


def outbox_parts(unit: Unit, change: OutboxChange) -> list[Part]:
    """Return the rows of a change; the leg of an ended send is moved by `legs`."""
    match change:
        case NewSend(send=send):
            return [
                Part(NEW_SEND, change, [_send_row(unit.workspace, send)]),
                Part(NEW_LEG, change, [_leg_row(unit.workspace, send)]),
            ]
        case MoveSend():
            return _move(unit, change)
        case EndSend(send=id, sources=sources):
            rows = [(unit.workspace, id, source.value) for source in sources]
            return [Part(END_SEND, change, rows)]
        case JoinSends():
            return _join(unit, change)
        case DropSends(sends=sends):
            ready = [(unit.workspace, send, SendState.READY.value) for send in sends]
            legs = [(unit.workspace, send) for send in sends]
            return [
                Part(END_SEND, change, ready, expected=len(ready)),
                Part(DROP_LEGS, change, legs),
            ]
        case _:
            assert_never(change)


def _move(unit: Unit, change: MoveSend) -> list[Part]:
    to = (change.state.value, change.attempt, to_micros(change.due_at))
    rows = [(unit.workspace, change.send, source.value, *to) for source in change.sources]
    parts = [Part(MOVE_SEND, change, rows)]
    if change.state is SendState.PARKED:
        leg = (unit.workspace, change.send, Rank.PARKED.value)
        parts.append(Part(PARK_LEG, change, [leg]))
    return parts


def _join(unit: Unit, change: JoinSends) -> list[Part]:
    ready, into = SendState.READY.value, change.into
    said = (unit.workspace, into, ready, encode_content(change.outgoing))
    gone = [(unit.workspace, send, ready) for send in change.others]
    moved = [(unit.workspace, send, into) for send in change.others]
    return [
        Part(JOIN_SENDS, change, [said]),
        Part(END_SEND, change, gone, expected=len(gone)),
        Part(JOIN_LEGS, change, moved, expected=len(moved)),
    ]


def _send_row(workspace: WorkspaceId, send: Send) -> Row:
    return (
        workspace,
        send.channel,
        send.id,
        send.conversation,
        send.message,
        send.contact,
        send.recipient.phone,
        send.recipient.bsuid,
        send.purpose.value,
        send.state.value,
        send.attempt,
        to_micros(send.due_at),
        encode_content(send.outgoing),
    )


def _leg_row(workspace: WorkspaceId, send: Send) -> Row:
    return (
        workspace,
        send.id,
        send.message,
        send.conversation,
        send.channel,
        send.contact,
        send.purpose.value,
        Rank.READY.value,
    )


NEW_SEND: Final = Write(
    Bulk(
        """insert into send (workspace, channel, id, conversation, message, contact, phone, bsuid,
        purpose, state, attempt, due_at, outgoing)
        select v.workspace, v.channel, v.id, v.conversation, v.message, v.contact, v.phone,
        v.bsuid, v.purpose, v.state, v.attempt, v.due_at, v.outgoing
        from {rows} where true on conflict (workspace, id) do nothing""",
        workspace=int,
        channel=int,
        id=int,
        conversation=int,
        message=int,
        contact=int,
        phone=str,
        bsuid=str,
        purpose=str,
        state=str,
        attempt=int,
        due_at=int,
        outgoing=str,
    ),
    guarded=True,
)

NEW_LEG: Final = Write(
    Bulk(
        """insert into leg (workspace, send, message, conversation, channel,
        contact, purpose, rank)
        select v.workspace, v.send, v.message, v.conversation, v.channel, v.contact, v.purpose,
        v.rank from {rows} where true on conflict (workspace, send, message) do nothing""",
        workspace=int,
        send=int,
        message=int,
        conversation=int,
        channel=int,
        contact=int,
        purpose=str,
        rank=int,
    )
)

JOIN_SENDS: Final = Write(
    Bulk(
        """update send set outgoing = v.outgoing from {rows}
        where send.workspace = v.workspace and send.id = v.id and send.state = v.source""",
        workspace=int,
        id=int,
        source=str,
        outgoing=str,
    ),
    guarded=True,
)

JOIN_LEGS: Final = Write(
    Bulk(
        """update leg set send = v.into_send from {rows}
        where leg.workspace = v.workspace and leg.send = v.send""",
        workspace=int,
        send=int,
        into_send=int,
    ),
    guarded=True,
)

DROP_LEGS: Final = Write(
    Bulk(
        "delete from leg where (workspace, send) in (select v.workspace, v.send from {rows})",
        workspace=int,
        send=int,
    )
)

# One row per state that the send may stand in: at most one of them matches.
MOVE_SEND: Final = Write(
    Bulk(
        """update send set state = v.state, attempt = v.attempt, due_at = v.due_at from {rows}
        where send.workspace = v.workspace and send.id = v.id and send.state = v.source""",
        workspace=int,
        id=int,
        source=str,
        state=str,
        attempt=int,
        due_at=int,
    ),
    guarded=True,
)

PARK_LEG: Final = Write(
    Bulk(
        """update leg set rank = v.rank from {rows}
        where leg.workspace = v.workspace and leg.send = v.send and leg.rank < v.rank""",
        workspace=int,
        send=int,
        rank=int,
    )
)

END_SEND: Final = Write(
    Bulk(
        """delete from send where (workspace, id, state) in
        (select v.workspace, v.id, v.source from {rows})""",
        workspace=int,
        id=int,
        source=str,
    ),
    guarded=True,
)
