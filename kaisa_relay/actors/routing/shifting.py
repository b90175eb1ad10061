"""Carries out what `domain.identity` says: people change number or BSUID, two turn out to be one.

Rule 1: in one commit, with a row for each conversation that must note it and reads them anew; what
a conversation is only told gets lost where its mailbox is full.
Rule 2: a number that somebody left is taken from them before anybody else is found by it.
"""

from collections.abc import Sequence
from functools import partial

from attrs import define, evolve

from kaisa_relay.actors.addresses import Left
from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.routing.lookups import Lookups
from kaisa_relay.actors.routing.setting_aside import set_aside
from kaisa_relay.actors.workspace.blocking import contact_stream, contact_version
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.contact import Person, Sender
from kaisa_relay.domain.contact_events import ContactMerged
from kaisa_relay.domain.identity import IdentityShift, Recognised, Standing, merger
from kaisa_relay.domain.ids import ContactId
from kaisa_relay.domain.inbound import IdentityChange
from kaisa_relay.domain.phone import Phone, candidates, from_wa_id
from kaisa_relay.ports import (
    Append,
    Change,
    Done,
    ForgetNumbers,
    InboxItem,
    MergeContacts,
    SaveContact,
    Shifted,
    Tell,
)


@define(eq=False)
class Shifting:
    """The router's hand in matters of identity."""

    context: Context
    lookups: Lookups

    async def settled(self, channel: Channel, sender: Sender) -> Recognised:
        """Return who this sender is, once what their identities say of others is written down."""
        found = await self.lookups.recognised(channel, sender)
        if not found.left and not found.same:
            return found
        for contact in found.left:
            await self._take_number(channel, sender, contact)
        if found.same and not await self._unite(channel, found.contacts[0], found.contacts[1]):
            return evolve(found, left=())
        self.lookups.forget_sender(sender)
        return await self.lookups.recognised(channel, sender)

    async def note(self, item: InboxItem, change: IdentityChange) -> None:
        """Let the person be found by their new number or BSUID, and by the old number no more."""
        channel = self.context.accounts.channel(item.workspace, item.channel)
        found = (await self.settled(channel, change.before)).contacts if channel else ()
        person = await self.lookups.person(channel, found[0]) if channel and found else None
        if channel is None or person is None or len(found) > 1:
            await set_aside(self.context, item)
            return
        after = change.after
        phone = (from_wa_id(after.wa_id) if after.wa_id else None) or person.phone
        moved = evolve(person, phone=phone, bsuid=after.bsuid or person.bsuid)
        phones = candidates(phone) if phone else ()
        save = SaveContact(moved, channel.portfolio, phones, after.wa_id)
        shift = IdentityShift.NUMBER_CHANGED if after.wa_id else IdentityShift.USER_ID_CHANGED
        told = await self._told(channel, person.contact, shift)
        rows = (Done((item.id,)), *_left_behind(person, change, phones), save, *told)
        append = Append(item.workspace, f"message/{item.id}", 0, (), rows)
        gone = [phone for row in rows if isinstance(row, ForgetNumbers) for phone in row.phones]
        self._left(moved, gone, person.bsuid)
        committed = await self._commit(append)
        self.context.exchange.addresses.gone(person.contact, self.context.new_id())
        if not committed:
            return  # decided before
        self.lookups.forget_sender(change.before)
        # Who wrote from the new number before this notice came is the same person.
        for other in (await self.lookups.recognised(channel, after)).contacts:
            if other != person.contact and await self._unite(channel, person.contact, other):
                self.lookups.forget_sender(after)

    async def learn(self, channel: Channel, save: SaveContact, shift: IdentityShift | None) -> None:
        """Keep what was learnt of somebody, and tell the conversations that they are in."""
        stream = contact_stream(save.person.contact)
        told = await self._told(channel, save.person.contact, shift) if shift is not None else ()
        await self._commit(Append(channel.workspace, stream, 0, (), (save, *told)))

    async def _take_number(self, channel: Channel, sender: Sender, contact: ContactId) -> None:
        """Somebody else has this number now: nothing more goes there for who had it."""
        phone = from_wa_id(sender.wa_id) if sender.wa_id else None
        if phone is None:
            return
        phones = candidates(phone)  # however the form wrote it
        told = await self._told(channel, contact, IdentityShift.NUMBER_LOST)
        rows: tuple[Change, ...] = (ForgetNumbers(contact, phones, sender.wa_id), *told)
        person = await self.lookups.person(channel, contact)
        if person is not None:
            person = evolve(person, phone=None if person.phone in phones else person.phone)
            self._left(person, phones)
        await self._commit(Append(channel.workspace, f"contact/{contact}", 0, (), rows))
        self.context.exchange.addresses.gone(contact, self.context.new_id())

    def _left(self, now: Person, phones: Sequence[Phone], bsuid: str | None = None) -> None:
        """Note what leads to this person, as they are by now, no more."""
        self.context.exchange.addresses.leaving(Left(frozenset(phones), bsuid), now)

    async def _unite(self, channel: Channel, one: ContactId, other: ContactId) -> bool:
        """Make one contact of two, unless both are needed; say whether it is done."""
        first, second = await self._standings(channel, (one, other))
        chosen = merger(first, second)
        if chosen is None:
            return False
        event = ContactMerged(chosen.heir, chosen.absorbed, self.context.wall())
        told = await self._told(channel, chosen.heir, IdentityShift.MERGED)
        rows: tuple[Change, ...] = (MergeContacts(chosen.absorbed, chosen.heir), *told)
        version = await contact_version(self.context, channel.workspace, chosen.absorbed)
        stream = contact_stream(chosen.absorbed)
        append = Append(channel.workspace, stream, version, (event,), rows)
        if not await self._commit(append):
            return False
        for each in self.context.accounts.channels(channel.workspace):
            self.lookups.forget_pair(each.id, chosen.absorbed)
            self.lookups.forget_pair(each.id, chosen.heir)
        return True

    async def _standings(
        self, channel: Channel, contacts: Sequence[ContactId]
    ) -> tuple[Standing, ...]:
        directory, workspace = self.context.directory, channel.workspace
        pairs = await self.context.patiently(partial(directory.pairs, workspace, contacts))
        agents = await self.context.patiently(partial(directory.agents, workspace, contacts))
        live = {pair.contact for pair in pairs if pair.conversation is not None}
        known = {pair.contact for pair in pairs if pair.last_conversation is not None}
        return tuple(
            Standing(each, each in live, each in agents, each in known) for each in contacts
        )

    async def _commit(self, append: Append) -> bool:
        try:
            conflict = await self.context.patiently(partial(self.context.journal.append, append))
        finally:
            self.context.exchange.forget_changed(append.changes)
        return conflict is None

    async def _told(
        self, channel: Channel, contact: ContactId, shift: IdentityShift
    ) -> tuple[Tell, ...]:
        """Return the rows by which the conversations that they are in hear of it."""
        read = partial(self.context.directory.pairs, channel.workspace, [contact])
        return tuple(
            Tell(pair.channel, Shifted(pair.conversation, contact, shift))
            for pair in await self.context.patiently(read)
            if pair.conversation is not None
        )


def _left_behind(
    person: Person, change: IdentityChange, kept: Sequence[Phone]
) -> tuple[Change, ...]:
    """Return the old number, which the company may give to somebody else tomorrow."""
    old, new = change.before.wa_id, change.after.wa_id
    phone = from_wa_id(old) if old else None
    if phone is None or new is None or phone in kept:
        return ()
    phones = tuple(each for each in candidates(phone) if each not in kept)
    return (ForgetNumbers(person.contact, phones, old),)
