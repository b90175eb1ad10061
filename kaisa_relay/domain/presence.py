"""Whether an agent takes offers: available, away, or paused for a while.

Rule 1: presence says who is asked; a conversation that an agent holds goes on whatever it says.
Rule 2: a pause ends by itself; being away ends with `/on` alone.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never

from attrs import frozen

from kaisa_relay.domain.agent_events import (
    AgentAvailable,
    AgentAway,
    AgentInvited,
    AgentOptedIn,
    AgentPaused,
    PresenceCause,
)
from kaisa_relay.domain.chat_commands import Off, On, Pause
from kaisa_relay.domain.ids import ContactId, MessageId
from kaisa_relay.domain.replacing import replace
from kaisa_relay.domain.requester import Requester
from kaisa_relay.domain.schedule import Schedule

PAUSE_AFTER_MISSED: Final = 3
"""Offers missed in a row after which an agent is paused; 0 never pauses anybody."""
MISSED_PAUSE: Final = timedelta(hours=1)


class Presence(StrEnum):
    """What an agent has said of themselves, or we have found."""

    AVAILABLE = "available"
    AWAY = "away"
    PAUSED = "paused"


PresenceEvent = AgentAvailable | AgentAway | AgentPaused | AgentInvited | AgentOptedIn


@frozen
class Agent:
    """How an agent stands: the fold of their stream, which has come to `version`.

    `missed` counts the offers since they last answered one; `capacity` is the most conversations
    on all channels at once (None: one on each). Outside their `schedule` they are not asked, nor
    outside business hours, unless they are `on_call`.
    """

    contact: ContactId
    presence: Presence = Presence.AVAILABLE
    paused_until: datetime | None = None
    missed: int = 0
    version: int = 0
    capacity: int | None = None
    schedule: Schedule | None = None
    on_call: bool = False
    invited_at: datetime | None = None
    opted_in_at: datetime | None = None

    def presence_at(self, at: datetime) -> Presence:
        """Return their presence; a pause that is over counts no more."""
        over = self.paused_until is not None and self.paused_until <= at
        return Presence.AVAILABLE if over else self.presence

    def takes_offers(self, at: datetime, *, business: bool = True, opt_in: bool = False) -> bool:
        """Say whether they may be asked now, by what they said and their hours."""
        if opt_in and self.opted_in_at is None:
            return False
        if self.presence_at(at) is not Presence.AVAILABLE or not (business or self.on_call):
            return False
        return self.schedule is None or self.schedule.open_at(at)


def obey(
    agent: Agent, command: Pause | On | Off, said: MessageId, at: datetime
) -> tuple[PresenceEvent, ...]:
    """Say what an agent's command changes; what stands already is no news."""
    cause = PresenceCause.AGENT
    match command:
        case On():
            return _come_back(agent, said, at)
        case Off():
            if agent.presence is Presence.AWAY:
                return ()
            return (AgentAway(agent.contact, cause, at, said),)
        case Pause(time=time):
            if time is None:
                return ()
            return (AgentPaused(agent.contact, at + time, cause, at, said),)
        case _:
            assert_never(command)


def _come_back(agent: Agent, said: MessageId, at: datetime) -> tuple[PresenceEvent, ...]:
    """Who was invited opts in with it."""
    events: list[PresenceEvent] = []
    if agent.invited_at is not None and agent.opted_in_at is None:
        events.append(AgentOptedIn(agent.contact, at, said))
    if agent.presence is not Presence.AVAILABLE:
        events.append(AgentAvailable(agent.contact, PresenceCause.AGENT, at, said))
    return tuple(events)


@frozen
class TeamPauses:
    """The team lets an agent rest: for a time, or (None) until somebody says otherwise."""

    time: timedelta | None
    by: Requester


@frozen
class TeamResumes:
    """The team has an agent asked again."""

    by: Requester


TeamWish = TeamPauses | TeamResumes


def obey_team(agent: Agent, wish: TeamWish, at: datetime) -> tuple[PresenceEvent, ...]:
    """Say what the team's word changes; what stands already is no news."""
    who, cause = agent.contact, PresenceCause.TEAM
    match wish:
        case TeamPauses(time=None, by=by):
            news = agent.presence is not Presence.AWAY
            return (AgentAway(who, cause, at, by=by),) if news else ()
        case TeamPauses(time=time, by=by):
            assert time is not None
            return (AgentPaused(who, at + time, cause, at, by=by),)
        case TeamResumes(by=by):
            news = agent.presence is not Presence.AVAILABLE
            return (AgentAvailable(who, cause, at, by=by),) if news else ()
        case _:
            assert_never(wish)


def begins_anew(events: Iterable[PresenceEvent]) -> bool:
    """Say whether what an agent missed before counts no more: their presence has changed."""
    return any(isinstance(each, AgentAvailable | AgentAway | AgentPaused) for each in events)


def run_out(agent: Agent, at: datetime) -> tuple[PresenceEvent, ...]:
    """End a pause whose time is over."""
    if agent.presence is Presence.PAUSED and agent.presence_at(at) is Presence.AVAILABLE:
        return (AgentAvailable(agent.contact, PresenceCause.PAUSE_OVER, at),)
    return ()


def evolve(agent: Agent, event: PresenceEvent) -> Agent:
    """Return the agent after an event; whoever changes presence begins anew with misses."""
    agent = replace(agent, version=agent.version + 1)
    match event:
        case AgentInvited(at=at):
            return replace(agent, invited_at=at)
        case AgentOptedIn(at=at):
            return replace(agent, opted_in_at=at)
        case _:
            return _changed(replace(agent, missed=0, paused_until=None), event)


def _changed(agent: Agent, event: AgentAvailable | AgentAway | AgentPaused) -> Agent:
    match event:
        case AgentAvailable():
            return replace(agent, presence=Presence.AVAILABLE)
        case AgentAway():
            return replace(agent, presence=Presence.AWAY)
        case AgentPaused(until=until):
            return replace(agent, presence=Presence.PAUSED, paused_until=until)
        case _:
            assert_never(event)
