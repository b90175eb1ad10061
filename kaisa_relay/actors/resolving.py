"""One message, two names: what one person's chat calls it, and what the other's does.

Rule 1: what a send is about is looked up before it begins: nothing waits between that and the call.
"""

from functools import partial

from attrs import evolve

from kaisa_relay.actors.exchange import Context
from kaisa_relay.domain.conversation.messages import Receive
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.outgoing import Emoji, Outgoing, Quoting
from kaisa_relay.ports import Send


async def with_quote(context: Context, state: State, command: Receive, wamid: str) -> Receive:
    """Return the command with the message that its writer's chat knows by this wamid."""
    read = context.directory.message
    found = await context.patiently(partial(read, state.workspace, command.contact, wamid))
    return evolve(command, quotes=found)


async def resolved(context: Context, send: Send) -> Outgoing:
    """Return what is sent, with the recipient's own name for the message that it is about.

    Sends to one person leave one after the other, so an earlier one has its name by now.
    """
    outgoing = send.outgoing
    if not isinstance(outgoing, Quoting | Emoji):
        return outgoing
    read = context.directory.wamid
    wamid = await context.patiently(partial(read, send.workspace, send.contact, outgoing.message))
    return evolve(outgoing, wamid=wamid)
