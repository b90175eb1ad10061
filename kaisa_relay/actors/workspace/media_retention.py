"""Files whose time is over leave the disk; their rows stay and say so.

Rule 1: the bytes go first: a crash in between is repeated, and leaves nothing lying about.
"""

from functools import partial
from typing import Final

import trio
from attrs import define, evolve

from kaisa_relay.actors.exchange import Context
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.ports import Append, FileRow, FileState, MoveFile

EVERY: Final = 600.0
"""Seconds between two rounds."""
UNIT: Final = 50


@define(eq=False)
class MediaRetention:
    """Removes files, workspace by workspace."""

    context: Context

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            for workspace in self.context.accounts.workspaces():
                while await self._tidy(workspace):
                    await trio.lowlevel.checkpoint()
            await trio.sleep(EVERY)

    async def _tidy(self, workspace: WorkspaceId) -> bool:
        """Remove some of a workspace's files; says whether there may be more."""
        before = self.context.wall() - self.context.accounts.workspace(workspace).keep_files
        find = partial(self.context.files.kept, workspace, before, UNIT)
        found = await self.context.patiently(find)
        for row in found:
            await self._remove(row)
        return len(found) == UNIT

    async def _remove(self, row: FileRow) -> None:
        await self.context.carrier.remove(row.workspace, row.message)
        move = MoveFile(evolve(row, state=FileState.DELETED), (row.state,))
        append = Append(row.workspace, f"file/{row.message}", 0, (), (move,))
        await self.context.patiently(partial(self.context.journal.append, append))
