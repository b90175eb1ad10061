"""What is asked of a conversation from outside and needs facts read first.

Rule 1: a lost race is decided again with fresh facts, a few times; then whoever asked tries again.
"""

from collections.abc import Sequence
from typing import Final, Protocol

from kaisa_relay.actors.conversation.moving import Move, move_of
from kaisa_relay.actors.conversation.supervising import Ordered, ordered
from kaisa_relay.actors.conversation.windows import Windows
from kaisa_relay.actors.conversation.wording import Wording
from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.messages import MoveConversation, Supervise, Withdraw
from kaisa_relay.domain.conversation.messages import Command, Refusal
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.ids import ChannelId
from kaisa_relay.ports import Change
from kaisa_relay.ports.replacing import NotMoved

TRIES: Final = 3


class Decider(Protocol):
    """One run of a conversation; `raced` says that the last commit lost one for a pair."""

    context: Context
    state: State
    wording: Wording
    windows: Windows
    raced: bool

    async def apply(self, command: Command, changes: Sequence[Change] = ()) -> Refusal | None:
        """Decide, commit, and tell whom it concerns."""
        ...


async def supervise(task: Decider, asked: Supervise) -> None:
    """Do what a supervisor asks, or say why not."""
    if asked.reply.settled:
        return  # whoever asked has gone
    for _ in range(TRIES):
        task.raced = False
        found = await ordered(task.context, task.state, task.wording, asked.request)
        if not isinstance(found, Ordered):
            asked.reply.answer(found)
            return
        refusal = await task.apply(found.order, found.changes)
        if refusal is not None or not task.raced:
            asked.reply.answer(found.answer if refusal is None else refusal)
            return
    asked.reply.close()


async def move(task: Decider, asked: MoveConversation) -> None:
    """Go on over another channel, or say why not."""
    task.wording.moving_to = task.context.link(asked.to.phone, "")
    for _ in range(TRIES):
        task.raced, before = False, task.state.channel
        found = await move_of(task.context, task.state, asked.to, announced=asked.announced)
        if not isinstance(found, Move):
            asked.reply.answer(found)
            return
        await task.apply(found.command, found.changes)
        if not task.raced:
            task.windows = Windows()  # those of the other number are others
            _withdraw(task.context, before, found)
            asked.reply.answer(None)
            return
    asked.reply.answer(NotMoved.BUSY)


def _withdraw(context: Context, channel: ChannelId, moved: Move) -> None:
    """Have the old number's channel forget what will not go out there."""
    if post := context.exchange.channels.get(channel):
        for send in moved.dropped:
            post.tell(Withdraw(send.id))
