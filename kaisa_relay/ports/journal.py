"""The journal and the outbox: the truth, and what is on its way out."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from attrs import field, frozen

from kaisa_relay.domain.conversation.messages import Event
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.ids import ChannelId, ConversationId, MessageId, SendId, WorkspaceId
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.tracking import MessageStatus
from kaisa_relay.ports.changes import Change, Send


class StoreUnavailable(Exception):
    """The database cannot be reached or refuses to write; nothing was committed."""


class Fenced(Exception):
    """Another process owns this workspace now: its actors here must stop."""


@frozen
class Append:
    """All or nothing for one workspace: events on one stream, and the rows that change with them.

    The stream's last version must be `version`; the events get the numbers after it. Without
    events nothing is asked of the stream: the changes guard themselves.
    """

    workspace: WorkspaceId
    stream: str
    version: int
    events: tuple[Event, ...] = ()
    changes: tuple[Change, ...] = ()


@frozen
class Conflict:
    """The commit was refused and left no trace, because this change lost a race.

    `change` is None when the stream was at another version.
    """

    change: Change | None


@frozen
class Recorded:
    """An event as the journal keeps it: `seq` is gapless per workspace."""

    workspace: WorkspaceId
    seq: int
    stream: str
    version: int
    event: Event

    @property
    def conversation(self) -> ConversationId | None:
        """The conversation that it is of; None when it is of none."""
        topic, _, id = self.stream.partition("/")
        if topic == "conversation":
            return ConversationId(int(id))
        return self.event.conversation if isinstance(self.event, MessageStatus) else None


@frozen
class Leg:
    """One settled status of a send: it moved `send` of `message` to `rank`."""

    send: SendId
    rank: Rank
    at: datetime
    code: int | None = None
    wamid: str | None = field(repr=False, default=None)


@frozen
class Stored:
    """A conversation as it is stored: its row's state and version, and the events after that."""

    state: State = field(repr=False)
    version: int
    later: tuple[Recorded, ...] = field(repr=False)


class Journal(Protocol):
    """The truth: streams of events, and every row that changes in the same commit."""

    async def append(self, append: Append) -> Conflict | None:
        """Commit; returns None once it is durable. Raises `Fenced` or `StoreUnavailable`."""
        ...

    async def read(self, workspace: WorkspaceId, stream: str, after: int = 0) -> list[Recorded]:
        """Return the stream's events above version `after`, in order."""
        ...

    async def snapshot(
        self, workspace: WorkspaceId, conversation: ConversationId
    ) -> tuple[State, int] | None:
        """Return the state in the conversation's row and the version it was folded to."""
        ...

    async def stored(self, workspace: WorkspaceId, conversation: ConversationId) -> Stored | None:
        """Return the conversation's row and the events after it, in one read."""
        ...

    async def due(
        self, workspaces: Sequence[WorkspaceId], before: datetime, limit: int
    ) -> list[tuple[WorkspaceId, ConversationId]]:
        """Return conversations whose deadline falls before `before`, the earliest first."""
        ...

    def subscribe(self, take: Callable[[Sequence[Recorded]], None]) -> None:
        """Have `take` called, without waiting, with every event after its commit, in order."""
        ...


class Sends(Protocol):
    """The outbox as the channel actor sees it; its writes go through `Journal.append`."""

    async def unfinished(
        self, workspace: WorkspaceId, channel: ChannelId, after: SendId, limit: int
    ) -> list[Send]:
        """Return sends that have no outcome yet, by id, above `after`."""
        ...

    async def by_wamid(self, workspace: WorkspaceId, wamids: Sequence[str]) -> dict[str, SendId]:
        """Return which send each of these wamids belongs to, as far as known."""
        ...

    async def settle(
        self, workspace: WorkspaceId, legs: Sequence[Leg], items: Sequence[MessageId]
    ) -> list[tuple[Leg, Send | None]]:
        """Apply statuses in one commit, with their events, and delete the inbox rows `items`.

        Returns the legs that moved. An unfinished send whose leg moved has its outcome with
        that: its row is deleted in the same commit and returned beside the leg as it was, and
        its conversation is told by an `Outcome` row where its `Purpose` wants that (an offer:
        sent or failed; a relayed message: failed, or sent after it was `parked`). A relayed
        message that fails after it was `sent` is told too: a leg knows its conversation, contact
        and purpose. A leg without wamid learns it here.
        """
        ...

    def subscribe(self, take: Callable[[Sequence[Send]], None]) -> None:
        """Have `take` called, without waiting, with the sends that statuses ended, as they were.

        It hears of them after the commit, whether the statuses were stored first or not.
        """
        ...
