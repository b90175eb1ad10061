"""What each change does to the rows: one match, and a function where it takes more than a line."""

from typing import assert_never

from attrs import evolve as replace

from kaisa_relay.domain.ids import MessageId, WorkspaceId
from kaisa_relay.domain.routing import Pair
from kaisa_relay.journal.memory.agents import change_agent
from kaisa_relay.journal.memory.files import move_file, want_file
from kaisa_relay.journal.memory.outbox import (
    drop_sends,
    end_send,
    join_sends,
    move_send,
    new_send,
    tell,
)
from kaisa_relay.journal.memory.people import block, forget_numbers, merge, readdress, save_contact
from kaisa_relay.journal.memory.rows import InboxRow, InboxState, TokenRow, Transaction
from kaisa_relay.journal.memory.suppressions import suppress
from kaisa_relay.journal.memory.tokens import note_recovery
from kaisa_relay.ports import (
    Append,
    BlockContact,
    Change,
    ClaimPair,
    Conflict,
    CountMiss,
    Done,
    DropSends,
    EndSend,
    ForgetNumbers,
    JoinSends,
    KnowAgent,
    MergeContacts,
    MoveFile,
    MoveSend,
    NewSend,
    NoteRecovery,
    ParkItem,
    ReleasePair,
    SaveAnswer,
    SaveContact,
    SaveConversation,
    SaveMetadata,
    SavePresence,
    SaveToken,
    StoreContent,
    Tell,
    TouchPair,
    UnblockContact,
    UseToken,
    WantFile,
)
from kaisa_relay.ports.health import SaveHealth
from kaisa_relay.ports.suppressing import Allow, Suppress


def apply(transaction: Transaction, append: Append) -> Conflict | None:
    """Write an append, or say which part of it lost; then the transaction must be rolled back."""
    workspace, stream, version = append.workspace, append.stream, append.version
    if append.events and transaction.rows.version(workspace, stream) != version:
        return Conflict(None)
    for number, event in enumerate(append.events, version + 1):
        transaction.record(workspace, stream, number, event)
    for change in append.changes:
        if not _change(transaction, workspace, change):
            return Conflict(change)
    for change in append.changes:
        if isinstance(change, ForgetNumbers):
            readdress(transaction, workspace, change)
    return None


def _change(tx: Transaction, workspace: WorkspaceId, change: Change) -> bool:
    """Write one change; False when what it expects does not hold."""
    rows = tx.rows
    match change:
        case Done():
            return _done(tx, workspace, change)
        case ClaimPair():
            return _claim(tx, workspace, change)
        case MergeContacts():
            return merge(tx, workspace, change)
        case NewSend():
            return new_send(tx, workspace, change)
        case MoveSend():
            return move_send(tx, workspace, change)
        case EndSend():
            return end_send(tx, workspace, change)
        case JoinSends():
            return join_sends(tx, workspace, change)
        case DropSends():
            return drop_sends(tx, workspace, change)
        case MoveFile():
            return move_file(tx, workspace, change)
        case SaveToken(value=value):
            if (workspace, value) in rows.tokens:
                return False
            tx.put(rows.tokens, (workspace, value), TokenRow(change, change.bound))
        case SaveAnswer(key=key):
            kept = rows.answers.get((workspace, key))
            if kept is not None and tx.at < kept.until:
                return False
            tx.put(rows.answers, (workspace, key), change)
        case _:
            _write(tx, workspace, change)
    return True


Unconditional = (
    ParkItem
    | Tell
    | StoreContent
    | ReleasePair
    | TouchPair
    | SaveConversation
    | UseToken
    | NoteRecovery
    | SaveContact
    | ForgetNumbers
    | BlockContact
    | UnblockContact
    | Suppress
    | Allow
    | SaveMetadata
    | KnowAgent
    | SavePresence
    | CountMiss
    | SaveHealth
    | WantFile
)


def _write(tx: Transaction, workspace: WorkspaceId, change: Unconditional) -> None:
    rows = tx.rows
    match change:
        case ParkItem():
            _park(tx, workspace, change)
        case Tell(channel=channel, outcome=outcome):
            tell(tx, workspace, channel, outcome)
        case StoreContent(message=message):
            tx.put(rows.contents, (workspace, message), change)
        case ReleasePair():
            _release(tx, workspace, change)
        case TouchPair():
            _touch(tx, workspace, change)
        case SaveConversation(state=state):
            tx.put(rows.conversations, (workspace, state.id), change)
        case UseToken(value=value, contact=contact):
            token = rows.tokens.get((workspace, value))
            if token is not None and token.used_by is None:
                tx.put(rows.tokens, (workspace, value), replace(token, used_by=contact))
        case NoteRecovery():
            note_recovery(tx, workspace, change)
        case SaveContact():
            save_contact(tx, workspace, change)
        case ForgetNumbers():
            forget_numbers(tx, workspace, change)
        case BlockContact() | UnblockContact():
            block(tx, workspace, change)
        case Suppress() | Allow():
            suppress(tx, workspace, change)
        case SaveMetadata(conversation=conversation):
            tx.put(rows.metadata, (workspace, conversation), change)
        case KnowAgent() | SavePresence() | CountMiss():
            change_agent(tx, workspace, change)
        case SaveHealth(channel=channel, health=health):
            tx.put(rows.healths, (workspace, channel), health)
        case WantFile():
            want_file(tx, workspace, change)
        case _:
            assert_never(change)


# --- the inbox


def _new_row(tx: Transaction, workspace: WorkspaceId, item: MessageId) -> InboxRow | None:
    row = tx.rows.inbox.get(item)
    if row is None or row.workspace != workspace or row.state is not InboxState.NEW:
        return None
    return row


def _done(tx: Transaction, workspace: WorkspaceId, change: Done) -> bool:
    for item in change.items:
        row = _new_row(tx, workspace, item)
        if row is None:
            return False
        tx.put(tx.rows.inbox, item, replace(row, state=InboxState.DONE, body=None, item=None))
    return True


def _park(tx: Transaction, workspace: WorkspaceId, change: ParkItem) -> None:
    for item in change.items:
        row = _new_row(tx, workspace, item)
        if row is not None:
            parked = replace(
                row, state=InboxState.PARKED, stream=change.stream, reason=change.reason
            )
            tx.put(tx.rows.inbox, item, parked)


# --- pairs


def _claim(tx: Transaction, workspace: WorkspaceId, change: ClaimPair) -> bool:
    key = (workspace, change.channel, change.contact)
    held = tx.rows.pairs.get(key)
    if held is not None and held.conversation not in (None, change.conversation):
        return False
    pair = held or Pair(change.channel, change.contact, None, None)
    claimed = replace(pair, conversation=change.conversation, role=change.role)
    tx.put(tx.rows.pairs, key, claimed)
    return True


def _release(tx: Transaction, workspace: WorkspaceId, change: ReleasePair) -> None:
    key = (workspace, change.channel, change.contact)
    held = tx.rows.pairs.get(key)
    if held is not None and held.conversation == change.conversation:
        left = replace(held, conversation=None, last_conversation=change.conversation)
        tx.put(tx.rows.pairs, key, left)


def _touch(tx: Transaction, workspace: WorkspaceId, change: TouchPair) -> None:
    key = (workspace, change.channel, change.contact)
    pair = tx.rows.pairs.get(key) or Pair(change.channel, change.contact, None, None)
    if pair.inbound_at is None or pair.inbound_at < change.at:
        tx.put(tx.rows.pairs, key, replace(pair, inbound_at=change.at))
