"""A trigger's template, put into the outbox in the commit in which its conversation tells of it.

Rule 1: nobody waits for what becomes of it but the trigger: to the conversation it is a notice.
"""

from kaisa_relay.actors.conversation.requests import Decider
from kaisa_relay.actors.messages import SendOutreach
from kaisa_relay.domain.conversation.outreach import ReachOut
from kaisa_relay.domain.ids import MessageId
from kaisa_relay.domain.sending import Purpose
from kaisa_relay.ports import NewSend, Send, StoreContent


async def send_outreach(task: Decider, asked: SendOutreach) -> None:
    """Commit it, and ring its channel."""
    if asked.reply.settled:
        return  # whoever asked has gone, and asks again
    state, order = task.state, asked.order
    template = order.template
    if order.send in state.reached:
        asked.reply.answer(False)
        return
    send = Send(
        workspace=state.workspace,
        id=order.send,
        channel=state.channel,
        conversation=state.id,
        message=MessageId(order.send),
        contact=state.visitor,
        recipient=asked.whom,
        outgoing=template,
        purpose=Purpose.NOTICE,
    )
    kept = StoreContent(send.message, state.id, send.contact, None, template)
    at = task.context.wall()
    command = ReachOut(order.send, template.name, template.language, order.origin, at)
    await task.apply(command, (kept, NewSend(send)))
    task.context.exchange.ring((send,))
    asked.reply.answer(True)
