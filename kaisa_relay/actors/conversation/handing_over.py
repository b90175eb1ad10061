"""What a transfer needs to know: whom the agent's `/transfer` names, who is free on the channel.

Rule 1: facts only; who is asked, and why not, is decided in the domain.
"""

from functools import partial

from attrs import evolve

from kaisa_relay.actors.agents.opening import opening
from kaisa_relay.actors.conversation.recalling import Waiting
from kaisa_relay.actors.conversation.wording import Wording
from kaisa_relay.actors.exchange import Context
from kaisa_relay.domain import chat_commands, handover
from kaisa_relay.domain.agent_pool import has_room, held_on
from kaisa_relay.domain.channel import window_open
from kaisa_relay.domain.content import Text
from kaisa_relay.domain.conversation.deadlines import Wait, next_wait
from kaisa_relay.domain.conversation.messages import Handover, Receive, Tick
from kaisa_relay.domain.conversation.state import Phase, State
from kaisa_relay.domain.ids import ContactId
from kaisa_relay.domain.payloads import PassOn, of_content
from kaisa_relay.domain.presence import Agent


async def with_handover(
    context: Context, state: State, wording: Wording, command: Receive
) -> Receive:
    """Return the command with what is to be known where it hands the conversation over."""
    if state.phase is not Phase.ACTIVE or command.contact != state.agent:
        return command
    if isinstance(of_content(command.content), PassOn):
        return evolve(command, handover=await facts(context, state, None, noted=False))
    if not isinstance(command.content, Text) or not command.content.body.lstrip().startswith("/"):
        return command
    typed = chat_commands.parse(command.content.body, state.language_of(command.contact))
    if not isinstance(typed, chat_commands.Transfer):
        return command
    names = handover.agent_names(state, wording.people)
    named, note = handover.read(typed.rest, names)
    return evolve(command, handover=await facts(context, state, named, noted=bool(note)))


async def with_stand_ins(context: Context, state: State, tick: Tick) -> Tick:
    """Return the tick with who is free, where a colleague is looked for; `StoreUnavailable`.

    While it is closed that is who is on call: nobody has asked for the others at this hour.
    """
    due = next_wait(state)
    if due is None or due.wait is not Wait.STAND_IN:
        return tick
    business = opening(context, state.workspace) is None
    return evolve(tick, handover=await _facts(context, state, context.at_once, business=business))


async def facts(
    context: Context, state: State, named: tuple[ContactId, ...] | None, *, noted: bool
) -> Handover:
    """Return whom a command means, and who can take a conversation on this channel now.

    Whose visitor came while it was closed is, until it opens, for those on call (decision 0022).
    """
    late = state.opens_at is not None
    business = not late or opening(context, state.workspace) is None
    found = await _facts(context, state, context.patiently, business=business)
    return evolve(found, named=named, noted=noted)


async def _facts(context: Context, state: State, wait: Waiting, *, business: bool) -> Handover:
    workspace, at = state.workspace, context.wall()
    others = [each.contact for each in state.agents if each.contact != state.agent]
    everywhere = await wait(partial(context.directory.pairs, workspace, others))
    pairs = {pair.contact: pair for pair in everywhere if pair.channel == state.channel}
    known = await wait(partial(context.directory.agents, workspace, others))
    opt_in = context.accounts.workspace(workspace).agent_opt_in
    away = {
        each.contact
        for each in (known.get(other, Agent(other)) for other in others)
        if not each.takes_offers(at, business=business, opt_in=opt_in)
        or not has_room(each, len(held_on(everywhere, each.contact) - {state.channel}))
    }
    taken = {each for each, pair in pairs.items() if pair.conversation is not None}
    free = tuple(each for each in others if each not in taken | away)
    reachable = (each for each, pair in pairs.items() if window_open(pair.inbound_at, at))
    return Handover(None, free, tuple(reachable))
