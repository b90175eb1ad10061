"""One message, two names: what one person's chat calls it, and what the other's does.

Rule 1: what a send is about is looked up before it begins: nothing waits between that and the call.
"""

from functools import partial

from attrs import evolve

from kaisa_relay.actors.channel.files import REFUSED, carrying, fallback, file_of
from kaisa_relay.actors.exchange import Context
from kaisa_relay.domain.conversation.messages import HearOutcome, Receive
from kaisa_relay.domain.conversation.relaying import goes_again
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.outgoing import Emoji, Outgoing, Quoting
from kaisa_relay.domain.sending import Rejected, SendState
from kaisa_relay.ports import Change, MoveSend, Send


async def with_quote(context: Context, state: State, command: Receive, wamid: str) -> Receive:
    """Return the command with the message that its writer's chat knows by this wamid."""
    read = context.directory.message
    found = await context.patiently(partial(read, state.workspace, command.contact, wamid))
    return evolve(command, quotes=found)


async def resolved(context: Context, send: Send) -> Outgoing | Rejected | None:
    """Return what is sent, with the recipient's own name for the message that it is about.

    What cannot go at all is `Rejected`; None is a file that is not ready.

    Sends to one person leave one after the other, so an earlier one has its name by now.
    """
    if send.recipient.phone is None and send.recipient.bsuid is None:
        return Rejected(131026, "no address")
    outgoing = send.outgoing
    if file_of(send) is not None:
        find = partial(context.files.file, send.workspace, send.message)
        row = await context.patiently(find)
        filled = carrying(send, row, context.wall())
        if filled is None or isinstance(filled, Rejected):
            return filled
        outgoing = filled
    if not isinstance(outgoing, Quoting | Emoji):
        return outgoing
    read = context.directory.wamid
    wamid = await context.patiently(partial(read, send.workspace, send.contact, outgoing.message))
    return evolve(outgoing, wamid=wamid)


async def with_other_way(
    context: Context, state: State, command: HearOutcome
) -> tuple[HearOutcome, tuple[Change, ...]]:
    """Return the command knowing whether the file that failed can go as a document, and the row.

    The row changes in the commit that sends it again, so that a document that fails is the end.
    """
    if command.code not in REFUSED or not goes_again(state, command):
        return command, ()
    row = await context.patiently(partial(context.files.file, state.workspace, command.message))
    change = fallback(row, command.code) if row is not None and command.code else None
    return (command, ()) if change is None else (evolve(command, plainer=True), (change,))


async def other_way(
    context: Context, send: Send, refused: Rejected
) -> tuple[Send, tuple[Change, ...]] | None:
    """Return how a send goes on whose file WhatsApp refused; None when it has failed."""
    if file_of(send) is None:
        return None
    row = await context.patiently(partial(context.files.file, send.workspace, send.message))
    change = fallback(row, refused.code) if row is not None else None
    if change is None:
        return None
    back = MoveSend(send.id, (SendState.SENDING,), SendState.READY, send.attempt)
    return evolve(send, state=SendState.READY, due_at=None), (back, change)
