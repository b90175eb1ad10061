"""What changes do to contacts and their identities, in memory."""

from attrs import evolve

from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.domain.outgoing import Recipient
from kaisa_relay.domain.sending import SendState
from kaisa_relay.journal.memory.rows import Transaction
from kaisa_relay.ports import (
    BlockContact,
    ForgetNumbers,
    MergeContacts,
    SaveContact,
    UnblockContact,
)


def save_contact(tx: Transaction, workspace: WorkspaceId, change: SaveContact) -> None:
    """Write a person; identities that exist already stay with who has them."""
    person, people = change.person, tx.rows.people
    known = people.get((workspace, person.contact))
    if known is not None:
        person = evolve(
            person, phone=person.phone or known.phone, bsuid=person.bsuid or known.bsuid
        )
    tx.put(people, (workspace, person.contact), person)
    own = [change.person.phone] if change.person.phone else []
    finds: list[tuple[str, str]] = [("phone", phone) for phone in (*own, *change.phones)]
    if change.wa_id:
        finds.append(("wa_id", change.wa_id))
    if change.person.bsuid:
        finds.append((f"bsuid of {change.portfolio}", change.person.bsuid))
    for kind, value in finds:
        if (workspace, kind, value) not in tx.rows.identities:
            tx.put(tx.rows.identities, (workspace, kind, value), person.contact)


def forget_numbers(tx: Transaction, workspace: WorkspaceId, change: ForgetNumbers) -> None:
    """Take numbers away from who left them."""
    finds = [("phone", str(phone)) for phone in change.phones]
    finds += [("wa_id", change.wa_id)] if change.wa_id else []
    for kind, value in finds:
        if tx.rows.identities.get((workspace, kind, value)) == change.contact:
            tx.drop(tx.rows.identities, (workspace, kind, value))
    person = tx.rows.people.get((workspace, change.contact))
    if person is not None and person.phone in change.phones:
        tx.put(tx.rows.people, (workspace, change.contact), evolve(person, phone=None))


def readdress(tx: Transaction, workspace: WorkspaceId, change: ForgetNumbers) -> None:
    """Send what was not begun to where they are now; the commit's other rows are written."""
    person = tx.rows.people.get((workspace, change.contact))
    phone, bsuid = (person.phone, person.bsuid) if person is not None else (None, None)
    to = Recipient(phone, None if phone else bsuid)
    for key, send in list(tx.rows.sends.items()):
        mine = key[0] == workspace and send.contact == change.contact
        if mine and send.state is SendState.READY and send.recipient.phone in change.phones:
            tx.put(tx.rows.sends, key, evolve(send, recipient=to))


def merge(tx: Transaction, workspace: WorkspaceId, change: MergeContacts) -> bool:
    """Let `absorbed` be found as `heir`; False while it is in use."""
    rows, absorbed, heir = tx.rows, change.absorbed, change.heir
    own = [
        (key, pair) for key, pair in rows.pairs.items() if (key[0], key[2]) == (workspace, absorbed)
    ]
    known, gone = rows.people.get((workspace, heir)), rows.people.get((workspace, absorbed))
    busy = (workspace, absorbed) in rows.agents or any(pair.conversation for _, pair in own)
    if known is None or busy:
        return False
    if gone is not None:
        known = evolve(known, phone=known.phone or gone.phone, bsuid=known.bsuid or gone.bsuid)
        gone = evolve(gone, phone=known.phone, bsuid=known.bsuid)
        tx.put(rows.people, (workspace, heir), known)
        tx.put(rows.people, (workspace, absorbed), gone)
    for name, contact in list(rows.identities.items()):
        if name[0] == workspace and contact == absorbed:
            tx.put(rows.identities, name, heir)
    for key, pair in own:
        here = rows.pairs.get((workspace, key[1], heir)) or evolve(pair, contact=heir)
        times = [at for at in (here.inbound_at, pair.inbound_at) if at is not None]
        kept = evolve(
            here,
            role=here.role or pair.role,
            last_conversation=here.last_conversation or pair.last_conversation,
            inbound_at=max(times, default=None),
        )
        tx.put(rows.pairs, (workspace, key[1], heir), kept)
        tx.drop(rows.pairs, key)
    for said, row in list(rows.contents.items()):
        if said[0] == workspace and row.contact == absorbed:
            tx.put(rows.contents, said, evolve(row, contact=heir))
    for talk, form in list(rows.metadata.items()):
        if talk[0] == workspace and form.contact == absorbed:
            tx.put(rows.metadata, talk, evolve(form, contact=heir))
    if (blocked := rows.blocks.get((workspace, absorbed))) is not None:
        block(tx, workspace, evolve(blocked, contact=heir))
        block(tx, workspace, UnblockContact(absorbed))
    return True


def block(tx: Transaction, workspace: WorkspaceId, change: BlockContact | UnblockContact) -> None:
    """Change the block list; who is on it stays as they are."""
    blocks, key = tx.rows.blocks, (workspace, change.contact)
    if isinstance(change, BlockContact) and key not in blocks:
        tx.put(blocks, key, change)
    elif isinstance(change, UnblockContact) and key in blocks:
        tx.drop(blocks, key)
