"""Read receipts: what somebody wrote is marked read once the other side has read it.

Rule 1: best effort: kept in memory, bounded, and only where a number has room beside its sends.
Rule 2: a mark covers everything before it, so of each person only the latest message is marked.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

import trio
from attrs import define, field, frozen

from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.recent import Recent
from kaisa_relay.domain.ids import ChannelId, ContactId, MessageId, SendId, WorkspaceId
from kaisa_relay.domain.replacing import replace
from kaisa_relay.domain.sending import Accepted, Deferred, Rank
from kaisa_relay.domain.tracking import MessageStatus
from kaisa_relay.ports import Recorded
from kaisa_relay.ports.directory import Written

TOGETHER: Final = 1.0
"""Seconds in which reads are collected: whoever opens a chat reads all of it."""
MOST: Final = 10_000
"""Reads, and marks, that wait at most; more are left out, and the next mark covers them."""
PAGE: Final = 500
AT_ONCE: Final = 4
"""Calls under way for one number."""
ROUND: Final = 10.0
"""Seconds after which a number that does not answer no longer keeps the others waiting."""
TRIES: Final = 3
KEPT: Final = 600.0
"""Seconds after which a mark is given up whose number had no room for it, or stands still."""

_Pair = tuple[ChannelId, ContactId]


@frozen
class _Mark:
    """The latest message of a person that was read, and how often WhatsApp put us off.

    `until` is when it is given up, on Trio's clock.
    """

    written: Written
    until: float
    tries: int = 0

    @property
    def pair(self) -> _Pair:
        return self.written.channel, self.written.contact


@define(eq=False)
class Receipts:
    """Follows the statuses, and marks what was read in the chats of those who wrote it."""

    context: Context
    _read: dict[tuple[WorkspaceId, SendId], None] = field(factory=dict)
    _due: dict[_Pair, _Mark] = field(factory=dict)
    _marked: Recent[_Pair, MessageId] = field(factory=Recent)
    _bell: trio.Event = field(factory=trio.Event)

    def take(self, recorded: Sequence[Recorded]) -> None:
        """Note which sends were read; a played voice message was read too."""
        for each in recorded:
            event = each.event
            if not isinstance(event, MessageStatus) or event.conversation is None:
                continue
            if event.rank in (Rank.READ, Rank.PLAYED) and len(self._read) < MOST:
                self._read[each.workspace, event.send] = None
        if self._read:
            self._bell.set()

    def statistics(self) -> dict[str, int]:
        """Return how many reads have been noted, and how many marks wait."""
        return {"read": len(self._read), "due": len(self._due)}

    async def run(self) -> None:
        """Mark until cancelled."""
        while True:
            await self._bell.wait()
            self._bell = trio.Event()
            await trio.sleep(TOGETHER)
            self._give_up()
            await self._look_up()
            with trio.move_on_after(ROUND):
                await self._mark_all()
            if self._due:
                self._bell.set()  # their number has no room beside its sends just now

    async def _look_up(self) -> None:
        read, self._read = self._read, {}
        by_workspace: dict[WorkspaceId, list[SendId]] = {}
        for workspace, send in read:
            if self.context.accounts.workspace(workspace).read_receipts:
                by_workspace.setdefault(workspace, []).append(send)
        for workspace, sends in by_workspace.items():
            for start in range(0, len(sends), PAGE):
                written = self.context.directory.written
                look = partial(written, workspace, sends[start : start + PAGE])
                self._want_all(workspace, await self.context.patiently(look))

    def _want_all(self, workspace: WorkspaceId, written: Sequence[Written]) -> None:
        """Keep the marks on numbers that are still ours: the reader may be on another one now."""
        until = trio.current_time() + KEPT
        for each in written:
            ours = self.context.accounts.channel(workspace, each.channel) is not None
            if ours and each.channel in self.context.exchange.channels:
                self._want(_Mark(each, until))

    def _give_up(self) -> None:
        """Forget the marks that nobody would understand any more."""
        now = trio.current_time()
        for pair in [pair for pair, mark in self._due.items() if mark.until <= now]:
            del self._due[pair]

    def _want(self, mark: _Mark) -> None:
        """Keep the mark unless a later message of the same person is marked, or will be."""
        pair, message = mark.pair, mark.written.message
        waiting = self._due.get(pair)
        latest = max(self._marked.get(pair) or 0, waiting.written.message if waiting else 0)
        if message > latest and (waiting is not None or len(self._due) < MOST):
            self._due[pair] = mark

    async def _mark_all(self) -> None:
        by_channel: dict[ChannelId, list[_Mark]] = {}
        for mark in self._due.values():
            by_channel.setdefault(mark.written.channel, []).append(mark)
        async with trio.open_nursery() as nursery:
            for channel, marks in by_channel.items():
                for _ in range(min(AT_ONCE, len(marks))):
                    nursery.start_soon(self._mark_some, channel, marks, name="read marks")

    async def _mark_some(self, channel: ChannelId, marks: list[_Mark]) -> None:
        """Mark, from the one that waits longest on, while the number has room for it."""
        post = self.context.exchange.channels[channel]
        while marks and not self.context.exchange.stopping:
            if not post.take_spare():
                return
            await self._mark(marks.pop(0))

    async def _mark(self, mark: _Mark) -> None:
        written = mark.written
        del self._due[mark.pair]
        access = self.context.accounts.access(written.channel)
        answer = await self.context.gateway.mark_read(access, written.wamid)
        if isinstance(answer, Accepted):
            self._marked.put(mark.pair, written.message)
        elif isinstance(answer, Deferred) and mark.tries + 1 < TRIES:
            self._want(replace(mark, tries=mark.tries + 1))
