"""The agent pool of a workspace: proposes agents, holds them for a moment, remembers who waits.

Rule 1: a hold is memory and lapses; the pair that the offer claims is the truth.
Rule 2: who waits is served in the order of asking.
"""

from collections import Counter
from datetime import datetime
from functools import partial
from typing import Final

import trio
from attrs import define, field

from kaisa_relay.actors.exchange import (
    AgentFreed,
    AgentNotWanted,
    AgentProposed,
    AgentWanted,
    Context,
    NoAgentFree,
    ToPool,
)
from kaisa_relay.domain.agent_pool import Standing, choose_agent
from kaisa_relay.domain.channel import window_open
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId, WorkspaceId
from kaisa_relay.domain.routing import Pair
from kaisa_relay.runtime.mailbox import Mailbox

HOLD: Final = 5.0
"""Seconds for which a proposed agent is proposed to nobody else."""


@define(eq=False)
class AgentPool:
    """One run of a workspace's pool."""

    context: Context
    workspace: WorkspaceId
    mailbox: Mailbox[ToPool]
    _holds: dict[tuple[ChannelId, ContactId], tuple[ConversationId, float]] = field(factory=dict)
    _waiting: dict[ConversationId, AgentWanted] = field(factory=dict)
    _idle_since: dict[ContactId, datetime] = field(factory=dict)

    async def run(self) -> None:
        """Answer until cancelled."""
        while True:
            match await self.mailbox.receive():
                case AgentWanted() as wanted:
                    await self._propose(wanted)
                case AgentNotWanted(conversation):
                    self._waiting.pop(conversation, None)
                case AgentFreed(channel, agent):
                    self._idle_since[agent] = self.context.wall()
                    self._holds.pop((channel, agent), None)
                    await self._serve_waiting(channel, agent)

    async def _serve_waiting(self, channel: ChannelId, agent: ContactId) -> None:
        for wanted in list(self._waiting.values()):
            if wanted.channel != channel:
                continue
            if any(candidate.contact == agent for candidate in wanted.candidates):
                await self._propose(wanted)
                return

    async def _propose(self, wanted: AgentWanted) -> None:
        contacts = [candidate.contact for candidate in wanted.candidates]
        read = partial(self.context.directory.pairs, self.workspace, contacts)
        pairs = await self.context.patiently(read) if contacts else []
        here = {pair.contact: pair for pair in pairs if pair.channel == wanted.channel}
        taken = {pair.contact for pair in here.values() if pair.conversation is not None}
        free = [
            each
            for each in wanted.candidates
            if each.contact not in taken and not self._held(wanted, each.contact)
        ]
        chosen = choose_agent(wanted.strategy, free, self._standings(pairs))
        if chosen is None:
            self._waiting[wanted.conversation] = wanted
            self._tell(wanted, NoAgentFree())
            return
        self._waiting.pop(wanted.conversation, None)
        key = (wanted.channel, chosen.contact)
        self._holds[key] = (wanted.conversation, trio.current_time() + HOLD)
        pair = here.get(chosen.contact)
        inbound_at = pair.inbound_at if pair else None
        open_now = window_open(inbound_at, self.context.wall())
        self._tell(wanted, AgentProposed(chosen.contact, open_now))

    def _held(self, wanted: AgentWanted, agent: ContactId) -> bool:
        """Say whether somebody else was just promised this agent."""
        conversation, until = self._holds.get((wanted.channel, agent), (None, 0.0))
        return conversation != wanted.conversation and until > trio.current_time()

    def _standings(self, pairs: list[Pair]) -> dict[ContactId, Standing]:
        live = Counter(pair.contact for pair in pairs if pair.conversation is not None)
        contacts = {pair.contact for pair in pairs} | self._idle_since.keys()
        return {each: Standing(live[each], self._idle_since.get(each)) for each in contacts}

    def _tell(self, wanted: AgentWanted, message: AgentProposed | NoAgentFree) -> None:
        tell = self.context.exchange.tell_conversation
        tell(self.workspace, wanted.conversation, message)
