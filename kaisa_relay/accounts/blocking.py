"""The block list for operators: read from the tables, changed by the actors.

Rule 1: a block ends conversations and is an event, so it needs the actors of a running `serve`.
"""

from functools import partial
from typing import Final

from sqlalchemy import Connection, Select, and_, select

from kaisa_relay.accounts.blocks import AddBlock, BlockFacts, Blocks, RemoveBlock, Unblocked
from kaisa_relay.accounts.commands import Why
from kaisa_relay.accounts.listing import find_workspace
from kaisa_relay.accounts.refusal import Refusal
from kaisa_relay.accounts.transactions import Transactions
from kaisa_relay.domain.contact_events import BlockedBy
from kaisa_relay.domain.ids import (
    CONTACT,
    CONVERSATION,
    ContactId,
    WorkspaceId,
    from_text,
    to_text,
)
from kaisa_relay.domain.phone import BadPhone, parse
from kaisa_relay.ports import Busy, ChannelAsPerson, Desk, NotFound, Whom
from kaisa_relay.store.instants import from_micros
from kaisa_relay.store.tables import block, contact

_NO_SERVE: Final = (
    "a block ends conversations, so it needs a running serve here: start it, or use the HTTP API "
    "(POST /blocks, DELETE /blocks/<contact>)"
)


async def add_block(store: Transactions, desk: Desk | None, command: AddBlock) -> BlockFacts:
    """Have the actors block somebody."""
    workspace = await store.read(partial(_workspace, command.workspace))
    whom = _whom(command.number)
    if desk is None:
        raise Refusal(Why.UNAVAILABLE, _NO_SERVE)
    try:
        listed = await desk.block(workspace, whom, BlockedBy.OPERATOR)
    except Busy:
        raise Refusal(Why.UNAVAILABLE, "the running serve is too busy; try again") from None
    if isinstance(listed, ChannelAsPerson):
        raise Refusal(Why.INVALID, "this is the number of a channel, not of a person")
    if isinstance(listed, NotFound):
        raise Refusal(Why.UNKNOWN, "there is no such contact")
    return (await store.read(partial(_listed, workspace, listed.contacts[0]))).blocks[0]


async def remove_block(store: Transactions, desk: Desk | None, command: RemoveBlock) -> Unblocked:
    """Have the actors take somebody off the list."""
    workspace = await store.read(partial(_workspace, command.workspace))
    whom = _whom(command.who)
    if desk is None:
        raise Refusal(Why.UNAVAILABLE, _NO_SERVE)
    try:
        lifted = await desk.unblock(workspace, whom, BlockedBy.OPERATOR)
    except Busy:
        raise Refusal(Why.UNAVAILABLE, "the running serve is too busy; try again") from None
    if isinstance(lifted, NotFound):
        raise Refusal(Why.UNKNOWN, "nobody like that is blocked: see kaisa-relay block list")
    return Unblocked(len(lifted.contacts))


def list_blocks(workspace: str, connection: Connection) -> Blocks:
    """Return the whole block list of a workspace."""
    return _listed(_workspace(workspace, connection), None, connection)


def _workspace(name: str, connection: Connection) -> WorkspaceId:
    return WorkspaceId(find_workspace(connection, name).id)


def _whom(text: str) -> Whom:
    id = from_text(CONTACT, text)
    if id is not None:
        return ContactId(id)
    phone = parse(text, None)
    if isinstance(phone, BadPhone):
        raise Refusal(Why.INVALID, phone.reason)
    return phone


def _listed(workspace: WorkspaceId, only: ContactId | None, connection: Connection) -> Blocks:
    known = and_(contact.c.workspace == block.c.workspace, contact.c.id == block.c.contact)
    query: Select[tuple[object, ...]] = select(block, contact.c.name, contact.c.phone)
    query = query.outerjoin(contact, known).where(block.c.workspace == workspace)
    if only is not None:
        query = query.where(block.c.contact == only)
    rows = connection.execute(query.order_by(block.c.contact))
    return Blocks(
        tuple(
            BlockFacts(
                contact=to_text(CONTACT, row.contact),
                name=row.name or "",
                number=row.phone,
                by=row.by,
                blocked_at=from_micros(row.at),
                agent=None if row.agent is None else to_text(CONTACT, row.agent),
                conversation=(
                    None if row.conversation is None else to_text(CONVERSATION, row.conversation)
                ),
            )
            for row in rows
        )
    )
