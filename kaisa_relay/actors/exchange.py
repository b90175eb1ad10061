"""Where actors find each other, and what all of them get from outside.

Rule 1: an address is a mailbox; what does not fit in it is found in the tables again.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from typing import TypeVar

import trio
from attrs import define, field, frozen

from kaisa_relay.actors.addresses import Addresses
from kaisa_relay.actors.bounds import Bounds
from kaisa_relay.actors.channel.file_queue import FileQueue
from kaisa_relay.actors.channel.shut_readers import ShutReaders
from kaisa_relay.actors.channel.traffic import Traffic
from kaisa_relay.actors.messages import (
    Ring,
    Statuses,
    ToChannel,
    ToConversation,
    ToPool,
)
from kaisa_relay.actors.outages import Outages
from kaisa_relay.actors.patience import at_once, patiently
from kaisa_relay.actors.recent import Recent, SenderKey
from kaisa_relay.actors.workspace.messages import (
    ToWorkspace,
)
from kaisa_relay.domain.courtesy import Courtesy
from kaisa_relay.domain.ids import (
    ChannelId,
    ContactId,
    ConversationId,
    MessageId,
    WorkspaceId,
)
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.sending import Accepted
from kaisa_relay.ports import (
    Accounts,
    BlockContact,
    Carrier,
    Change,
    ClaimPair,
    Directory,
    Files,
    Gateway,
    Inbox,
    Journal,
    ReleasePair,
    Send,
    Sends,
)
from kaisa_relay.ports.boards import Boards
from kaisa_relay.ports.meter import Meter, SilentMeter
from kaisa_relay.runtime.clock import WallClock
from kaisa_relay.runtime.mailbox import Mailbox

T = TypeVar("T")


@define(eq=False)
class ChannelPost:
    """A channel's mailbox, and whether it must look into the outbox for what it was not told."""

    mailbox: Mailbox[ToChannel]
    traffic: Traffic
    behind: bool = True
    files: FileQueue = field(factory=FileQueue)
    shut: ShutReaders = field(factory=ShutReaders)
    statuses: dict[MessageId, Statuses] = field(factory=dict)
    """Rows of statuses that were taken out of the mailbox and are not applied yet."""
    late: dict[MessageId, float] = field(factory=dict)
    """Those of them that have matched nothing so far, and since when (Trio's clock)."""
    take_spare: Callable[[], bool] = lambda: False
    """Whether the number has room for a call that is no message; it is counted with that."""

    def fall_behind(self) -> None:
        """Sends may have been committed that nobody rang for."""
        self.behind = True
        self.mailbox.tell(Ring(()))

    def give_back(self) -> None:
        """After a crash: what was taken out of the mailbox is found in the inbox again."""
        for row in self.statuses.values():
            row.done()
        self.statuses.clear()
        self.late.clear()

    def tell(self, message: ToChannel) -> bool:
        """Leave a message; what does not fit is found in the tables."""
        taken = self.mailbox.tell(message)
        self.behind = self.behind or not taken
        return taken


@define(eq=False)
class Exchange:
    """The addresses of all actors. `tell_conversation` starts one that is not running.

    `drained` is set once the inbox that a start found has been worked off. While `stopping` no
    channel begins another call; `calls` counts those that are under way.
    """

    drained: trio.Event = field(factory=trio.Event)
    stopping: bool = False
    calls: int = 0
    forget_pair: Callable[[ChannelId, ContactId], None] = field(
        default=lambda _channel, _contact: None
    )
    accepted: Callable[[Send, Accepted], None] = field(default=lambda _send, _answer: None)
    """Hears how WhatsApp calls the person to whom it took a send."""
    deadline_in: Callable[[timedelta], None] = field(default=lambda _time: None)
    """Hears in how long a new conversation, which is not in memory, is due."""
    addresses: Addresses = field(factory=Addresses)
    forget_people: Callable[[Iterable[Change]], None] = field(default=lambda _changes: None)
    channels: dict[ChannelId, ChannelPost] = field(factory=dict)
    pools: dict[WorkspaceId, Mailbox[ToPool]] = field(factory=dict)
    workspaces: dict[WorkspaceId, Mailbox[ToWorkspace]] = field(factory=dict)
    tell_conversation: Callable[[WorkspaceId, ConversationId, ToConversation], bool] = field(
        default=lambda _workspace, _conversation, _message: False
    )

    def forget_changed(self, changes: Iterable[Change]) -> None:
        """Have the router forget what it remembers of the people and pairs that these change."""
        changes = tuple(changes)
        self.forget_people(changes)
        self.addresses.saved(changes)
        for change in changes:
            if isinstance(change, ClaimPair | ReleasePair):
                self.forget_pair(change.channel, change.contact)
            if isinstance(change, BlockContact):
                for channel in self.channels:
                    self.forget_pair(channel, change.contact)

    @contextmanager
    def call(self) -> Iterator[None]:
        """Count a send from before its `sending` to after its outcome."""
        self.calls += 1
        try:
            yield
        finally:
            self.calls -= 1

    def ring(self, sends: tuple[Send, ...]) -> None:
        """Ring the doorbell of every channel that has something new in its outbox."""
        by_channel: dict[ChannelId, list[Send]] = {}
        for send in sends:
            by_channel.setdefault(send.channel, []).append(send)
        for channel, own in by_channel.items():
            if post := self.channels.get(channel):
                post.tell(Ring(tuple(own)))


@frozen
class Context:
    """Everything that actors get from outside, the same for all of them.

    `button_key` is the secret by which we know an offer's button again (`proof`). `courtesies`
    says who was answered of late; a restart forgets it, and somebody is answered once more.
    `refused_templates` says when (Trio's clock) an alert was given about a template last.
    """

    inbox: Inbox
    journal: Journal
    sends: Sends
    files: Files
    carrier: Carrier
    directory: Directory
    boards: Boards
    accounts: Accounts
    gateway: Gateway
    wall: WallClock
    new_id: Callable[[], int]
    rng: Random
    link: Callable[[Phone, str], str]
    outages: Outages
    button_key: bytes = field(repr=False, default=b"")
    exchange: Exchange = field(factory=Exchange)
    courtesies: Recent[SenderKey, Courtesy] = field(factory=Recent)
    refused_templates: Recent[tuple[ChannelId, str, str, int], float] = field(factory=Recent)
    bounds: Bounds = field(factory=Bounds)
    meter: Meter = field(factory=SilentMeter)

    def patiently(self, call: Callable[[], Awaitable[T]]) -> Awaitable[T]:
        """Await this for what `call` returns, waiting for a store that is away."""
        return patiently(call, self.outages)

    def at_once(self, call: Callable[[], Awaitable[T]]) -> Awaitable[T]:
        """Await this for what `call` returns; raises `StoreUnavailable`."""
        return at_once(call, self.outages)
