"""Who is not to be written to, as the faces keep the list."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from attrs import frozen
from sqlalchemy import Connection

from kaisa_relay.domain.engagement.ids import SuppressionId
from kaisa_relay.domain.engagement.suppression import Address, Source
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.engagement import suppression_rows
from kaisa_relay.engagement.lane import Tools
from kaisa_relay.ports.suppressions import SuppressionView

T = TypeVar("T")


@frozen
class LeavingAlone:
    """The suppression list, one transaction for each wish."""

    tools: Tools

    async def suppressions(
        self,
        workspace: WorkspaceId,
        address: Address | None,
        before: SuppressionId | None,
        limit: int,
    ) -> Sequence[SuppressionView]:
        """Return up to `limit` of the list with ids below `before`, the newest first."""
        return await self._read(
            lambda connection: suppression_rows.page(connection, workspace, address, before, limit)
        )

    async def suppress(
        self, workspace: WorkspaceId, address: Address, source: Source
    ) -> SuppressionView:
        """Write there no more; one that is on the list already stays as it is."""
        id = SuppressionId(self.tools.store.new_id())
        new = SuppressionView(id, address, source, self._at())
        return await self._write(partial(suppression_rows.add, of=workspace, new=new))

    async def allow(self, workspace: WorkspaceId, suppression: SuppressionId) -> bool:
        """Take an address off the list; False when there is no such entry."""
        return await self._write(partial(suppression_rows.remove, of=workspace, id=suppression))

    async def unsubscribe(self, token: str, *, ask: bool) -> bool:
        """Do what a mail's link says, or only `ask` whether it is a link of ours."""
        read = self.tools.unsubscribing.read(token)
        if read is not None and not ask:
            await self.suppress(*read, Source.LINK)
        return read is not None

    async def _read(self, work: Callable[[Connection], T]) -> T:
        return await self.tools.store.browse(work)

    async def _write(self, work: Callable[[Connection], T]) -> T:
        return await self.tools.store.write(work)

    def _at(self) -> datetime:
        return self.tools.wall()
