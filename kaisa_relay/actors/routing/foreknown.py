"""What the directory says of the next arrivals' writers, read for all of them at once.

Rule 1: an answer is forgotten as soon as a commit here may have made it wrong; then it is read
again, alone.
Rule 2: a read that crashes is not repeated for several: the item that is to blame must be alone.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final

from attrs import define, field

from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.recent import SenderKey, sender_key
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.ids import ChannelId, MessageId
from kaisa_relay.domain.inbound import Inbound
from kaisa_relay.domain.phone import Phone, candidates, from_wa_id
from kaisa_relay.ports import (
    BlockContact,
    Change,
    ClaimPair,
    ForgetNumbers,
    InboxItem,
    MergeContacts,
    Met,
    ReleasePair,
    SaveContact,
    UnblockContact,
    Writer,
)

AHEAD: Final = 128
"""Arrivals whose writers are looked up together."""

Key = tuple[ChannelId, SenderKey]
_CONCERNING: Final = (
    ClaimPair,
    ReleasePair,
    SaveContact,
    ForgetNumbers,
    MergeContacts,
    BlockContact,
    UnblockContact,
)


@define(eq=False)
class Foreknown:
    """The answers for those arrivals that are next; empty when all of them are routed."""

    context: Context
    _met: dict[Key, tuple[Writer, Met]] = field(factory=dict)
    _next: set[MessageId] = field(factory=set)
    _suspect: set[MessageId] = field(factory=set)
    _meanwhile: list[Change] = field(factory=list)
    """What was changed during a read, which may have missed it."""
    _reading: bool = False

    def __len__(self) -> int:
        """How many answers, and changes that may concern them, are kept."""
        return len(self._met) + len(self._meanwhile)

    def met(self, channel: Channel, sender: Sender) -> Met | None:
        """Return what was read of this sender on this channel, if it still holds."""
        known = self._met.get((channel.id, sender_key(channel, sender)))
        return None if known is None else known[1]

    def changed(self, changes: Iterable[Change]) -> None:
        """Forget what these rows, committed or perhaps so, may have made wrong."""
        for change in changes:
            if isinstance(change, _CONCERNING):
                if self._reading:
                    self._meanwhile.append(change)
                self._drop(change)

    def routed(self, item: MessageId) -> None:
        """This arrival has gone its way; nothing outlives the last of those read for together."""
        self._next.discard(item)
        if not self._next:
            self.forget()

    def forget(self) -> None:
        """What was read belongs to arrivals that are not routed after all."""
        self._next.clear()
        self._met.clear()
        self._meanwhile.clear()

    async def look_ahead(
        self,
        item: InboxItem,
        coming: Iterable[InboxItem],
        known: Callable[[Channel, Sender], bool],
    ) -> None:
        """Read together who wrote this item and those that come after it, unless `known`."""
        if item.id in self._next:
            return
        self.forget()
        if item.id in self._suspect:
            self._suspect.discard(item.id)
            return
        together = [item, *coming]
        self._next = {each.id for each in together}
        writers = {key: writer for each in together for key, writer in self._writer(each, known)}
        if writers:
            self._suspect |= self._next
            read = partial(self.context.directory.meet, list(writers.values()))
            self._reading = True
            try:
                found = await self.context.patiently(read)
            finally:
                self._reading = False
            self._suspect -= self._next
            both = zip(writers.values(), found, strict=True)
            self._met = dict(zip(writers, both, strict=True))
        for change in self._meanwhile:
            self._drop(change)
        self._meanwhile.clear()

    def _writer(
        self, item: InboxItem, known: Callable[[Channel, Sender], bool]
    ) -> Iterator[tuple[Key, Writer]]:
        channel = self.context.accounts.channel(item.workspace, item.channel)
        if channel is None or not isinstance(item.item, Inbound):
            return
        sender = item.item.sender
        if not known(channel, sender):
            phones = phones_of(sender)
            writer = Writer(channel.workspace, channel.portfolio, channel.id, sender, phones)
            yield (channel.id, sender_key(channel, sender)), writer

    def _drop(self, change: Change) -> None:
        for key in [key for key, each in self._met.items() if _concerns(change, *each)]:
            del self._met[key]


def phones_of(sender: Sender) -> tuple[Phone, ...]:
    """Return the numbers under which this sender may be known."""
    phone = from_wa_id(sender.wa_id) if sender.wa_id else None
    return candidates(phone) if phone else ()


def _concerns(change: Change, writer: Writer, met: Met) -> bool:
    match change:
        case ClaimPair(channel=channel, contact=contact):
            return channel == writer.channel and contact in met.contacts
        case ReleasePair(channel=channel, contact=contact):
            return channel == writer.channel and contact in met.contacts
        case ForgetNumbers(contact=contact):
            return contact in (*met.contacts, *met.recognised.left)
        case BlockContact(contact=contact) | UnblockContact(contact=contact):
            return contact in met.contacts
        case MergeContacts(absorbed=absorbed, heir=heir):
            return absorbed in met.contacts or heir in met.contacts
        case SaveContact(person=person, phones=phones, wa_id=wa_id):
            keys = {person.phone, person.bsuid, wa_id, *phones} - {None}
            own = {writer.sender.bsuid, writer.sender.wa_id, *writer.phones}
            return person.contact in met.contacts or not keys.isdisjoint(own)
        case _:
            return False
