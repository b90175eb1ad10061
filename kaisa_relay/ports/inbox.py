"""The inbox: where every webhook item is durable before Meta gets its 200."""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from attrs import field, frozen

from kaisa_relay.domain.identity import IdentityShift
from kaisa_relay.domain.ids import (
    ChannelId,
    ContactId,
    ConversationId,
    MessageId,
    SendId,
    WorkspaceId,
)
from kaisa_relay.domain.inbound import (
    AccountReport,
    ChannelNotice,
    IdentityChange,
    Inbound,
    MarketingChoice,
    StatusBatch,
)
from kaisa_relay.domain.sending import Rank


class ItemKind(StrEnum):
    """What an inbox row holds."""

    MESSAGE = "message"
    STATUSES = "statuses"
    NOTICE = "notice"
    ACCOUNT = "account"
    OUTCOME = "outcome"
    UNROUTED = "unrouted"


@frozen
class Outcome:
    """What a conversation must hear of one of its sends; written in the commit that knows it.

    `rank` is `SENT` for an offer that went out or a relayed message that settled late, `PARKED`,
    or `FAILED` (with Meta's `code` where there is one); `domain.sending.Purpose` says which.
    `also` are the other messages that were joined in the send.
    """

    send: SendId
    message: MessageId
    conversation: ConversationId
    contact: ContactId
    rank: Rank
    code: int | None = None
    also: tuple[MessageId, ...] = ()


@frozen
class Shifted:
    """A conversation must note this of somebody in it; written in the commit that made it so."""

    conversation: ConversationId
    contact: ContactId
    shift: IdentityShift


@frozen
class PresenceTold:
    """An agent in a conversation takes offers from now on, or none; written like `Shifted`."""

    conversation: ConversationId
    contact: ContactId
    available: bool


Told = Outcome | Shifted | PresenceTold
"""What we tell a conversation by a row of the inbox."""
Item = (
    Told | Inbound | IdentityChange | StatusBatch | ChannelNotice | AccountReport | MarketingChoice
)


@frozen
class NewItem:
    """One row for the inbox: the raw slice that is kept, and what it was read as.

    `dedup` is None where a repeat is harmless. A row without workspace belongs to nobody and
    says why in `reason`; it is stored `parked`, is never handed on, and has no `item`.
    """

    workspace: WorkspaceId | None
    channel: ChannelId | None
    kind: ItemKind
    dedup: str | None
    body: bytes = field(repr=False)
    item: Item | None = field(repr=False, default=None)
    reason: str | None = None


@frozen
class InboxItem:
    """One stored row on its way to whom it concerns; "arrived" means its id."""

    id: MessageId
    workspace: WorkspaceId
    channel: ChannelId
    item: Item = field(repr=False)
    received_at: datetime


class UnreadableItem(Exception):
    """A stored row that this version of the program cannot read: newer than it, or damaged."""


UNREADABLE: Final = "unreadable"
"""Why such a row is parked."""


class Inbox(Protocol):
    """Where every webhook item is durable before Meta gets its 200."""

    async def store(self, rows: Sequence[NewItem]) -> int:
        """Commit the rows and return how many were new; repeats are dropped by their `dedup`.

        What was new and has an `item` is handed to the subscriber in commit order before this
        returns. Statuses of a workspace that is ours, all of which name sends that exist, need no
        row: they are applied in the commit itself, as `Sends.settle` does, and count as new.
        Raises `StoreUnavailable`.
        """
        ...

    def subscribe(self, take: Callable[[Sequence[InboxItem]], None]) -> None:
        """Have `take` called, without waiting, with every item committed from now on."""
        ...

    def on_doubt(self, look: Callable[[], None]) -> None:
        """Have `look` called, without waiting, whenever `store` fails for want of the store.

        Its rows may be durable all the same, and are then handed to nobody.
        """
        ...

    def overhear(self, take: Callable[[Sequence[NewItem]], None]) -> None:
        """Have `take` called, without waiting, with whatever `store` is given, before it commits.

        For what may get lost: repeats come too, and nothing is durable yet.
        """
        ...

    async def new_rows(
        self, workspaces: Sequence[WorkspaceId], after: MessageId, limit: int
    ) -> list[InboxItem]:
        """Return rows that are still `new`, by id, above `after`; none only if there are none.

        A row that cannot be read is parked instead, on a stream of its own (`message/<id>`), and
        withholds no other. Raises `Fenced` or `StoreUnavailable`.
        """
        ...

    async def still_new(self, ids: Sequence[MessageId]) -> list[InboxItem]:
        """Return those of the named rows that are still `new`, by id; parks as `new_rows` does."""
        ...

    async def parked_streams(self, workspaces: Sequence[WorkspaceId]) -> set[str]:
        """Return the streams that have parked rows: these conversations are quarantined."""
        ...
