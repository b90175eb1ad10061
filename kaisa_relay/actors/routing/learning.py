"""What our own sends tell of people: who a number belongs to by now, and how WhatsApp writes it.

Rule 1: a status that shows nothing new costs one look-up in memory.
Rule 2: nothing here is the only chance: what gets lost is shown again by the next status or word.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final

from attrs import define, evolve, field, frozen

from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.recent import Recent
from kaisa_relay.actors.routing.foreknown import phones_of
from kaisa_relay.actors.routing.shifting import Shifting
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.contact import Person, Sender
from kaisa_relay.domain.identity import IdentityShift
from kaisa_relay.domain.ids import ChannelId, ContactId, WorkspaceId
from kaisa_relay.domain.inbound import StatusBatch
from kaisa_relay.domain.phone import from_wa_id
from kaisa_relay.domain.sending import Accepted
from kaisa_relay.ports import Met, NewItem, SaveContact, Send
from kaisa_relay.ports.directory import Writer

TOGETHER: Final = 128
"""People who are looked up in one read."""
MOST: Final = 10_000
"""People who wait at most to be looked up; of more, later statuses will tell."""

_Key = tuple[ChannelId, str, str]


@frozen
class _Seen:
    """Somebody whom a send reached; `contact` is to whom it went, where that is known."""

    workspace: WorkspaceId
    channel: ChannelId
    sender: Sender = field(repr=False)
    contact: ContactId | None = None


@define(eq=False)
class Learning:
    """Keeps what sends show of people; `ring` wakes the router, which does the work."""

    context: Context
    shifting: Shifting
    ring: Callable[[], None]
    _known: Recent[_Key, bool] = field(factory=Recent)
    _waiting: dict[_Key, _Seen] = field(factory=dict)

    @property
    def waiting(self) -> bool:
        """Say whether there is anything to do."""
        return bool(self._waiting)

    def overhear(self, rows: Iterable[NewItem]) -> None:
        """Note whom statuses show; both ids must be there for one to tell of the other."""
        for row in rows:
            if not isinstance(row.item, StatusBatch) or row.channel is None:
                continue
            for update in row.item.updates:
                wa_id, bsuid = update.recipient_wa_id, update.recipient_bsuid
                if wa_id is None or bsuid is None or row.workspace is None:
                    continue
                if self._known.get((row.channel, wa_id, bsuid)) is None:
                    self._note(_Seen(row.workspace, row.channel, Sender(wa_id, bsuid)))

    def accepted(self, send: Send, answer: Accepted) -> None:
        """Note how WhatsApp calls the person that we wrote to, where that is not what we wrote."""
        same = answer.wa_id is None or from_wa_id(answer.wa_id) == send.recipient.phone
        if send.recipient.phone is None or (same and answer.bsuid is None):
            return
        sender = Sender(answer.wa_id, answer.bsuid)
        if self._known.get(_key(send.channel, sender)) is None:
            self._note(_Seen(send.workspace, send.channel, sender, send.contact))

    def _note(self, seen: _Seen) -> None:
        if len(self._waiting) < MOST:
            self._waiting.setdefault(_key(seen.channel, seen.sender), seen)
            self.ring()

    async def work(self) -> None:
        """Look up whoever waits, and write down what is new of them."""
        while self._waiting:
            keys = list(self._waiting)[:TOGETHER]
            seen = [self._waiting[key] for key in keys]
            for key in keys:  # first: what crashes on it must not do so for ever
                del self._waiting[key]
                self._known.put(key, value=True)
            await self._learn(seen)

    async def _learn(self, seen: Sequence[_Seen]) -> None:
        placed = [(each, self._channel(each)) for each in seen]
        found = [(each, channel) for each, channel in placed if channel is not None]
        writers = [_writer(each, channel) for each, channel in found]
        if not writers:
            return
        met = await self.context.patiently(partial(self.context.directory.meet, writers))
        for (each, channel), known in zip(found, met, strict=True):
            await self._settle(each, channel, known)

    def _channel(self, seen: _Seen) -> Channel | None:
        return self.context.accounts.channel(seen.workspace, seen.channel)

    async def _settle(self, seen: _Seen, channel: Channel, met: Met) -> None:
        contacts, person = met.contacts, None
        if met.recognised.left or met.recognised.same:
            contacts = (await self.shifting.settled(channel, seen.sender)).contacts
            self._forget(seen.sender)
        if len(contacts) == 1:
            person = await self.shifting.lookups.person(channel, contacts[0])
        elif not contacts and seen.contact is not None:
            person = await self.shifting.lookups.person(channel, seen.contact)
        if person is None:
            return
        learnt, shift = _learnt(person, seen.sender)
        if shift is not None or seen.contact is not None:
            save = SaveContact(learnt, channel.portfolio, (), seen.sender.wa_id)
            await self.shifting.learn(channel, save, shift)

    def _forget(self, sender: Sender) -> None:
        """Somebody else has this number now: what was known of it may be news again."""
        self._known.drop_where(lambda key: key[1] == sender.wa_id)


def _key(channel: ChannelId, sender: Sender) -> _Key:
    return channel, sender.wa_id or "", sender.bsuid or ""


def _writer(seen: _Seen, channel: Channel) -> Writer:
    phones = phones_of(seen.sender)
    return Writer(channel.workspace, channel.portfolio, channel.id, seen.sender, phones)


def _learnt(person: Person, sender: Sender) -> tuple[Person, IdentityShift | None]:
    """Return the person with what they lacked, and what their conversations are told of it.

    A BSUID beside another one is of another portfolio: that is learnt when they write there.
    """
    phone = from_wa_id(sender.wa_id) if sender.wa_id else None
    known = evolve(person, bsuid=person.bsuid or sender.bsuid, phone=person.phone or phone)
    if known.bsuid != person.bsuid:
        return known, IdentityShift.USER_ID_LEARNT
    return known, IdentityShift.NUMBER_LEARNT if known.phone != person.phone else None
