"""`ports.auditing.Auditing` in the database.

Rule 1: a repeat by the same caller within ten minutes is the same look: the page asks often.
Rule 2: what could not be written down is refused by whoever asked for it to be.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from attrs import define, evolve, field

from kaisa_relay.domain.ids import AuditId, WorkspaceId
from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.ports.auditing import REPEATS_KNOWN, Deed, Entry, Which
from kaisa_relay.store import Store
from kaisa_relay.store.audit_rows import Noting, conclude, page

REMEMBERED: Final = 10_000
"""Looks; with more, all are forgotten, and written down once more."""


@define(eq=False)
class Audit:
    """The log of a running relay."""

    store: Store
    _noting: Noting = field(factory=Noting)
    _looks: dict[Deed, datetime] = field(factory=dict)

    async def saw(self, deed: Deed) -> None:
        """Write it down with whatever else waits to be written, unless it is a repeat."""
        at = self.store.wall()
        last = self._looks.get(deed)
        if last is not None and last <= at < last + timedelta(seconds=REPEATS_KNOWN):
            return
        await self.asked(deed)
        if len(self._looks) >= REMEMBERED:
            self._looks.clear()
        self._looks[deed] = at

    async def asked(self, deed: Deed) -> Entry:
        """Write it down with whatever else waits to be written."""
        id, at = AuditId(self.store.new_id()), self.store.wall()
        entry = Entry(id, deed.workspace, at, deed.by, deed.action, deed.subject)
        await self.store.append(self._noting, entry)
        return entry

    async def answered(self, entry: Entry, outcome: int, subject: str | None) -> None:
        """Complete the entry; without that it says that nobody knows."""
        told = evolve(entry, outcome=outcome, subject=subject)
        with suppress(StoreUnavailable):
            await self.store.write(partial(conclude, entry=told))

    async def entries(
        self, workspace: WorkspaceId, which: Which, below: AuditId | None, most: int
    ) -> Sequence[Entry]:
        """Read a page."""
        read = partial(page, of=workspace, which=which, below=below, most=most)
        return await self.store.browse(read)
