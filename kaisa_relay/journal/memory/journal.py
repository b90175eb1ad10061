"""The journal and the outbox in memory."""

from collections.abc import Callable, Sequence
from datetime import datetime

from attrs import frozen

from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.ids import ChannelId, ConversationId, MessageId, SendId, WorkspaceId
from kaisa_relay.journal.memory.changes import apply
from kaisa_relay.journal.memory.commits import Commits
from kaisa_relay.journal.memory.outbox import finish, move_leg
from kaisa_relay.journal.memory.rows import Transaction
from kaisa_relay.ports import Append, Conflict, Leg, Recorded, Send, Stored


@frozen
class MemoryJournal:
    """`ports.Journal`."""

    commits: Commits

    async def append(self, append: Append) -> Conflict | None:
        """Commit, or say what lost."""

        def write(transaction: Transaction) -> Conflict | None:
            self.commits.fence(append.workspace)
            return apply(transaction, append)

        return await self.commits.commit(write)

    async def read(self, workspace: WorkspaceId, stream: str, after: int = 0) -> list[Recorded]:
        """Return the stream's events above version `after`, in order."""
        streams = (await self.commits.read()).streams
        return [each for each in streams.get((workspace, stream), ()) if each.version > after]

    async def snapshot(
        self, workspace: WorkspaceId, conversation: ConversationId
    ) -> tuple[State, int] | None:
        """Return the state in the conversation's row and the version it was folded to."""
        row = (await self.commits.read()).conversations.get((workspace, conversation))
        return None if row is None else (row.state, row.version)

    async def stored(self, workspace: WorkspaceId, conversation: ConversationId) -> Stored | None:
        """Return the conversation's row and the events after it."""
        row = await self.snapshot(workspace, conversation)
        if row is None:
            return None
        state, version = row
        later = await self.read(workspace, f"conversation/{conversation}", version)
        return Stored(state, version, tuple(later))

    async def due(
        self, workspaces: Sequence[WorkspaceId], before: datetime, limit: int
    ) -> list[tuple[WorkspaceId, ConversationId]]:
        """Return conversations whose deadline falls before `before`, the earliest first."""
        rows = (await self.commits.read()).conversations
        found = [
            (row.due_at, key)
            for key, row in rows.items()
            if key[0] in workspaces and row.due_at is not None and row.due_at < before
        ]
        return [key for _, key in sorted(found)[:limit]]

    def subscribe(self, take: Callable[[Sequence[Recorded]], None]) -> None:
        """Have `take` called with every event after its commit, in order."""
        self.commits.take_recorded.append(take)


@frozen
class MemorySends:
    """`ports.Sends`."""

    commits: Commits

    async def unfinished(
        self, workspace: WorkspaceId, channel: ChannelId, after: SendId, limit: int
    ) -> list[Send]:
        """Return sends that have no outcome yet, by id, above `after`."""
        sends = (await self.commits.read()).sends
        found = [send for key, send in sorted(sends.items()) if key[0] == workspace]
        return [send for send in found if send.channel == channel and send.id > after][:limit]

    async def by_wamid(self, workspace: WorkspaceId, wamids: Sequence[str]) -> dict[str, SendId]:
        """Return which send each of these wamids belongs to, as far as known."""
        legs = (await self.commits.read()).legs_of(workspace)
        return {
            leg.wamid: leg.send for leg in legs if leg.wamid is not None and leg.wamid in wamids
        }

    async def settle(
        self, workspace: WorkspaceId, legs: Sequence[Leg], items: Sequence[MessageId]
    ) -> list[tuple[Leg, Send | None]]:
        """Apply statuses in one commit, with their events, and delete the inbox rows `items`."""
        moved: list[tuple[Leg, Send | None]] = []

        def write(transaction: Transaction) -> None:
            self.commits.fence(workspace)
            for leg in legs:
                before = move_leg(transaction, workspace, leg)
                if before:
                    moved.append((leg, finish(transaction, workspace, before, leg)))
            _delete(transaction, workspace, items)

        await self.commits.commit(write)
        return moved

    def subscribe(self, take: Callable[[Sequence[Send]], None]) -> None:
        """Have `take` called with the sends that statuses ended."""
        self.commits.take_ended.append(take)


def _delete(tx: Transaction, workspace: WorkspaceId, items: Sequence[MessageId]) -> None:
    for item in items:
        row = tx.rows.inbox.get(item)
        if row is not None and row.workspace == workspace:
            tx.drop(tx.rows.inbox, item)
