"""Crashes on demand: the ports of a store, with a trap before or after what they do."""

from collections.abc import Awaitable, Callable, Sequence

from attrs import define, field

from kaisa_relay.domain.content import Content
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.ids import (
    ChannelId,
    ContactId,
    ConversationId,
    MessageId,
    SendId,
    WorkspaceId,
)
from kaisa_relay.domain.outgoing import Outgoing
from kaisa_relay.domain.routing import Pair
from kaisa_relay.journal.memory import MemoryStore
from kaisa_relay.journal.memory.directory import MemoryDirectory
from kaisa_relay.journal.memory.journal import MemoryJournal, MemorySends
from kaisa_relay.ports import Append, Conflict, Met, Send, Stored
from kaisa_relay.ports.directory import Writer


class Poison(Exception):
    """A bug that nobody foresaw."""


@define(eq=False)
class Trap:
    """Springs on calls that match, `skip` of them spared first, `times` times."""

    matches: Callable[[object], bool]
    after: bool = False
    skip: int = 0
    times: int = 1
    sprung: int = 0

    def step(self, call: object, *, after: bool) -> None:
        """Raise, if this is the call to spoil."""
        if self.after is not after or self.sprung >= self.times or not self.matches(call):
            return
        if self.skip:
            self.skip -= 1
            return
        self.sprung += 1
        raise Poison


@define(eq=False)
class Traps:
    """Every trap that is set; `pages` are old ones of the outbox, to be read next."""

    traps: list[Trap] = field(factory=list)
    pages: list[list[Send]] = field(factory=list)
    follow: Callable[[Append], Awaitable[None]] | None = None
    """What happens between a commit and the moment when its caller hears of it."""
    ahead: Callable[[ConversationId], Awaitable[None]] | None = None
    """What happens between the wish for a conversation's snapshot and its reading."""

    def set(
        self,
        matches: Callable[[object], bool],
        *,
        after: bool = False,
        skip: int = 0,
        times: int = 1,
    ) -> Trap:
        """Set a trap for calls that match (an `Append`, or what a read is asked for)."""
        trap = Trap(matches, after, skip, times)
        self.traps.append(trap)
        return trap

    def step(self, call: object, *, after: bool = False) -> None:
        """Walk over the traps."""
        for trap in self.traps:
            trap.step(call, after=after)


class TrappedJournal(MemoryJournal):
    """A journal whose appends may crash whoever calls them."""

    def __init__(self, store: MemoryStore, traps: Traps) -> None:
        super().__init__(store.commits)
        object.__setattr__(self, "traps", traps)

    traps: Traps

    async def append(self, append: Append) -> Conflict | None:
        """Commit, unless a trap springs before; it may spring after, too."""
        self.traps.step(append)
        conflict = await super().append(append)
        if conflict is None:
            self.traps.step(append, after=True)
            if self.traps.follow is not None:
                await self.traps.follow(append)
        return conflict

    async def snapshot(
        self, workspace: WorkspaceId, conversation: ConversationId
    ) -> tuple[State, int] | None:
        """Return a conversation's snapshot, perhaps of a moment later."""
        if self.traps.ahead is not None:
            await self.traps.ahead(conversation)
        return await super().snapshot(workspace, conversation)

    async def stored(self, workspace: WorkspaceId, conversation: ConversationId) -> Stored | None:
        """Return what a conversation comes back from; nothing happens ahead of that."""
        return await MemoryJournal(self.commits).stored(workspace, conversation)


class TrappedSends(MemorySends):
    """An outbox that may be read as it was a moment ago."""

    def __init__(self, store: MemoryStore, traps: Traps) -> None:
        super().__init__(store.commits)
        object.__setattr__(self, "traps", traps)

    traps: Traps

    async def unfinished(
        self, workspace: WorkspaceId, channel: ChannelId, after: SendId, limit: int
    ) -> list[Send]:
        """Return sends without an outcome, or an old page."""
        page = await super().unfinished(workspace, channel, after, limit)
        return self.traps.pages.pop() if self.traps.pages else page


class TrappedDirectory(MemoryDirectory):
    """A directory whose reads of pairs and contents may crash whoever asks."""

    def __init__(self, store: MemoryStore, traps: Traps) -> None:
        super().__init__(store.commits)
        object.__setattr__(self, "traps", traps)

    traps: Traps

    async def content(
        self, workspace: WorkspaceId, messages: Sequence[MessageId]
    ) -> dict[MessageId, Content | Outgoing]:
        """Return what these messages say."""
        self.traps.step(("content", tuple(messages)))
        return await super().content(workspace, messages)

    async def pairs(
        self,
        workspace: WorkspaceId,
        contacts: Sequence[ContactId],
        channel: ChannelId | None = None,
    ) -> list[Pair]:
        """Return the pairs of these contacts."""
        self.traps.step(("pairs", tuple(contacts), channel))
        return await super().pairs(workspace, contacts, channel)

    async def meet(self, writers: Sequence[Writer]) -> list[Met]:
        """Return who these writers are."""
        self.traps.step(("meet", len(writers)))
        return await super().meet(writers)

    async def metadata(self, workspace: WorkspaceId, conversation: ConversationId) -> bytes:
        """Return the conversation's metadata."""
        self.traps.step(("metadata", conversation))
        return await super().metadata(workspace, conversation)
