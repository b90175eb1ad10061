"""The call itself: one message to WhatsApp, counted, and heard for what its answer shows."""

from typing import Final

from kaisa_relay.actors.exchange import Context
from kaisa_relay.domain.outgoing import Outgoing
from kaisa_relay.domain.sending import Accepted, Answer, Rejected, opaque
from kaisa_relay.ports import Send

NO_ADDRESS: Final = Rejected(131026, "no address")


async def call(context: Context, send: Send, outgoing: Outgoing | Rejected) -> Answer:
    """Send what a send says by now, or refuse it as it was refused before."""
    if isinstance(outgoing, Rejected):
        return outgoing
    access = context.accounts.access(send.channel)
    ours = opaque(send.workspace, send.channel, send.id)
    to = context.exchange.addresses.of(send)
    if to.phone is None and to.bsuid is None:
        return NO_ADDRESS
    answer = await context.gateway.send(access, to, outgoing, ours)
    context.meter.answered(type(answer).__name__.lower(), getattr(answer, "code", None))
    if isinstance(answer, Accepted):
        context.exchange.accepted(send, answer)
    return answer
