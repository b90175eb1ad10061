"""Statuses of a channel: applied in batches, matched by our own id or by wamid.

Rule 1: a status never waits for a conversation, and never moves a leg backwards.
Rule 2: one that matches nothing is kept for ten minutes: it may have come before the answer.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import trio
from attrs import define

from kaisa_relay.actors.exchange import ChannelPost, Context
from kaisa_relay.actors.messages import Statuses
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.ids import SendId
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
    post: ChannelPost
    on_settled: Callable[[Sequence[SendId]], None]

    async def apply(self, rows: Sequence[Statuses]) -> None:
        """Apply the rows in one commit; `on_settled` hears which sends have an outcome by them.

        `post.statuses` has every row from here on until it is applied.
        """
        self.post.statuses.update({row.item.id: row for row in rows})
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
            else:
                self.post.late.setdefault(row.item.id, now)
        await self._settle(legs, finished)

    async def retry(self) -> None:
        """Try unmatched statuses again until they are too old to matter."""
        while True:
            await trio.sleep(RETRY)
            limit = trio.current_time() - KEEP
            crowd = max(0, len(self.post.late) - MOST_KEPT)
            old = [
                self.post.statuses[item]
                for number, (item, since) in enumerate(self.post.late.items())
                if since < limit or number < crowd
            ]
            if old:
                await self._settle([], old)
            if self.post.late:
                await self.apply([self.post.statuses[item] for item in self.post.late])

    async def _settle(self, legs: Sequence[Leg], rows: Sequence[Statuses]) -> None:
        items = [row.item.id for row in rows]
        settle = self.context.sends.settle
        await self.context.patiently(partial(settle, self.channel.workspace, legs, items))
        for row in rows:
            self.post.late.pop(row.item.id, None)
            self.post.statuses.pop(row.item.id, None)
            row.done()
        # All of them, moved or not: a commit that seemed to fail may have settled them before.
        self.on_settled([leg.send for leg in legs])

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
