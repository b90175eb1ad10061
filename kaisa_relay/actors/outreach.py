"""Triggers' templates, put into the outbox of their conversation's channel.

Rule 1: nothing of the conversation changes: outreach is no part of the talk until somebody answers.
"""

from attrs import frozen

from kaisa_relay.actors.addresses import recipient
from kaisa_relay.actors.exchange import Context
from kaisa_relay.domain.ids import ContactId, MessageId, WorkspaceId
from kaisa_relay.domain.outgoing import Recipient
from kaisa_relay.domain.sending import Purpose
from kaisa_relay.ports import Append, NewSend, Send, StoreContent
from kaisa_relay.ports.outreach import NotHandedOver, Order


@frozen
class ChannelCourier:
    """`ports.Courier` over the outbox; a channel that is down keeps what it has."""

    context: Context

    async def hand_over(self, workspace: WorkspaceId, order: Order) -> NotHandedOver | None:
        """Write the send down and ring its channel."""
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
        send = Send(
            workspace=workspace,
            id=order.send,
            channel=state.channel,
            conversation=None,
            message=MessageId(order.send),
            contact=state.visitor,
            recipient=whom,
            outgoing=order.template,
            purpose=Purpose.NOTICE,
        )
        content = StoreContent(send.message, None, send.contact, None, send.outgoing)
        append = Append(workspace, f"send/{send.id}", 0, (), (content, NewSend(send)))
        if await self.context.journal.append(append) is None:
            self.context.exchange.ring((send,))
        return None  # in a conflict it is there already

    async def _recipient(
        self, workspace: WorkspaceId, visitor: ContactId
    ) -> Recipient | NotHandedOver:
        directory = self.context.directory
        if visitor in await directory.blocked(workspace, [visitor]):
            return NotHandedOver("the visitor is on the block list")
        whom = recipient((await directory.people(workspace, [visitor])).get(visitor))
        if whom == Recipient(None, None):
            return NotHandedOver("nobody knows how to reach the visitor")
        return whom
