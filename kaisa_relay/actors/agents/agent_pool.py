"""The agent pool of a workspace: proposes agents, holds them for a moment, remembers who waits.

Rule 1: a hold is memory and lapses; the pair that the offer claims is the truth.
Rule 2: who waits is served in the order of asking.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final, assert_never

import trio
from attrs import define, evolve, field

from kaisa_relay.actors.agents.inviting import invite
from kaisa_relay.actors.agents.opening import opening
from kaisa_relay.actors.agents.pauses import Pauses
from kaisa_relay.actors.agents.presence import read_agent
from kaisa_relay.actors.conversation.searching import Fact
from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.messages import (
    AgentChanged,
    AgentFreed,
    AgentNotWanted,
    AgentProposed,
    AgentsNamed,
    AgentsProposed,
    AgentWanted,
    NoAgentFree,
    OfferMissed,
    ToPool,
)
from kaisa_relay.domain.agent_pool import Standing, choose_agent, choose_agents, has_room, held_on
from kaisa_relay.domain.channel import window_open
from kaisa_relay.domain.conversation.messages import Candidate, Strategy
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId, WorkspaceId
from kaisa_relay.domain.presence import Agent
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
    _pauses: Pauses = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._pauses = Pauses(self.context, self.workspace)

    async def run(self) -> None:
        """Answer until cancelled."""
        await self._pauses.load()
        while True:
            message: ToPool | None = None
            with trio.move_on_after(self._pauses.patience()):
                message = await self.mailbox.receive()
            if message is not None:
                await self._hear(message)
            for agent in await self._pauses.end_due():
                await self._serve_back(agent)

    async def _hear(self, message: ToPool) -> None:
        match message:
            case AgentWanted() as wanted:
                await self._propose(wanted)
            case AgentNotWanted(conversation):
                self._waiting.pop(conversation, None)
            case AgentFreed(channel, agents):
                for agent in agents:
                    self._idle_since[agent] = self.context.wall()
                    self._holds.pop((channel, agent), None)
                for agent in agents:
                    await self._serve_waiting(channel, agent)
                    await self._serve_back(agent)  # with a capacity there may be room elsewhere now
            case AgentChanged(agent):
                self._pauses.note(await read_agent(self.context, self.workspace, agent))
                await self._serve_back(agent)
            case AgentsNamed(channel, agents):
                await invite(self.context, self.workspace, channel, agents)
            case OfferMissed(agent):
                standing = await read_agent(self.context, self.workspace, agent)
                await self._pauses.pause_missing(standing)
            case _:
                assert_never(message)

    async def _serve_back(self, agent: ContactId) -> None:
        """Propose an agent who may be back on every channel where somebody waits for them."""
        channels = {each.channel for each in self._waiting.values() if agent in _asked(each)}
        for channel in sorted(channels):
            await self._serve_waiting(channel, agent)

    async def _serve_waiting(self, channel: ChannelId, agent: ContactId) -> None:
        """Propose the agent to who has waited longest; one who cannot hear it is passed over."""
        if not self._waiting:
            return
        standing = await read_agent(self.context, self.workspace, agent)
        while (wanted := self._first_waiting(channel, standing)) is not None:
            if await self._propose(wanted):
                return

    def _first_waiting(
        self, channel: ChannelId, agent: Agent, before: ConversationId | None = None
    ) -> AgentWanted | None:
        """Return who asked for an agent first and may have them; late ones wait for the opening."""
        closed = opening(self.context, self.workspace) is not None
        for conversation, wanted in self._waiting.items():
            if conversation == before:
                return None
            if wanted.late and closed and not agent.on_call:
                continue
            if wanted.channel == channel and agent.contact in _asked(wanted):
                return wanted
        return None

    async def _propose(self, wanted: AgentWanted) -> bool:
        """Propose the best who are free; False when that ended without a proposal."""
        pairs, agents = await self._pairs(wanted), await self._agents(wanted)
        free = self._free(wanted, pairs, agents)
        last = await self._last(wanted)
        chosen = self._choose(wanted, free, pairs, last)
        if not chosen:
            self._waiting[wanted.conversation] = wanted
            return self._tell(wanted, NoAgentFree(opening(self.context, self.workspace)))
        earlier = self._first_before(
            wanted, [agents.get(each.contact, Agent(each.contact)) for each in chosen]
        )
        if earlier is not None:
            await self._propose(earlier)  # word of the agent's freedom is still on its way to us
            return await self._propose(wanted)
        self._waiting.pop(wanted.conversation, None)
        proposals = [self._proposal(wanted, each, pairs) for each in chosen]
        told = [evolve(each, among=len(free), known=each.agent == last) for each in proposals]
        return self._promise(wanted, told)

    def _first_before(self, wanted: AgentWanted, chosen: Sequence[Agent]) -> AgentWanted | None:
        """Return who asked for one of these agents earlier and could have them now."""
        for agent in chosen:
            earlier = self._first_waiting(wanted.channel, agent, wanted.conversation)
            if earlier is not None and not self._held(earlier, agent.contact):
                return earlier
        return None

    def _proposal(self, wanted: AgentWanted, agent: Candidate, pairs: list[Pair]) -> AgentProposed:
        here = [pair for pair in pairs if _is(pair, wanted.channel, agent.contact)]
        open_now = window_open(here[0].inbound_at if here else None, self.context.wall())
        return AgentProposed(agent.contact, open_now)

    def _promise(self, wanted: AgentWanted, proposals: list[AgentProposed]) -> bool:
        """Propose these, and hold them for the conversation."""
        several = wanted.strategy is Strategy.BROADCAST
        message = AgentsProposed(tuple(proposals)) if several else proposals[0]
        if not self._tell(wanted, message):
            return False
        until = trio.current_time() + HOLD
        for each in proposals:
            self._holds[wanted.channel, each.agent] = (wanted.conversation, until)
        return True

    async def _last(self, wanted: AgentWanted) -> ContactId | None:
        """Return who spoke to the visitor last, where that counts."""
        if wanted.strategy is not Strategy.STICKY:
            return None
        read = partial(self.context.directory.last_agent, self.workspace, wanted.visitor)
        return await self.context.patiently(read)

    async def _pairs(self, wanted: AgentWanted) -> list[Pair]:
        contacts = _asked(wanted)
        read = partial(self.context.directory.pairs, self.workspace, contacts)
        return await self.context.patiently(read) if contacts else []

    async def _agents(self, wanted: AgentWanted) -> dict[ContactId, Agent]:
        """Return how they stand; whose last miss was one too many is paused with this."""
        await invite(self.context, self.workspace, wanted.channel, _asked(wanted))
        read = partial(self.context.directory.agents, self.workspace, _asked(wanted))
        known = await self.context.patiently(read)
        return {who: await self._pauses.pause_missing(agent) for who, agent in known.items()}

    def _free(
        self, wanted: AgentWanted, pairs: list[Pair], agents: dict[ContactId, Agent]
    ) -> list[Candidate]:
        """Return who of those wanted can be asked now, on this channel."""
        at = self.context.wall()
        opt_in = self.context.accounts.workspace(self.workspace).agent_opt_in
        business = not wanted.late or opening(self.context, self.workspace) is None
        asked = [agents.get(who, Agent(who)) for who in _asked(wanted)]
        gone = {
            agent.contact
            for agent in asked
            if not agent.takes_offers(at, business=business, opt_in=opt_in)
            or not has_room(agent, self._elsewhere(wanted, agent.contact, pairs))
        }
        taken = {
            pair.contact
            for pair in pairs
            if pair.channel == wanted.channel and pair.conversation is not None
        }
        return [
            each
            for each in wanted.candidates
            if each.contact not in taken | gone and not self._held(wanted, each.contact)
        ]

    def _choose(
        self,
        wanted: AgentWanted,
        free: Sequence[Candidate],
        pairs: list[Pair],
        last: ContactId | None,
    ) -> Sequence[Candidate]:
        standings = self._standings(pairs)
        if wanted.strategy is Strategy.BROADCAST:
            return choose_agents(wanted.at_once, free, standings)
        best = choose_agent(wanted.strategy, free, standings, last)
        return () if best is None else (best,)

    def _elsewhere(self, wanted: AgentWanted, agent: ContactId, pairs: list[Pair]) -> int:
        """Count the other channels on which an agent has a conversation, or is promised to one."""
        now = trio.current_time()
        held = {
            channel
            for (channel, who), (_, until) in self._holds.items()
            if who == agent and until > now
        }
        return len((held_on(pairs, agent) | held) - {wanted.channel})

    def _held(self, wanted: AgentWanted, agent: ContactId) -> bool:
        """Say whether somebody else was just promised this agent."""
        conversation, until = self._holds.get((wanted.channel, agent), (None, 0.0))
        return conversation != wanted.conversation and until > trio.current_time()

    def _standings(self, pairs: list[Pair]) -> dict[ContactId, Standing]:
        live = Counter(pair.contact for pair in pairs if pair.conversation is not None)
        contacts = {pair.contact for pair in pairs} | self._idle_since.keys()
        return {each: Standing(live[each], self._idle_since.get(each)) for each in contacts}

    def _tell(self, wanted: AgentWanted, message: Fact) -> bool:
        """Tell the conversation; one that cannot hear it (quarantined) is forgotten."""
        tell = self.context.exchange.tell_conversation
        told = tell(self.workspace, wanted.conversation, message)
        if not told:
            self._waiting.pop(wanted.conversation, None)
        return told


def _asked(wanted: AgentWanted) -> list[ContactId]:
    return [candidate.contact for candidate in wanted.candidates]


def _is(pair: Pair, channel: ChannelId, contact: ContactId) -> bool:
    return pair.channel == channel and pair.contact == contact
