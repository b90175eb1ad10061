"""What an agent's `/transfer` needs to know: whom it names, and who is free on the channel.

Rule 1: facts only; who is asked, and why not, is decided in the domain.
"""

from functools import partial

from attrs import evolve

from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.wording import Wording
from kaisa_relay.domain import chat_commands, handover
from kaisa_relay.domain.agent_pool import has_room, held_on
from kaisa_relay.domain.channel import window_open
from kaisa_relay.domain.content import Text
from kaisa_relay.domain.conversation.messages import Handover, Receive
from kaisa_relay.domain.conversation.state import Phase, State
from kaisa_relay.domain.ids import ContactId


async def with_handover(
    context: Context, state: State, wording: Wording, command: Receive
) -> Receive:
    """Return the command with what is to be known where it hands the conversation over."""
    if state.phase is not Phase.ACTIVE or command.contact != state.agent:
        return command
    if not isinstance(command.content, Text) or not command.content.body.lstrip().startswith("/"):
        return command
    typed = chat_commands.parse(command.content.body, state.language_of(command.contact))
    if not isinstance(typed, chat_commands.Transfer):
        return command
    names = handover.agent_names(state, wording.people)
    named, note = handover.read(typed.rest, names)
    return evolve(command, handover=await facts(context, state, named, bool(note)))


async def facts(
    context: Context, state: State, named: tuple[ContactId, ...] | None, noted: bool
) -> Handover:
    """Return who of the other agents can take a conversation on this channel now."""
    workspace, at = state.workspace, context.wall()
    others = [each.contact for each in state.agents if each.contact != state.agent]
    everywhere = await context.patiently(partial(context.directory.pairs, workspace, others))
    pairs = {pair.contact: pair for pair in everywhere if pair.channel == state.channel}
    known = await context.patiently(partial(context.directory.agents, workspace, others))
    opt_in = context.accounts.workspace(workspace).agent_opt_in
    away = {
        each.contact
        for each in known.values()
        if not each.takes_offers(at, opt_in=opt_in)
        or not has_room(each, len(held_on(everywhere, each.contact) - {state.channel}))
    }
    taken = {each for each, pair in pairs.items() if pair.conversation is not None}
    free = tuple(each for each in others if each not in taken | away)
    reachable = (each for each, pair in pairs.items() if window_open(pair.inbound_at, at))
    return Handover(named, free, tuple(reachable), noted)
