"""A workspace followed as one, read from the rows in memory."""

import sys
from collections.abc import Collection, Mapping, Sequence

from attrs import frozen

from kaisa_relay.domain.closing_word import closing_word
from kaisa_relay.domain.ids import ConversationId, MessageId, WorkspaceId
from kaisa_relay.domain.public_events import TYPES
from kaisa_relay.journal.memory.archive import MemoryArchive
from kaisa_relay.journal.memory.commits import Commits
from kaisa_relay.ports import LIVE, Recorded, Standing


@frozen
class MemoryFollowing:
    """`ports.Following`."""

    commits: Commits
    archive: MemoryArchive

    async def position(self, workspace: WorkspaceId) -> int:
        """Return the number of the latest event; 0 before the first."""
        return max((each.seq for each in await self._all(workspace)), default=0)

    async def events(self, workspace: WorkspaceId, after: int, limit: int) -> Sequence[Recorded]:
        """Return up to `limit` events above number `after`, in order."""
        found = [each for each in await self._all(workspace) if each.seq > after]
        return sorted(found, key=lambda each: each.seq)[:limit]

    async def of_types(
        self, workspace: WorkspaceId, after: int, types: Collection[str], limit: int
    ) -> tuple[int, Sequence[Recorded]]:
        """Return the latest number, and up to `limit` events of these types above `after`."""
        found = await self.events(workspace, after, sys.maxsize)
        asked = [each for each in found if TYPES[type(each.event)] in types]
        return after + len(found), asked[:limit]

    async def standing(self, workspace: WorkspaceId, most: int) -> Standing:
        """Return what is so now."""
        while True:
            position = await self.position(workspace)
            live = await self.archive.conversations(workspace, LIVE, None, most + 1)
            agents = await self.archive.agents(workspace, None, most)
            if position == await self.position(workspace):
                return Standing(position, tuple(live[:most]), tuple(agents), len(live) > most)

    async def metadata(
        self, workspace: WorkspaceId, conversations: Sequence[ConversationId]
    ) -> Mapping[ConversationId, bytes]:
        """Return what these were created with, as JSON; nothing for what is erased."""
        kept = (await self.commits.read()).metadata
        return {
            each: kept[workspace, each].metadata
            for each in conversations
            if (workspace, each) in kept
        }

    async def outcomes(
        self, workspace: WorkspaceId, messages: Sequence[MessageId]
    ) -> Mapping[MessageId, str]:
        """Return the outcomes that these closing messages name, without those that name none."""
        kept = (await self.commits.read()).contents
        found = {each: kept.get((workspace, each)) for each in messages}
        words = {each: closing_word(row.content if row else None) for each, row in found.items()}
        return {each: word.outcome for each, word in words.items() if word.outcome is not None}

    async def _all(self, workspace: WorkspaceId) -> list[Recorded]:
        streams = (await self.commits.read()).streams
        return [
            each for (owner, _), history in streams.items() if owner == workspace
            for each in history
        ]  # fmt: skip
