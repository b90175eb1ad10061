"""What changes do to the block list."""

from typing import Final, assert_never

from kaisa_relay.journal.unit import Unit
from kaisa_relay.journal.writes import Part, Write, first_wins
from kaisa_relay.ports import BlockContact, UnblockContact
from kaisa_relay.store.bulk import Bulk
from kaisa_relay.store.instants import to_micros


def block_parts(unit: Unit, change: BlockContact | UnblockContact) -> list[Part]:
    """Return the rows of a change."""
    match change:
        case BlockContact(contact=contact, by=by, at=at, agent=agent, conversation=conversation):
            row = (unit.workspace, contact, by.value, to_micros(at), agent, conversation)
            return [Part(BLOCK, change, [row])]
        case UnblockContact(contact=contact):
            return [Part(UNBLOCK, change, [(unit.workspace, contact)])]
        case _:
            assert_never(change)


BLOCK: Final = Write(
    Bulk(
        """insert into block (workspace, contact, by, at, agent, conversation)
        select v.workspace, v.contact, v.who, v.at, v.agent, v.conversation
        from {rows} where true on conflict (workspace, contact) do nothing""",
        workspace=int,
        contact=int,
        who=str,
        at=int,
        agent=int,
        conversation=int,
    ),
    squeeze=first_wins(2),
)

UNBLOCK: Final = Write(
    Bulk(
        """delete from block where (workspace, contact) in
        (select v.workspace, v.contact from {rows})""",
        workspace=int,
        contact=int,
    )
)
