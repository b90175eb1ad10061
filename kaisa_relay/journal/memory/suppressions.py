"""What changes do to the suppression list, in memory."""

from attrs import evolve

from kaisa_relay.domain.engagement.suppression import HEARSAY
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.journal.memory.rows import Transaction
from kaisa_relay.ports.suppressing import Allow, Suppress


def suppress(tx: Transaction, workspace: WorkspaceId, change: Suppress | Allow) -> None:
    """Change the list; an entry that is there stays, but their own word replaces hearsay."""
    listed, key = tx.rows.suppressions, (workspace, change.address)
    known = listed.get(key)
    if isinstance(change, Allow):
        if known is not None:
            tx.drop(listed, key)
    elif known is None:
        tx.put(listed, key, change)
    elif known.source in HEARSAY and change.source not in HEARSAY:
        tx.put(listed, key, evolve(known, source=change.source))
