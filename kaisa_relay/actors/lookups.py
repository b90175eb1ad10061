"""What the router asks the directory, with a bounded memory of the answers.

Rule 1: only certain answers are remembered: who a sender is, and the live pair they are in.
Rule 2: a pair that changes while it is being read is not remembered.
"""

import hmac
from collections.abc import Sequence
from functools import partial

from attrs import define, field

from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.proof import offer_proof
from kaisa_relay.actors.recent import Recent, SenderKey, sender_key
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.contact import Person, Sender
from kaisa_relay.domain.content import Content, Text
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId
from kaisa_relay.domain.payloads import OfferAnswer, of_content
from kaisa_relay.domain.phone import candidates, from_wa_id
from kaisa_relay.domain.routing import Pair, Token
from kaisa_relay.domain.tokens import find_tokens

PairKey = tuple[ChannelId, ContactId]


@define(eq=False)
class Lookups:
    """Reads for the identity ladder."""

    context: Context
    _senders: Recent[SenderKey, ContactId] = field(factory=Recent)
    _pairs: Recent[PairKey, Pair] = field(factory=Recent)
    _changes: int = 0

    def forget_pair(self, channel: ChannelId, contact: ContactId) -> None:
        """Somebody's pair changed."""
        self._pairs.drop((channel, contact))
        self._changes += 1

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
        self._senders.put(sender_key(channel, sender), contact)

    async def contacts(self, channel: Channel, sender: Sender) -> tuple[ContactId, ...]:
        """Return everybody who may be this sender."""
        known = self.known_as(channel, sender)
        if known is not None:
            return (known,)
        phone = from_wa_id(sender.wa_id) if sender.wa_id else None
        phones = candidates(phone) if phone else ()
        find = partial(
            self.context.directory.find, channel.workspace, channel.portfolio, sender, phones
        )
        return tuple(await self.context.patiently(find))

    async def pairs(self, channel: Channel, contacts: Sequence[ContactId]) -> tuple[Pair, ...]:
        """Return what these contacts are in on this channel."""
        if not contacts:
            return ()
        known = self._pairs.get((channel.id, contacts[0])) if len(contacts) == 1 else None
        if known is not None:
            return (known,)
        changes = self._changes
        read = partial(self.context.directory.pairs, channel.workspace, contacts, channel.id)
        pairs = await self.context.patiently(read)
        for pair in pairs:
            if pair.conversation is not None and changes == self._changes:
                self._pairs.put((channel.id, pair.contact), pair)
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

    async def offered(self, channel: Channel, content: Content) -> tuple[ContactId, ...]:
        """Return the agent whose open offer this taps: only their phone has that button."""
        payload = of_content(content)
        if not isinstance(payload, OfferAnswer) or not self._ours(payload):
            return ()
        read = partial(self.context.journal.snapshot, channel.workspace, payload.conversation)
        snapshot = await self.context.patiently(read)
        offer = snapshot[0].offer if snapshot else None
        return (offer.agent,) if offer is not None and offer.number == payload.offer else ()

    def _ours(self, tapped: OfferAnswer) -> bool:
        proof = offer_proof(self.context.button_key, tapped.conversation, tapped.offer)
        return hmac.compare_digest(str(tapped.proof), str(proof))

    async def person(self, channel: Channel, contact: ContactId) -> Person | None:
        """Return who a contact is; None after erasure."""
        people = await self.context.patiently(
            partial(self.context.directory.people, channel.workspace, [contact])
        )
        return people.get(contact)
