"""Statuses of a channel: applied in batches, matched by our own id or by wamid.

Rule 1: a status never waits for a conversation, and never moves a leg backwards.
Rule 2: one that matches nothing is kept for ten minutes: it may have come before the answer.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final

import trio
from attrs import define, field

from kaisa_relay.actors.exchange import Context, Statuses
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.ids import MessageId, SendId
from kaisa_relay.domain.inbound import StatusBatch, StatusUpdate
from kaisa_relay.domain.sending import send_of
from kaisa_relay.ports import Leg

KEEP: Final = 600.0
RETRY: Final = 10.0
"""Seconds: how long an unmatched status is kept, and between two tries."""
MOST_KEPT: Final = 10_000


@define(eq=False)
class StatusDesk:
    """Matches and applies the statuses of one channel."""

    context: Context
    channel: Channel
    on_settled: Callable[[Sequence[SendId]], None]
    _late: list[tuple[float, Statuses]] = field(factory=list)

    async def apply(self, rows: Sequence[Statuses]) -> None:
        """Apply the rows in one commit; `on_settled` hears which unfinished sends it settled."""
        updates = [update for row in rows for update in _updates(row)]
        by_wamid = await self._by_wamid(updates)
        now = trio.current_time()
        legs: list[Leg] = []
        finished: list[Statuses] = []
        for row in rows:
            matched = [(self._send(update, by_wamid), update) for update in _updates(row)]
            legs += [_leg(send, update) for send, update in matched if send is not None]
            if all(send is not None for send, _ in matched):
                finished.append(row)
            elif not any(late is row for _, late in self._late):
                self._late.append((now, row))
        await self._settle(legs, finished)

    async def retry(self) -> None:
        """Try unmatched statuses again until they are too old to matter."""
        while True:
            await trio.sleep(RETRY)
            limit = trio.current_time() - KEEP
            old = [row for since, row in self._late if since < limit]
            self._late = [(since, row) for since, row in self._late[-MOST_KEPT:] if since >= limit]
            if old:
                await self._settle([], old)
            if self._late:
                await self.apply([row for _, row in self._late])

    async def _settle(self, legs: Sequence[Leg], rows: Iterable[Statuses]) -> None:
        done = list(rows)
        items: list[MessageId] = [row.item.id for row in done]
        settle = self.context.sends.settle
        moved = await self.context.patiently(partial(settle, self.channel.workspace, legs, items))
        finished = set(items)
        self._late = [entry for entry in self._late if entry[1].item.id not in finished]
        for row in done:
            row.done()
        self.on_settled([send.id for _, send in moved if send is not None])

    async def _by_wamid(self, updates: Sequence[StatusUpdate]) -> dict[str, SendId]:
        wamids = [update.wamid for update in updates if self._ours(update) is None]
        if not wamids:
            return {}
        read = self.context.sends.by_wamid
        return await self.context.patiently(partial(read, self.channel.workspace, wamids))

    def _ours(self, update: StatusUpdate) -> SendId | None:
        return send_of(update.opaque, self.channel.workspace, self.channel.id)

    def _send(self, update: StatusUpdate, by_wamid: dict[str, SendId]) -> SendId | None:
        return self._ours(update) or by_wamid.get(update.wamid)


def _updates(row: Statuses) -> tuple[StatusUpdate, ...]:
    assert isinstance(row.item.item, StatusBatch)
    return row.item.item.updates


def _leg(send: SendId, update: StatusUpdate) -> Leg:
    return Leg(send, update.rank, update.at, update.code, update.wamid)
