"""Agents are asked once whether they want to get offers, where a workspace wants that.

Rule 1: an invitation is a template, sent in the commit that notes it, and never repeated.
"""

from collections.abc import Sequence
from functools import partial

from attrs import evolve

from kaisa_relay.actors.agents.presence import Said, notice, presence_append, sending
from kaisa_relay.actors.exchange import Context
from kaisa_relay.domain.agent_events import AgentInvited
from kaisa_relay.domain.ids import ChannelId, ContactId, WorkspaceId
from kaisa_relay.domain.outgoing import Template
from kaisa_relay.domain.presence import Agent
from kaisa_relay.domain.routing import OPT_IN
from kaisa_relay.domain.templates import TemplateKey
from kaisa_relay.domain.texts import TextKey, language_of


async def invite(
    context: Context, workspace: WorkspaceId, channel: ChannelId, contacts: Sequence[ContactId]
) -> None:
    """Invite those of them who have not been, if the workspace wants that."""
    if not context.accounts.workspace(workspace).agent_opt_in:
        return
    known = await context.patiently(partial(context.directory.agents, workspace, contacts))
    for agent in known.values():
        if agent.invited_at is None and agent.opted_in_at is None:
            await _invite(context, workspace, channel, agent)


async def _invite(
    context: Context, workspace: WorkspaceId, channel: ChannelId, agent: Agent
) -> None:
    people = await context.patiently(partial(context.directory.people, workspace, [agent.contact]))
    person = people.get(agent.contact)
    if person is None:
        return  # erased
    template = Template(TemplateKey.OPT_IN.value, language_of(person.language), (), (OPT_IN,))
    plain = notice(context, workspace, channel, person, Said(TextKey.ON_AGENT, {}))
    send = evolve(plain, outgoing=template)
    invited = AgentInvited(agent.contact, send.message, send.id, context.wall())
    append = presence_append(workspace, agent, (invited,), sending(send))
    if await context.patiently(partial(context.journal.append, append)) is None:
        context.exchange.ring((send,))
