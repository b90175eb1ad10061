"""An audit log in memory."""

from collections.abc import Sequence

from attrs import define, evolve, field

from kaisa_relay.domain.ids import AuditId, WorkspaceId
from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.ports.auditing import Deed, Entry, Which
from tests.api.rows import EPOCH


@define
class MemoryAudit:
    """Keeps entries by id, unless it is away; every look is one."""

    kept: dict[AuditId, Entry] = field(factory=dict)
    away: bool = False

    async def saw(self, deed: Deed) -> None:
        """Keep it."""
        await self.asked(deed)

    async def asked(self, deed: Deed) -> Entry:
        """Keep it."""
        if self.away:
            raise StoreUnavailable("away")
        id = AuditId(len(self.kept) + 1)
        entry = Entry(id, deed.workspace, EPOCH, deed.by, deed.action, deed.subject)
        self.kept[id] = entry
        return entry

    async def answered(self, entry: Entry, outcome: int, subject: str | None) -> None:
        """Complete it."""
        self.kept[entry.id] = evolve(entry, outcome=outcome, subject=subject)

    async def entries(
        self, workspace: WorkspaceId, which: Which, below: AuditId | None, most: int
    ) -> Sequence[Entry]:
        """Return the newest first."""
        fits = (which.by, which.action, which.subject)
        return [
            each
            for each in reversed(self.kept.values())
            if each.workspace == workspace
            and (below is None or each.id < below)
            and all(
                want is None or want == has
                for want, has in zip(fits, (each.by, each.action, each.subject), strict=True)
            )
        ][:most]
