"""A house for the gauges to look at."""

from collections.abc import Mapping
from datetime import UTC, datetime

import trio
from attrs import define, field

from kaisa_relay.metrics import RowCounts, Sources
from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.runtime.mailbox import Mailbox, MailboxStatistics
from kaisa_relay.store.engine import Statistics

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@define
class House:
    """A house to look at: what its parts say of themselves."""

    router: Mapping[str, int] = field(
        factory=lambda: {"live": 2, "quarantined": 1, "queued": 7, "in_flight": 3}
    )
    away_since: datetime | None = None
    rows: RowCounts = field(
        factory=lambda: RowCounts({"new": 4}, {"ready": 5}, {"reserved": 6, "active": 2})
    )
    reachable: bool = True
    counted: int = 0
    boxes: list[Mailbox[int]] = field(factory=list)

    def sources(self) -> Sources:
        channels = {"none": 2, "quality": 0, "limited": 1, "down": 0}
        return Sources(
            lambda: self.router, self._store, self._mailboxes, self._rows, lambda: channels
        )

    def _store(self) -> Statistics:
        return Statistics(11, 1, 1, 1, 0.1, outages=2, away_since=self.away_since)

    def _mailboxes(self) -> Mapping[str, list[MailboxStatistics]]:
        return {"channel": [box.statistics() for box in self.boxes]}

    async def _rows(self) -> RowCounts:
        self.counted += 1
        await trio.lowlevel.checkpoint()
        if not self.reachable:
            raise StoreUnavailable("the database is away")
        return self.rows
