"""A channel's rows in the outbox: each step of a send is a commit, conditional on the one before.

Rule 1: where a step is refused the row is read again: the row is the truth, memory is its cache.
Rule 2: only the channel actor steps; a status may end a send at any time between two steps.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from attrs import define

from kaisa_relay.actors.channel.outcome import outcome_of
from kaisa_relay.actors.exchange import Context
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.ids import SendId
from kaisa_relay.domain.replacing import replace
from kaisa_relay.domain.sending import Purpose, Rank, SendState
from kaisa_relay.ports import Append, Change, EndSend, JoinSends, MoveSend, Send, Tell

GIVE_UP: Final = timedelta(hours=24)
"""How long a parked send can still be settled."""


@define(eq=False)
class Outbox:
    """The steps of one channel's sends; each returns the send as it stands after it.

    None is returned for a send that has its outcome.
    """

    context: Context
    channel: Channel

    @property
    def grace(self) -> timedelta:
        """How long an unknown send blocks its lane, waiting for a status."""
        return self.context.accounts.workspace(self.channel.workspace).unknown_grace

    def seconds_until(self, send: Send) -> float:
        """Return how long a send still waits; below 0 when its time has passed."""
        if send.due_at is None:
            return 0.0
        return (send.due_at - self.context.wall()).total_seconds()

    async def page(self, after: SendId, limit: int) -> list[Send]:
        """Return unfinished sends, by id, above `after`."""
        unfinished = self.context.sends.unfinished
        read = partial(unfinished, self.channel.workspace, self.channel.id, after, limit)
        return await self.context.patiently(read)

    async def begin(self, send: Send, join: JoinSends | None = None) -> Send | None:
        """Mark the send before its first byte goes out; what it takes in goes with that commit."""
        attempt = send.attempt + 1
        mark = MoveSend(send.id, (SendState.READY,), SendState.SENDING, attempt)
        sending = replace(send, state=SendState.SENDING, attempt=attempt, due_at=None)
        if join is None:
            return await self.step(send, sending, (mark,))
        return await self.step(send, replace(sending, outgoing=join.outgoing), (join, mark))

    async def doubt(self, send: Send) -> Send | None:
        """A send that somebody began and nobody concluded: nobody knows what became of it."""
        due = self.context.wall() + self.grace
        move = MoveSend(send.id, (SendState.SENDING,), SendState.UNKNOWN, send.attempt, due)
        return await self.step(send, replace(send, state=SendState.UNKNOWN, due_at=due), (move,))

    async def park(self, send: Send) -> Send | None:
        """The grace is over: people decide whether this goes out again."""
        due = self.context.wall() + GIVE_UP
        move = MoveSend(send.id, (SendState.UNKNOWN,), SendState.PARKED, send.attempt, due)
        changes: list[Change] = [move]
        if send.purpose is Purpose.RELAY and send.conversation is not None:
            outcome = outcome_of(send, send.conversation, Rank.PARKED)
            changes.append(Tell(send.channel, outcome))
        return await self.step(send, replace(send, state=SendState.PARKED, due_at=due), changes)

    async def give_up(self, send: Send) -> Send | None:
        """A parked send's day is over: it stays unconfirmed for good."""
        end = EndSend(send.id, (SendState.PARKED,), Rank.PARKED, self.context.wall())
        return await self.step(send, None, (end,))

    async def withdraw(self, send: Send) -> Send | None:
        """Nobody waits for this any more, and it has not begun."""
        end = EndSend(send.id, (SendState.READY,), Rank.FAILED, self.context.wall())
        return await self.step(send, None, (end,))

    async def step(self, send: Send, after: Send | None, changes: Sequence[Change]) -> Send | None:
        """Commit a step that leads to `after`; where it is refused, return the row instead."""
        append = Append(send.workspace, f"send/{send.id}", 0, (), tuple(changes))
        if await self.context.patiently(partial(self.context.journal.append, append)) is None:
            return after
        row = await self.page(SendId(send.id - 1), 1)
        return row[0] if row and row[0].id == send.id else None
