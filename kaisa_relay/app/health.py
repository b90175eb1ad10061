"""How the database fares: what the log says of an outage, and what /readyz answers.

Rule 1: an outage is logged twice, when it is noticed and when it is over, however long it is.
Rule 2: however often somebody probes, the writer is asked one question at a time, once a second.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import structlog
import trio
from attrs import define, field

from kaisa_relay.actors.outages import Outages
from kaisa_relay.domain.outage import Outage
from kaisa_relay.metrics import Metrics
from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.store import Away, OnOutage

logger = structlog.get_logger()

FRESH_SECONDS: Final = 1.0
"""How old the answer to a probe may be."""


def noting(outages: Outages, metrics: Metrics) -> OnOutage:
    """Return what the writer tells of the database's outages."""

    def note(away: Away) -> None:
        if away.ended is None:
            logger.error("database is away", since=away.since.isoformat(), why=away.why)
            return
        outages.record(None, Outage(away.since, away.ended))
        metrics.on_outage(away.since, away.ended)
        seconds = (away.ended - away.since).total_seconds()
        logger.warning("database is back", away_seconds=seconds)

    return note


@define(eq=False)
class StoreReadiness:
    """Ready: the database takes writes, and the inbox that the start found is worked off.

    `touch` writes something or raises `StoreUnavailable`; `drained` says that the inbox is.
    """

    touch: Callable[[], Awaitable[object]]
    drained: Callable[[], bool]
    _asking: trio.Lock = field(init=False, factory=trio.Lock)
    _asked_at: float = field(init=False, default=float("-inf"))
    _writable: bool = field(init=False, default=False)

    async def failing(self) -> Mapping[str, str]:
        """Return what is not ready, and why."""
        failing = {}
        if not await self._can_write():
            failing["database"] = "cannot be written to"
        if not self.drained():
            failing["inbox"] = "messages from before the start are still being worked off"
        return failing

    async def _can_write(self) -> bool:
        """Who waited for another's question is content with its answer."""
        async with self._asking:
            if trio.current_time() - self._asked_at >= FRESH_SECONDS:
                self._writable = await self._ask()
                self._asked_at = trio.current_time()
            return self._writable

    async def _ask(self) -> bool:
        try:
            await self.touch()
        except StoreUnavailable:
            return False
        return True
