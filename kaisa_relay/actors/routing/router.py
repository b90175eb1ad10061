"""The router: takes what the inbox committed, and hands each item to whom it concerns.

Rule 1: items are routed one after the other in the order of their ids; that order is the guarantee.
Rule 2: memory is a short cut; whatever does not fit in it is found in the inbox again.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import islice
from typing import Final

import structlog
import trio
from attrs import define, field

from kaisa_relay.actors.channel.health import HealthDesk
from kaisa_relay.actors.conversation.slot import Slot, conversation_of, conversations_of, stream_of
from kaisa_relay.actors.conversation.slots import QUARANTINED, Slots, park
from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.fencing import fenced_alone
from kaisa_relay.actors.messages import Deliver, Statuses, heard
from kaisa_relay.actors.routing.addressing import Addressing, addressing
from kaisa_relay.actors.routing.destinations import Addressed, Letter
from kaisa_relay.actors.routing.foreknown import AHEAD
from kaisa_relay.actors.routing.opting import obey_opting
from kaisa_relay.actors.routing.reporting import note_failure, note_report
from kaisa_relay.actors.routing.settling import settle
from kaisa_relay.domain.conversation.messages import Receive
from kaisa_relay.domain.ids import CHANNEL, ConversationId, MessageId, to_text
from kaisa_relay.domain.inbound import (
    AccountReport,
    ChannelNotice,
    IdentityChange,
    Inbound,
    MarketingChoice,
    StatusBatch,
)
from kaisa_relay.ports import InboxItem, Outcome, PresenceTold, Shifted

logger = structlog.get_logger()

PAGE: Final = 500
BREATH: Final = 0.02
"""Seconds between two readings of the table while somebody's mailbox is full."""
LOOK_AGAIN: Final = 15.0
"""Seconds between looks into the inbox for rows that nobody told us of."""
TRIES: Final = 2
"""How often one item may crash the router before it is parked: it must not end the service."""


@define(eq=False)
class Router:
    """Owns the conversations' slots and the nursery in which they run."""

    context: Context
    health: HealthDesk
    slots: Slots = field(init=False)
    _addressing: Addressing = field(init=False)
    _in_flight: set[MessageId] = field(factory=set)
    _with_channels: set[MessageId] = field(factory=set)
    """Rows of statuses: a channel keeps some for minutes, within bounds of its own."""
    _arrivals: deque[InboxItem] = field(factory=deque)
    _bell: trio.Event = field(factory=trio.Event)
    _behind: bool = True
    _look_at: float = 0.0
    _released: set[ConversationId] = field(factory=set)
    _tries: dict[MessageId, int] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self._addressing = addressing(self.context, lambda: self._bell.set())
        leave = self._addressing.lookups.leave
        self.slots = Slots(self.context, self.done, self._readdress, leave)
        self.context.inbox.subscribe(self.take)
        self.context.inbox.on_doubt(self.look_again)  # older than whatever comes after it
        self.context.exchange.tell_conversation = self.slots.tell

    async def run(self, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Route until cancelled; the conversations run inside."""
        self._in_flight.clear()
        self._with_channels.clear()
        self._addressing.binding.clear()
        self._addressing.lookups.foreknown.forget()
        self.look_again()
        # What the last run did not get to may be older than a deadline, or not rung for.
        if self.context.exchange.drained.is_set():
            self.context.exchange.drained = trio.Event()
        for post in self.context.exchange.channels.values():
            post.fall_behind()
        workspaces = self.context.accounts.workspaces()
        parked = partial(self.context.inbox.parked_streams, workspaces)
        self.slots.quarantined |= conversations_of(await self.context.patiently(parked))
        try:
            with fenced_alone():
                async with trio.open_nursery() as nursery:
                    self.slots.nursery = nursery
                    task_status.started()
                    await self._route_for_ever()
        finally:
            self.slots.nursery = None

    async def _route_for_ever(self) -> None:
        while True:
            self._let_go()
            await self._route_arrivals()
            await self._addressing.learning.work()
            if self._behind or trio.current_time() >= self._look_at:
                await self._read_behind()
                await trio.sleep(BREATH if self._behind else 0)
            else:
                await self._wait()

    def statistics(self) -> dict[str, int]:
        """Items in flight and answers remembered, beside what `Slots.statistics` counts."""
        in_flight = len(self._in_flight) + len(self._arrivals)
        remembered = self._addressing.lookups.remembered
        return {"in_flight": in_flight, "remembered": remembered, **self.slots.statistics()}

    def release(self, conversation: ConversationId) -> None:
        """An operator made a quarantined conversation's rows `new` again.

        It is let go before the next item is routed, and then fed from the table, oldest first.
        """
        self._released.add(conversation)
        self.look_again()

    def _let_go(self) -> None:
        for conversation in self._released:
            self.slots.quarantined.discard(stream_of(conversation))
        self._released.clear()

    async def reread_quarantine(self) -> None:
        """Operators may have released conversations: the parked rows say who is still out."""
        workspaces, out = self.context.accounts.workspaces(), self.slots.set_aside()
        parked = await self.context.patiently(
            partial(self.context.inbox.parked_streams, workspaces)
        )
        for stream in out - parked:
            self.release(conversation_of(stream))

    # --- what comes in

    def take(self, items: Sequence[InboxItem]) -> None:
        """Take what was just committed, or leave it in the table when there is too much."""
        if self._behind or self._full(len(items)):
            self._behind = True
        else:
            self._arrivals.extend(items)
        self._bell.set()

    def look_again(self) -> None:
        """There may be rows that were not handed over (released from quarantine, for one)."""
        self._behind = True
        self._arrivals.clear()  # they are in the table, and others there may be older
        self._bell.set()

    def _full(self, more: int = 0) -> bool:
        return len(self._in_flight) + len(self._arrivals) + more > self.context.bounds.in_flight

    async def _wait(self) -> None:
        with trio.move_on_at(self._look_at):
            await self._bell.wait()
        self._bell = trio.Event()

    async def _route_arrivals(self) -> None:
        while self._arrivals:
            item = self._arrivals.popleft()
            if not self._known(item):
                self._in_flight.add(item.id)
                await self._route(item, islice(self._arrivals, AHEAD))

    def _known(self, item: InboxItem) -> bool:
        return item.id in self._in_flight or item.id in self._with_channels

    async def _read_behind(self) -> None:
        """Route what is `new` in the table and not in flight, from the oldest on.

        What is committed meanwhile is handed over as usual, so one reading is enough, unless there
        was too much of it.
        """
        self._behind = False
        self._look_at = trio.current_time() + LOOK_AGAIN
        after = MessageId(0)
        workspaces = self.context.accounts.workspaces()
        while page := await self.context.patiently(
            partial(self.context.inbox.new_rows, workspaces, after, PAGE)
        ):
            after = page[-1].id
            for at, item in enumerate(page, 1):
                if not self._known(item) and self._has_home(item):
                    self._in_flight.add(item.id)
                    await self._route(item, page[at : at + AHEAD])
                await self._make_room()
        if not self._behind:
            self.context.exchange.drained.set()

    def _has_home(self, item: InboxItem) -> bool:
        """Say no to what came for a channel that was removed: it stays `new`, `doctor` shows it."""
        return self.context.accounts.channel(item.workspace, item.channel) is not None

    async def _make_room(self) -> None:
        while self._full():  # noqa: ASYNC110 - decided rows make room
            await trio.sleep(0.05)

    # --- where it goes

    async def _route(self, item: InboxItem, coming: Iterable[InboxItem]) -> None:
        """Route one item, unless it is what the router crashed on before; others are `coming`."""
        tries = self._tries.pop(item.id, 0)
        if tries >= TRIES:
            logger.error("item parked", channel=to_text(CHANNEL, item.channel), item=item.id)
            await park(self.context, item.workspace, f"message/{item.id}", [item.id], "unroutable")
            self.done(item.id)
            return
        self._tries[item.id] = tries + 1
        await self._addressing.lookups.look_ahead(item, coming)
        await self._route_item(item)
        self._addressing.lookups.foreknown.routed(item.id)
        del self._tries[item.id]

    async def _route_item(self, item: InboxItem) -> None:
        match item.item:
            case Inbound() as inbound:
                await self._route_message(item, inbound)
            case StatusBatch():
                self._route_statuses(item)
            case Outcome() | Shifted() | PresenceTold() as outcome:
                if isinstance(outcome, Outcome):
                    await note_failure(self.health, item, outcome)
                deliver = heard(outcome, item.id, self.context.wall())
                await self._hand_over(item, outcome.conversation, deliver)
            case IdentityChange() as change:
                await self._addressing.shifting.note(item, change)
                self.done(item.id)
            case ChannelNotice() | AccountReport() | MarketingChoice() as told:
                await note_report(self.health, item, told)
                self.done(item.id)

    async def _route_message(self, item: InboxItem, inbound: Inbound) -> None:
        channel = self.context.accounts.channel(item.workspace, item.channel)
        if channel is None:
            self.done(item.id)
            return
        if post := self.context.exchange.channels.get(channel.id):
            post.traffic.received(trio.current_time())
        letter = Letter(item, inbound, channel)
        where = await obey_opting(self.context, letter, await self._addressing.address(letter))
        match where:
            case Addressed(conversation=conversation, deliver=deliver):
                self.slots.tell_duplicate(item.workspace, conversation, deliver)
                await self._hand_over(item, conversation, deliver)
            case _:
                await settle(self.context, item, inbound, where)
                self.done(item.id)

    def _route_statuses(self, item: InboxItem) -> None:
        post = self.context.exchange.channels.get(item.channel)
        if post is None or not post.mailbox.tell(Statuses(item, partial(self.done, item.id))):
            self.done(item.id)
            self._behind = self._behind or post is not None
            return
        self._in_flight.discard(item.id)
        self._with_channels.add(item.id)

    async def _hand_over(
        self, item: InboxItem, conversation: ConversationId, deliver: Deliver
    ) -> None:
        slot = self.slots.open(item.workspace, conversation)
        if slot is not None:
            if isinstance(deliver.command, Receive):
                slot.heard_from(item.channel, deliver.command.contact)
            slot.hand_over(deliver)
            return
        if conversation not in self._released:  # otherwise it is read again in a moment
            stream = stream_of(conversation)
            await park(self.context, item.workspace, stream, [item.id], QUARANTINED)
        self.done(item.id)

    async def _readdress(self, slot: Slot, item: InboxItem) -> Deliver | None:
        """Say what an item read back means to its conversation; other people's go back in line."""
        match item.item:
            case Outcome() | Shifted() | PresenceTold() as outcome:
                return heard(outcome, item.id, self.context.wall())
            case Inbound() as inbound:
                channel = self.context.accounts.channel(item.workspace, item.channel)
                if channel is not None:
                    where = await self._addressing.address(Letter(item, inbound, channel))
                    if isinstance(where, Addressed) and where.conversation == slot.conversation:
                        return where.deliver
        slot.done(item.id)
        self.look_again()
        return None

    def done(self, item: MessageId) -> None:
        """This row needs no more attention of memory."""
        self._in_flight.discard(item)
        self._with_channels.discard(item)
        self._addressing.decided(item)
