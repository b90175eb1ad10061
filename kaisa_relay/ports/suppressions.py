"""Who is not to be written to, as the faces see it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from attrs import frozen

from kaisa_relay.domain.engagement.ids import SuppressionId
from kaisa_relay.domain.engagement.suppression import Address, Source
from kaisa_relay.domain.ids import WorkspaceId


@frozen
class SuppressionView:
    """An address that is not to be written to, since when, and how we know."""

    id: SuppressionId
    address: Address
    source: Source
    at: datetime


class Suppressions(Protocol):
    """The list of a workspace. Raises `StoreUnavailable`."""

    async def suppressions(
        self,
        workspace: WorkspaceId,
        address: Address | None,
        before: SuppressionId | None,
        limit: int,
    ) -> Sequence[SuppressionView]:
        """Return up to `limit` of the list with ids below `before`, the newest first."""
        ...

    async def suppress(
        self, workspace: WorkspaceId, address: Address, source: Source
    ) -> SuppressionView:
        """Write there no more; one that is on the list already stays as it is."""
        ...

    async def allow(self, workspace: WorkspaceId, suppression: SuppressionId) -> bool:
        """Take an address off the list; False when there is no such entry."""
        ...

    async def unsubscribe(self, token: str, *, ask: bool) -> bool:
        """Do what a mail's link says, or only `ask` whether it is a link of ours."""
        ...
