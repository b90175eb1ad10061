"""Having one channel carry what another one does: the drain here, the move by the actors.

Rule 1: it goes page by page, each conversation in its own commit, so it may be called again at any
time and goes on where it was.
"""

from functools import partial

from attrs import frozen
from sqlalchemy import Connection, select

from kaisa_relay.accounts import rows
from kaisa_relay.accounts.commands import Why
from kaisa_relay.accounts.refusal import Refusal
from kaisa_relay.accounts.replaced import ReplaceChannel, Replaced, Stayed
from kaisa_relay.accounts.transactions import Transactions
from kaisa_relay.accounts.writing import find_channel
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.ids import CONVERSATION, ConversationId, from_text, to_text
from kaisa_relay.ports import Busy
from kaisa_relay.ports.replacing import Mover
from kaisa_relay.store import tables

_NO_SERVE = "people are moved by a running serve: start it, and run this again"
_BUSY = "the running serve is too busy; run this again, it goes on where it was"


@frozen
class _Both:
    old: Channel
    new: Channel


async def check_channels(store: Transactions, command: ReplaceChannel) -> None:
    """Refuse what cannot be: the same channel, another workspace's, or one that is no help."""
    await store.read(partial(_both, command))


async def move_page(store: Transactions, mover: Mover | None, command: ReplaceChannel) -> Replaced:
    """Move a page of what the old channel carries; that one must be draining."""
    both = await store.read(partial(_both, command))
    if mover is None:
        raise Refusal(Why.UNAVAILABLE, _NO_SERVE)
    id = from_text(CONVERSATION, command.after) if command.after else None
    after = None if id is None else ConversationId(id)
    try:
        moved = await mover.move(both.old.workspace, (both.old.id, both.new.id), after)
    except Busy:
        raise Refusal(Why.UNAVAILABLE, _BUSY) from None
    stayed = tuple(Stayed(to_text(CONVERSATION, id), why.value) for id, why in moved.stayed)
    last = None if moved.last is None else to_text(CONVERSATION, moved.last)
    return Replaced(moved.moved, stayed, last)


def _both(command: ReplaceChannel, connection: Connection) -> _Both:
    existing = rows.channels(connection)
    old = find_channel(existing, command.old).channel
    new = find_channel(existing, command.new).channel
    if old.workspace != new.workspace:
        raise Refusal(Why.INVALID, "the channels belong to different workspaces")
    if old.id == new.id:
        raise Refusal(Why.INVALID, "a channel cannot replace itself")
    if new.draining:
        raise Refusal(Why.INVALID, "the new channel takes no new conversations: see channel drain")
    health = tables.channel_health.c
    query = select(health.down).where(health.workspace == new.workspace, health.channel == new.id)
    if connection.scalar(query) is not None:
        raise Refusal(Why.INVALID, "the new channel is down itself: see kaisa-relay doctor")
    return _Both(old, new)
