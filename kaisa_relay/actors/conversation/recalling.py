"""What was said, read back where an event speaks of it.

Rule 1: a deadline does not wait for a store that is away: it comes again; a message has to.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Protocol, TypeVar

from attrs import frozen

from kaisa_relay.actors.conversation.changes import needed
from kaisa_relay.actors.conversation.past import past_of, shows_past
from kaisa_relay.actors.conversation.wording import Wording
from kaisa_relay.actors.exchange import Context
from kaisa_relay.domain.content import Content, Text
from kaisa_relay.domain.conversation.messages import Command, Event, Receive, Tick
from kaisa_relay.domain.conversation.orders import HandOver, WriteTo
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.ids import MessageId
from kaisa_relay.domain.outgoing import Outgoing

T = TypeVar("T")


class Waiting(Protocol):
    """Awaits a call to the store, for as long as it takes or not at all."""

    def __call__(self, call: Callable[[], Awaitable[T]]) -> Awaitable[T]:
        """Return what `call` returns."""
        ...


def waiting_for(context: Context, command: Command | None) -> Waiting:
    """Return how long the store is waited for: a message has nowhere to go back."""
    return context.at_once if isinstance(command, Tick) else context.patiently


@frozen
class Recall:
    """Reads for one decision."""

    context: Context
    state: State
    wording: Wording
    command: Command

    async def said(self, events: Sequence[Event]) -> dict[MessageId, Content | Outgoing]:
        """Return the contents that these events speak of; the one in hand is not read.

        Where an event shows what was said of late, the wording gets it.
        """
        said: dict[MessageId, Content | Outgoing] = {}
        match self.command:
            case (
                Receive(message=message, content=content)
                | WriteTo(message=message, content=content)
                | HandOver(message=message, content=Text() as content)
            ):
                said[message] = content
            case _:
                pass
        directory, wait = self.context.directory, waiting_for(self.context, self.command)
        missing = sorted(needed(events) - said.keys())
        if missing:
            said |= await wait(partial(directory.content, self.state.workspace, missing))
        if shows_past(events):
            self.wording.past = await wait(partial(directory.said, *past_of(self.state)))
        return said
