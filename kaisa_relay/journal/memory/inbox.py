"""The inbox in memory."""

from collections.abc import Callable, Sequence
from functools import partial

from attrs import evolve, frozen

from kaisa_relay.domain.ids import MessageId, WorkspaceId
from kaisa_relay.journal.memory.commits import Commits
from kaisa_relay.journal.memory.outbox import finish, move_leg
from kaisa_relay.journal.memory.rows import InboxRow, InboxState, Transaction, as_item
from kaisa_relay.journal.outcomes import legs_of
from kaisa_relay.ports import UNREADABLE, InboxItem, NewItem, StoreUnavailable


@frozen
class MemoryInbox:
    """`ports.Inbox`. The items are kept as the objects they came as."""

    commits: Commits

    async def store(self, rows: Sequence[NewItem]) -> int:
        """Commit the rows and return how many were new."""
        new = 0
        for take in self.commits.overhearing:
            take(rows)

        def write(transaction: Transaction) -> None:
            nonlocal new
            new = sum(_store(self.commits, transaction, row) for row in rows)

        try:
            await self.commits.commit(write)
        except StoreUnavailable:
            for look in self.commits.doubting:
                look()
            raise
        return new

    def subscribe(self, take: Callable[[Sequence[InboxItem]], None]) -> None:
        """Have `take` called with every item committed from now on."""
        self.commits.take_items.append(take)

    def on_doubt(self, look: Callable[[], None]) -> None:
        """Have `look` called whenever `store` fails for want of the store."""
        self.commits.doubting.append(look)

    def overhear(self, take: Callable[[Sequence[NewItem]], None]) -> None:
        """Have `take` called with whatever `store` is given."""
        self.commits.overhearing.append(take)

    async def new_rows(
        self, workspaces: Sequence[WorkspaceId], after: MessageId, limit: int
    ) -> list[InboxItem]:
        """Return rows that are still `new`, by id, above `after`."""
        rows = (await self.commits.read()).inbox
        owned = [rows[id] for id in sorted(rows) if id > after and rows[id].workspace in workspaces]
        return (await self._readable(owned))[:limit]

    async def still_new(self, ids: Sequence[MessageId]) -> list[InboxItem]:
        """Return those of the named rows that are still `new`, by id."""
        rows = (await self.commits.read()).inbox
        return await self._readable([rows[id] for id in sorted({*ids}) if id in rows])

    async def _readable(self, rows: Sequence[InboxRow]) -> list[InboxItem]:
        """Return the items of the rows that are new; a row of ours without item is parked."""
        read = [(row, as_item(row)) for row in rows if row.state is InboxState.NEW]
        unreadable = [row for row, item in read if item is None]
        if unreadable:
            await self.commits.commit(partial(_park, rows=unreadable))
        return [item for _, item in read if item is not None]

    async def parked_streams(self, workspaces: Sequence[WorkspaceId]) -> set[str]:
        """Return the streams that have parked rows."""
        rows = (await self.commits.read()).inbox.values()
        return {
            row.stream
            for row in rows
            if row.state is InboxState.PARKED and row.stream and row.workspace in workspaces
        }


def _park(transaction: Transaction, rows: Sequence[InboxRow]) -> None:
    for row in rows:
        parked = evolve(row, state=InboxState.PARKED, stream=f"message/{row.id}", reason=UNREADABLE)
        transaction.put(transaction.rows.inbox, row.id, parked)


def _store(commits: Commits, transaction: Transaction, new: NewItem) -> bool:
    if new.workspace not in commits.fenced and _apply(transaction, new):
        return True
    dedups = transaction.rows.dedups
    if new.channel is not None and new.dedup is not None:
        key = (new.channel, new.dedup)
        if key in dedups:
            return False
        id = MessageId(transaction.new_id())
        transaction.put(dedups, key, id)
    else:
        id = MessageId(transaction.new_id())
    state = InboxState.PARKED if new.workspace is None else InboxState.NEW
    transaction.arrive(
        InboxRow(
            id=id,
            workspace=new.workspace,
            channel=new.channel,
            kind=new.kind,
            dedup=new.dedup,
            body=new.body,
            item=new.item,
            received_at=transaction.at,
            state=state,
            reason=new.reason,
        )
    )
    return True


def _apply(transaction: Transaction, new: NewItem) -> bool:
    """Apply statuses of sends that exist; False when a row must wait for one of them."""
    legs = legs_of(new)
    if legs is None or new.workspace is None:
        return False
    if any((new.workspace, leg.send) not in transaction.rows.legs for leg in legs):
        return False
    for leg in legs:
        before = move_leg(transaction, new.workspace, leg)
        if before:
            finish(transaction, new.workspace, before, leg)
    return True
