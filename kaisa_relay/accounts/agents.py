"""Commands about agents and hours, and what they are answered with."""

from datetime import datetime

from attrs import field, frozen


@frozen
class HoursText:
    """Business hours as an operator wrote them (`domain.schedule.read_schedule`)."""

    zone: str
    week: str
    days: tuple[str, ...] = ()


@frozen
class SetHours:
    """Set a workspace's business hours; None is always open."""

    workspace: str
    hours: HoursText | None


@frozen
class ListAgents:
    """Ask for the agents of a workspace (name or id)."""

    workspace: str


@frozen
class AddAgent:
    """Make an agent known before any form names them."""

    workspace: str
    number: str = field(repr=False)
    name: str = field(repr=False)
    language: str | None = None


@frozen
class SetAgent:
    """Change what an agent may do; None leaves a thing as it is.

    A capacity of 0 and an empty schedule take the limit away; a schedule begins with its zone.
    """

    workspace: str
    number: str = field(repr=False)
    capacity: int | None = None
    schedule: str | None = None
    on_call: bool | None = None


@frozen
class AgentFacts:
    """One agent: how they stand, and in how many conversations they are now."""

    id: str
    name: str = field(repr=False)
    number: str | None = field(repr=False)
    presence: str
    paused_until: datetime | None
    missed: int
    load: int
    capacity: int | None
    schedule: str | None
    on_call: bool
    invited_at: datetime | None
    opted_in_at: datetime | None


@frozen
class Agents:
    """The agents that were asked for, the first known first."""

    agents: tuple[AgentFacts, ...]


AgentCommand = ListAgents | AddAgent | SetAgent | SetHours
