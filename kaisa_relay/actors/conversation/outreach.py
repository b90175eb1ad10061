"""Triggers' templates, handed to their conversation, which tells of them and has them sent.

Rule 1: nothing of the talk changes: outreach is no part of it until somebody answers.
"""

from attrs import frozen

from kaisa_relay.actors.addresses import recipient
from kaisa_relay.actors.conversation.door import PATIENCE, Door
from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.messages import SendOutreach
from kaisa_relay.actors.workspace.suppressing import Stance, taken
from kaisa_relay.domain.contact import Person
from kaisa_relay.domain.engagement.opting import Opting
from kaisa_relay.domain.engagement.suppression import (
    SUPPRESSED,
    Address,
    Source,
    Way,
    alike,
    by_telephone,
    on_whatsapp,
)
from kaisa_relay.domain.ids import ContactId, ConversationId, WorkspaceId
from kaisa_relay.domain.outgoing import Recipient
from kaisa_relay.ports import Append
from kaisa_relay.ports.outreach import Declined, NotHandedOver, Order
from kaisa_relay.runtime.ask import Unanswered


@frozen
class ChannelCourier:
    """`ports.Courier` over the outbox; a channel that is down keeps what it has."""

    context: Context

    async def hand_over(self, workspace: WorkspaceId, order: Order) -> NotHandedOver | None:
        """Have its conversation send it, unless that may not be."""
        found = await self.context.journal.snapshot(workspace, order.conversation)
        if found is None:
            return NotHandedOver("the conversation is not kept any more")
        state, _ = found
        channels = self.context.accounts.channels(workspace)
        if state.channel not in {channel.id for channel in channels}:
            return NotHandedOver("the conversation's channel is gone")
        whom = await self._recipient(workspace, state.visitor)
        if isinstance(whom, NotHandedOver):
            return whom
        door = Door(self.context, workspace, order.conversation)
        try:
            await SendOutreach(order, whom).put_to(door, PATIENCE)
        except Unanswered:
            return NotHandedOver("its conversation did not answer", later=True)
        return None

    async def note_declined(self, workspace: WorkspaceId, declined: Declined) -> None:
        """Put them on the list; by WhatsApp it is the visitor, else whoever has the address."""
        visitor, addresses = await self._visitor(workspace, declined.conversation)
        contact = None if visitor is None else visitor.contact
        if declined.address is not None:
            theirs = {form for each in addresses for form in alike(each)}
            contact = contact if declined.address in theirs else None
            addresses = (declined.address,)
        else:
            addresses = tuple(each for each in addresses if each.way is Way.WHATSAPP)
        stance = Stance(contact, addresses, Source.REFUSED, Opting.OUT, declined.conversation)
        news = await taken(self.context, workspace, stance)
        if news.events:
            stream = f"message/{self.context.new_id()}"  # of no message: nobody wrote
            append = Append(workspace, stream, 0, news.events, news.changes)
            await self.context.journal.append(append)

    async def _visitor(
        self, workspace: WorkspaceId, conversation: ConversationId | None
    ) -> tuple[Person | None, tuple[Address, ...]]:
        """Return a conversation's visitor, and where outreach reaches them."""
        found = conversation and await self.context.journal.snapshot(workspace, conversation)
        if not found:
            return None, ()
        visitor = found[0].visitor
        person = (await self.context.directory.people(workspace, [visitor])).get(visitor)
        return person, () if person is None else by_telephone(person.phone, person.bsuid)

    async def _recipient(
        self, workspace: WorkspaceId, visitor: ContactId
    ) -> Recipient | NotHandedOver:
        directory = self.context.directory
        if visitor in await directory.blocked(workspace, [visitor]):
            return NotHandedOver("the visitor is on the block list")
        whom = recipient((await directory.people(workspace, [visitor])).get(visitor))
        listed = [form for each in on_whatsapp(whom.phone, whom.bsuid) for form in alike(each)]
        if await directory.suppressed(workspace, listed):
            return NotHandedOver(SUPPRESSED, unwanted=True)
        if whom == Recipient(None, None):
            return NotHandedOver("nobody knows how to reach the visitor")
        return whom
