"""The rows, and a transaction that can take everything back.

Rule 1: rows are frozen; to change one is to put another in its place.
Rule 2: whatever is put or dropped goes through `Transaction`, or a conflict would leave a trace.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from attrs import define, field, frozen

from kaisa_relay.domain.channel_health import Health
from kaisa_relay.domain.contact import Person
from kaisa_relay.domain.conversation.events import Event
from kaisa_relay.domain.engagement.suppression import Address
from kaisa_relay.domain.ids import (
    ChannelId,
    ContactId,
    ConversationId,
    MessageId,
    SendId,
    WorkspaceId,
)
from kaisa_relay.domain.presence import Agent
from kaisa_relay.domain.routing import Pair
from kaisa_relay.domain.sending import Purpose, Rank
from kaisa_relay.ports import (
    BlockContact,
    FileRow,
    InboxItem,
    Item,
    ItemKind,
    Recorded,
    SaveAnswer,
    SaveConversation,
    SaveMetadata,
    SaveToken,
    Send,
    StoreContent,
)
from kaisa_relay.ports.suppressing import Suppress

K = TypeVar("K")
V = TypeVar("V")


class InboxState(StrEnum):
    """Where an inbox row stands."""

    NEW = "new"
    DONE = "done"
    PARKED = "parked"


@frozen
class InboxRow:
    """One webhook item or outcome; `body` and `item` go when it is done."""

    id: MessageId
    workspace: WorkspaceId | None
    channel: ChannelId | None
    kind: ItemKind
    dedup: str | None
    body: bytes | None = field(repr=False)
    item: Item | None = field(repr=False)
    received_at: datetime
    state: InboxState = InboxState.NEW
    stream: str | None = None
    reason: str | None = None


@frozen
class LegRow:
    """One way of a message to one person, and how far it has come."""

    send: SendId
    message: MessageId
    conversation: ConversationId | None
    channel: ChannelId
    contact: ContactId
    purpose: Purpose
    rank: Rank = Rank.READY
    wamid: str | None = field(repr=False, default=None)
    code: int | None = None


@frozen
class TokenRow:
    """A token as it was saved, and who used it first."""

    saved: SaveToken
    used_by: ContactId | None = None
    wrote_at: datetime | None = None
    accepted_at: datetime | None = None


Identity = tuple[WorkspaceId, str, str]
"""Workspace, what kind of identity (for a BSUID with its portfolio), value."""


@define(eq=False)
class Rows:
    """Everything that is durable."""

    heads: dict[WorkspaceId, int] = field(factory=dict)
    streams: dict[tuple[WorkspaceId, str], tuple[Recorded, ...]] = field(factory=dict)
    inbox: dict[MessageId, InboxRow] = field(factory=dict)
    dedups: dict[tuple[ChannelId, str], MessageId] = field(factory=dict)
    contents: dict[tuple[WorkspaceId, MessageId], StoreContent] = field(factory=dict)
    sends: dict[tuple[WorkspaceId, SendId], Send] = field(factory=dict)
    legs: dict[tuple[WorkspaceId, SendId], tuple[LegRow, ...]] = field(factory=dict)
    """Of each send, the leg of its last message first."""
    pairs: dict[tuple[WorkspaceId, ChannelId, ContactId], Pair] = field(factory=dict)
    blocks: dict[tuple[WorkspaceId, ContactId], BlockContact] = field(factory=dict)
    suppressions: dict[tuple[WorkspaceId, Address], Suppress] = field(factory=dict)
    conversations: dict[tuple[WorkspaceId, ConversationId], SaveConversation] = field(factory=dict)
    tokens: dict[tuple[WorkspaceId, str], TokenRow] = field(factory=dict)
    people: dict[tuple[WorkspaceId, ContactId], Person] = field(factory=dict)
    identities: dict[Identity, ContactId] = field(factory=dict)
    metadata: dict[tuple[WorkspaceId, ConversationId], SaveMetadata] = field(factory=dict)
    agents: dict[tuple[WorkspaceId, ContactId], Agent] = field(factory=dict)
    healths: dict[tuple[WorkspaceId, ChannelId], Health] = field(factory=dict)
    files: dict[tuple[WorkspaceId, MessageId], FileRow] = field(factory=dict)
    answers: dict[tuple[WorkspaceId, str], SaveAnswer] = field(factory=dict)

    def legs_of(self, workspace: WorkspaceId) -> list[LegRow]:
        """Return the legs of a workspace, in the order of their sends."""
        found = sorted((key, legs) for key, legs in self.legs.items() if key[0] == workspace)
        return [leg for _, legs in found for leg in legs]

    def version(self, workspace: WorkspaceId, stream: str) -> int:
        """Return the stream's last version; 0 before its first event."""
        recorded = self.streams.get((workspace, stream))
        return recorded[-1].version if recorded else 0


@define(eq=False)
class Transaction:
    """One commit in the making: what it changed, and how to take it back."""

    rows: Rows
    new_id: Callable[[], int]
    at: datetime
    recorded: list[Recorded] = field(factory=list)
    items: list[InboxItem] = field(factory=list)
    ended: list[Send] = field(factory=list)
    _undo: list[Callable[[], object]] = field(factory=list)

    def put(self, table: dict[K, V], key: K, row: V) -> None:
        """Write a row."""
        if key in table:
            before = table[key]
            self._undo.append(lambda: table.__setitem__(key, before))
        else:
            self._undo.append(lambda: table.pop(key))
        table[key] = row

    def drop(self, table: dict[K, V], key: K) -> None:
        """Delete a row that is there."""
        before = table.pop(key)
        self._undo.append(lambda: table.__setitem__(key, before))

    def record(self, workspace: WorkspaceId, stream: str, version: int, event: Event) -> None:
        """Append an event, with the workspace's next number."""
        seq = self.rows.heads.get(workspace, 0) + 1
        recorded = Recorded(workspace, seq, stream, version, event)
        earlier = self.rows.streams.get((workspace, stream), ())
        self.put(self.rows.heads, workspace, seq)
        self.put(self.rows.streams, (workspace, stream), (*earlier, recorded))
        self.recorded.append(recorded)

    def arrive(self, row: InboxRow) -> None:
        """Put a row into the inbox; it is handed on after the commit if somebody can act on it."""
        self.put(self.rows.inbox, row.id, row)
        handed = as_item(row)
        if handed is not None:
            self.items.append(handed)

    def roll_back(self) -> None:
        """Undo everything, the last step first."""
        while self._undo:
            self._undo.pop()()


def as_item(row: InboxRow) -> InboxItem | None:
    """Return a row as it is handed on; None when it is not new, or nobody's, or unreadable."""
    if row.state is not InboxState.NEW or row.item is None:
        return None
    if row.workspace is None or row.channel is None:
        return None
    return InboxItem(row.id, row.workspace, row.channel, row.item, row.received_at)
