"""What the router asks the directory, with a bounded memory of the answers.

Rule 1: only certain answers are remembered: who a sender is, and the live pair they are in.
Rule 2: a pair that changes while it is being read is not remembered.
"""

import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from attrs import define, field, frozen

from kaisa_relay.actors.conversation.proof import offer_proof
from kaisa_relay.actors.conversation.slot import Slot
from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.recent import IN_CONVERSATION, Recent, SenderKey, sender_key
from kaisa_relay.actors.routing.foreknown import Foreknown, phones_of
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.contact import Person, Sender, Side
from kaisa_relay.domain.content import Content, Text
from kaisa_relay.domain.conversation.ending import may_name
from kaisa_relay.domain.conversation.resuming import may_resume
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.identity import Recognised
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId
from kaisa_relay.domain.payloads import NameOutcome, OfferAnswer, of_content
from kaisa_relay.domain.routing import Pair, ToConversation, Token
from kaisa_relay.domain.tokens import find_tokens
from kaisa_relay.ports import InboxItem

PairKey = tuple[ChannelId, ContactId]


@frozen
class Moved:
    """A conversation that went over to another number, and the link to that."""

    conversation: ConversationId
    url: str = field(repr=False)


@define(eq=False)
class Lookups:
    """Reads for the identity ladder."""

    context: Context
    _senders: Recent[SenderKey, ContactId] = field(factory=partial(Recent, IN_CONVERSATION))
    _pairs: Recent[PairKey, tuple[Pair, SenderKey]] = field(
        factory=partial(Recent, IN_CONVERSATION)
    )
    """The pair, and as whom its contact wrote: with the one the other is forgotten."""
    _changes: int = 0
    foreknown: Foreknown = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.foreknown = Foreknown(self.context)

    async def look_ahead(self, item: InboxItem, coming: Iterable[InboxItem]) -> None:
        """Read together what addressing this arrival and those after it will ask for."""
        await self.foreknown.look_ahead(item, coming, self._knows)

    def _knows(self, channel: Channel, sender: Sender) -> bool:
        contact = self.known_as(channel, sender)
        return contact is not None and self._pairs.get((channel.id, contact)) is not None

    def forget_pair(self, channel: ChannelId, contact: ContactId) -> None:
        """Somebody's pair changed; who they are is read with the next one."""
        self._forget(channel, contact)
        self._changes += 1

    def _forget(self, channel: ChannelId, contact: ContactId) -> None:
        known = self._pairs.pop((channel, contact))
        if known is not None:
            self._senders.drop(known[1])

    def leave(self, slot: Slot) -> None:
        """A conversation leaves memory: who wrote in it is read again when they write again."""
        if slot.channel is None:
            return
        for contact in slot.contacts:
            self._forget(slot.channel, contact)

    @property
    def remembered(self) -> int:
        """How many answers are kept."""
        return len(self._senders) + len(self._pairs) + len(self.foreknown)

    def forget_sender(self, sender: Sender) -> None:
        """Somebody left this number or BSUID; rare enough to look through all that we remember."""
        self._senders.drop_where(
            lambda key: (
                key[2:] == (sender.bsuid, sender.wa_id)
                or (sender.wa_id is not None and key[3] == sender.wa_id)
            )
        )

    def known_as(self, channel: Channel, sender: Sender) -> ContactId | None:
        """Return who this sender is, if that was certain before."""
        return self._senders.get(sender_key(channel, sender))

    def remember(self, channel: Channel, sender: Sender, contact: ContactId) -> None:
        """This sender is this contact."""
        key, known = sender_key(channel, sender), self._pairs.get((channel.id, contact))
        # One tuple for both, where it is the same: there are two of them per live conversation.
        self._senders.put(known[1] if known is not None and known[1] == key else key, contact)

    async def recognised(self, channel: Channel, sender: Sender) -> Recognised:
        """Return who may be this sender."""
        known = self.known_as(channel, sender)
        if known is not None:
            return Recognised((known,))
        if met := self.foreknown.met(channel, sender):
            return met.recognised
        phones = phones_of(sender)
        find = partial(
            self.context.directory.find, channel.workspace, channel.portfolio, sender, phones
        )
        return await self.context.patiently(find)

    async def pairs(
        self, channel: Channel, contacts: Sequence[ContactId], sender: Sender
    ) -> tuple[Pair, ...]:
        """Return what these contacts, who may be this sender, are in on this channel."""
        if not contacts:
            return ()
        known = self._pairs.get((channel.id, contacts[0])) if len(contacts) == 1 else None
        if known is not None:
            return (known[0],)
        changes = self._changes
        met = self.foreknown.met(channel, sender)
        if met is not None and met.contacts == tuple(contacts):
            return self._note(channel, met.pairs, sender)
        read = partial(self.context.directory.pairs, channel.workspace, contacts, channel.id)
        pairs = await self.context.patiently(read)
        return tuple(pairs) if changes != self._changes else self._note(channel, pairs, sender)

    async def blocked(
        self, channel: Channel, contacts: Sequence[ContactId], sender: Sender
    ) -> frozenset[ContactId]:
        """Return who of those that may be this sender is on the block list.

        Whose live pair is remembered is not: a block has us forget it.
        """
        if not contacts or (
            len(contacts) == 1 and self._pairs.get((channel.id, contacts[0])) is not None
        ):
            return frozenset()
        met = self.foreknown.met(channel, sender)
        if met is not None and met.contacts == tuple(contacts):
            return met.blocked
        read = partial(self.context.directory.blocked, channel.workspace, contacts)
        return await self.context.patiently(read)

    def _note(self, channel: Channel, pairs: Sequence[Pair], sender: Sender) -> tuple[Pair, ...]:
        """Remember those who are in a live conversation."""
        for pair in pairs:
            if pair.conversation is not None:
                self._pairs.put((channel.id, pair.contact), (pair, sender_key(channel, sender)))
        return tuple(pairs)

    async def token(self, channel: Channel, content: Content) -> Token | None:
        """Return the first known token in a text."""
        for value in find_tokens(content.body) if isinstance(content, Text) else ():
            known = await self.context.patiently(
                partial(self.context.directory.token, channel.workspace, value)
            )
            if known is not None:
                return known
        return None

    async def named(self, channel: Channel, content: Content) -> ConversationId | None:
        """Return the conversation that a button of ours names, if it is on this channel."""
        payload = of_content(content)
        if payload is None:
            return None
        conversation = payload.conversation
        read = partial(self.context.journal.snapshot, channel.workspace, conversation)
        snapshot = await self.context.patiently(read)
        if snapshot is None or snapshot[0].channel != channel.id:
            return None
        return conversation

    async def outcome(
        self, channel: Channel, content: Content, contacts: Sequence[ContactId]
    ) -> ToConversation | None:
        """Return the ended conversation of which one of these, its agent, says how it went."""
        payload = of_content(content)
        if not isinstance(payload, NameOutcome):
            return None
        read = partial(self.context.journal.snapshot, channel.workspace, payload.conversation)
        snapshot = await self.context.patiently(read)
        if snapshot is None or snapshot[0].channel != channel.id:
            return None
        agent = next((each for each in contacts if may_name(snapshot[0], each)), None)
        return None if agent is None else ToConversation(payload.conversation, agent)

    async def ended(
        self, channel: Channel, pairs: Sequence[Pair], at: datetime
    ) -> ToConversation | None:
        """Return the conversation that a word of its visitor's resumes, if there is just one.

        One that another word brought back after the pairs were read is it, too.
        """
        if any(pair.conversation is not None for pair in pairs):
            return None
        found = []
        for pair in pairs:
            if pair.role is not Side.VISITOR or pair.last_conversation is None:
                continue
            last = pair.last_conversation
            read = partial(self.context.journal.snapshot, channel.workspace, last)
            snapshot = await self.context.patiently(read)
            if snapshot is None:
                continue
            state = snapshot[0]
            if may_resume(state, pair.contact, at) or _lives_again(state, channel, pair.contact):
                found.append(ToConversation(last, pair.contact))
        return found[0] if len(found) == 1 else None

    async def moved(self, channel: Channel, pairs: Sequence[Pair]) -> Moved | None:
        """Return the live conversation of theirs that another channel carries by now."""
        if any(pair.conversation for pair in pairs):
            return None
        for pair in pairs:
            if pair.last_conversation is None:
                continue
            read = partial(self.context.journal.snapshot, channel.workspace, pair.last_conversation)
            snapshot = await self.context.patiently(read)
            if snapshot is None or not snapshot[0].phase.live:
                continue
            now = self.context.accounts.channel(channel.workspace, snapshot[0].channel)
            inside = snapshot[0].side_of(pair.contact) is not None
            if inside and now is not None and now.id != channel.id:
                return Moved(pair.last_conversation, self.context.link(now.phone, ""))
        return None

    async def offered(self, channel: Channel, content: Content) -> tuple[ContactId, ...]:
        """Return the agent whose open offer this taps: only their phone has that button."""
        payload = of_content(content)
        if not isinstance(payload, OfferAnswer) or not self._ours(payload):
            return ()
        read = partial(self.context.journal.snapshot, channel.workspace, payload.conversation)
        snapshot = await self.context.patiently(read)
        offers = snapshot[0].open_offers if snapshot else ()
        return tuple(offer.agent for offer in offers if offer.number == payload.offer)

    def _ours(self, tapped: OfferAnswer) -> bool:
        proof = offer_proof(self.context.button_key, tapped.conversation, tapped.offer)
        return hmac.compare_digest(str(tapped.proof), str(proof))

    async def person(
        self, channel: Channel, contact: ContactId, sender: Sender | None = None
    ) -> Person | None:
        """Return who a contact, perhaps this sender, is; None after erasure."""
        met = self.foreknown.met(channel, sender) if sender is not None else None
        if met is not None and contact in met.contacts:
            return met.people.get(contact)
        people = await self.context.patiently(
            partial(self.context.directory.people, channel.workspace, [contact])
        )
        return people.get(contact)


def _lives_again(state: State, channel: Channel, contact: ContactId) -> bool:
    return state.phase.live and state.channel == channel.id and state.visitor == contact
