"""Pauses that begin by themselves (too many offers missed) and that end by themselves.

Rule 1: who is paused is in the rows; the list of ends here is a memory of them.
Rule 2: a commit that loses to the agent's own word is not tried again.
"""

from datetime import datetime
from functools import partial
from heapq import heappop, heappush
from math import inf

from attrs import define, field

from kaisa_relay.actors.agents.chats import chats_of, told
from kaisa_relay.actors.agents.desk import tell_where_they_wrote
from kaisa_relay.actors.agents.presence import Said, presence_append, read_agent, sending
from kaisa_relay.actors.exchange import Context
from kaisa_relay.domain import presence
from kaisa_relay.domain.agent_events import PresenceCause
from kaisa_relay.domain.conversation.events import AgentPaused
from kaisa_relay.domain.durations import write_duration
from kaisa_relay.domain.ids import ContactId, WorkspaceId
from kaisa_relay.domain.presence import Agent, Presence
from kaisa_relay.domain.texts import TextKey
from kaisa_relay.ports import Send


@define(eq=False)
class Pauses:
    """The pauses of one workspace's agents."""

    context: Context
    workspace: WorkspaceId
    _ends: list[tuple[datetime, ContactId]] = field(factory=list)

    async def load(self) -> None:
        """Read who is paused."""
        read = partial(self.context.directory.pauses, self.workspace)
        self._ends = await self.context.patiently(read)

    def patience(self) -> float:
        """Return the seconds until the next pause is over."""
        if not self._ends:
            return inf
        return max(0.0, (self._ends[0][0] - self.context.wall()).total_seconds())

    def note(self, agent: Agent) -> None:
        """Remember when this agent's pause is over, if they have one."""
        if agent.paused_until is not None:
            heappush(self._ends, (agent.paused_until, agent.contact))

    async def end_due(self) -> list[ContactId]:
        """End the pauses whose time has come; return who is back."""
        back, at = [], self.context.wall()
        while self._ends and self._ends[0][0] <= at:
            _, contact = heappop(self._ends)
            agent = await read_agent(self.context, self.workspace, contact)
            events = presence.run_out(agent, at)
            if events:
                hears = await told(self.context, self.workspace, contact, events)
                append = presence_append(self.workspace, agent, events, hears)
                await self.context.patiently(partial(self.context.journal.append, append))
            back.append(contact)
        return back

    async def pause_missing(self, agent: Agent) -> Agent:
        """Pause an agent who has missed too many offers in a row; return how they stand."""
        settings, at = self.context.accounts.workspace(self.workspace), self.context.wall()
        most = settings.pause_after_missed
        if not 0 < most <= agent.missed or agent.presence_at(at) is not Presence.AVAILABLE:
            return agent
        until = at + settings.missed_pause
        paused = AgentPaused(agent.contact, until, PresenceCause.MISSES, at)
        send = await self._notice(agent)
        hears = await told(self.context, self.workspace, agent.contact, (paused,))
        changes = (*hears, *sending(send)) if send is not None else hears
        append = presence_append(self.workspace, agent, (paused,), changes)
        if await self.context.patiently(partial(self.context.journal.append, append)) is not None:
            return agent
        if send is not None:
            self.context.exchange.ring((send,))
        after = presence.evolve(agent, paused)
        self.note(after)
        return after

    async def _notice(self, agent: Agent) -> Send | None:
        """Tell them where they wrote last, if that is not too long ago for WhatsApp."""
        time = write_duration(self.context.accounts.workspace(self.workspace).missed_pause)
        chats = await chats_of(self.context, self.workspace, agent.contact)
        said = Said(TextKey.MISSED_AGENT, {"count": str(agent.missed), "time": time}, chats)
        return await tell_where_they_wrote(self.context, self.workspace, agent.contact, said)
