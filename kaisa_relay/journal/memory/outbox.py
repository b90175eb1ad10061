"""What changes do to sends and their legs, in memory."""

from attrs import evolve as replace

from kaisa_relay.domain.ids import ChannelId, MessageId, WorkspaceId
from kaisa_relay.domain.sending import Rank, SendState, moves
from kaisa_relay.domain.tracking import MessageStatus
from kaisa_relay.journal.memory.rows import InboxRow, LegRow, Transaction
from kaisa_relay.journal.outcomes import told
from kaisa_relay.ports import (
    DropSends,
    EndSend,
    ItemKind,
    JoinSends,
    Leg,
    MoveSend,
    NewSend,
    Outcome,
    Send,
    Told,
)


def tell(tx: Transaction, workspace: WorkspaceId, channel: ChannelId, outcome: Told) -> None:
    """Put what a conversation must hear into the inbox."""
    id = MessageId(tx.new_id())
    tx.arrive(InboxRow(id, workspace, channel, ItemKind.OUTCOME, None, None, outcome, tx.at))


def new_send(tx: Transaction, workspace: WorkspaceId, change: NewSend) -> bool:
    """Put a send into the outbox; False when its id was used before."""
    send, key = change.send, (workspace, change.send.id)
    if key in tx.rows.legs:
        return False
    leg = LegRow(send.id, send.message, send.conversation, send.channel, send.contact, send.purpose)
    tx.put(tx.rows.sends, key, send)
    tx.put(tx.rows.legs, key, (leg,))
    return True


def move_send(tx: Transaction, workspace: WorkspaceId, change: MoveSend) -> bool:
    """Change a send's state; False when it does not stand where it should."""
    key = (workspace, change.send)
    send = tx.rows.sends.get(key)
    if send is None or send.state not in change.sources:
        return False
    moved = replace(send, state=change.state, attempt=change.attempt, due_at=change.due_at)
    tx.put(tx.rows.sends, key, moved)
    legs = tx.rows.legs[key]
    if change.state is SendState.PARKED and moves(legs[0].rank, Rank.PARKED):
        tx.put(tx.rows.legs, key, tuple(replace(leg, rank=Rank.PARKED) for leg in legs))
    return True


def end_send(tx: Transaction, workspace: WorkspaceId, change: EndSend) -> bool:
    """End a send; False when it does not stand where it should."""
    key = (workspace, change.send)
    send = tx.rows.sends.get(key)
    if send is None or send.state not in change.sources:
        return False
    tx.drop(tx.rows.sends, key)
    move_leg(tx, workspace, Leg(change.send, change.rank, change.at, change.code, change.wamid))
    return True


def move_leg(tx: Transaction, workspace: WorkspaceId, leg: Leg) -> tuple[LegRow, ...]:
    """Move a send's legs if this is further, with an event each; return them as they were.

    None are returned where nothing moved; a wamid is learnt in any case.
    """
    key = (workspace, leg.send)
    rows = tx.rows.legs.get(key)
    if rows is None:
        return ()
    known = tuple(replace(row, wamid=row.wamid or leg.wamid) for row in rows)
    if not moves(rows[0].rank, leg.rank):
        tx.put(tx.rows.legs, key, known)
        return ()
    moved = tuple(replace(row, rank=leg.rank, code=leg.code) for row in known)
    tx.put(tx.rows.legs, key, moved)
    for row in rows:
        status = MessageStatus(row.message, leg.send, row.conversation, leg.rank, leg.code, leg.at)
        tx.record(workspace, f"send/{leg.send}", leg.rank, status)
    return rows


def join_sends(tx: Transaction, workspace: WorkspaceId, change: JoinSends) -> bool:
    """Make one send of several; False unless all of them are ready."""
    ids = [(workspace, send) for send in (*change.others, change.into)]
    sends = [tx.rows.sends.get(key) for key in ids]
    if any(send is None or send.state is not SendState.READY for send in sends):
        return False
    into = sends[-1]
    assert into is not None
    legs = [leg for key in ids for leg in tx.rows.legs[key]]
    legs.sort(key=lambda leg: leg.message, reverse=True)
    for key in ids[:-1]:
        tx.drop(tx.rows.sends, key)
        tx.drop(tx.rows.legs, key)
    tx.put(tx.rows.sends, ids[-1], replace(into, outgoing=change.outgoing))
    tx.put(tx.rows.legs, ids[-1], tuple(replace(leg, send=change.into) for leg in legs))
    return True


def drop_sends(tx: Transaction, workspace: WorkspaceId, change: DropSends) -> bool:
    """Take sends back that were not begun; False unless all of them are ready."""
    keys = [(workspace, send) for send in change.sends]
    sends = [tx.rows.sends.get(key) for key in keys]
    if any(send is None or send.state is not SendState.READY for send in sends):
        return False
    for key in keys:
        tx.drop(tx.rows.sends, key)
        tx.drop(tx.rows.legs, key)
    return True


def finish(
    tx: Transaction, workspace: WorkspaceId, before: tuple[LegRow, ...], leg: Leg
) -> Send | None:
    """End the send if that is still to be done, and tell its conversation where it wants that."""
    row, *others = before
    rank = told(row.purpose, row.rank, leg.rank)
    if rank is not None and row.conversation is not None:
        also = tuple(other.message for other in others)
        whom = (row.message, row.conversation, row.contact)
        tell(tx, workspace, row.channel, Outcome(leg.send, *whom, rank, leg.code, also))
    send = tx.rows.sends.get((workspace, leg.send))
    if send is not None:
        tx.drop(tx.rows.sends, (workspace, leg.send))
        tx.ended.append(send)
    return send
