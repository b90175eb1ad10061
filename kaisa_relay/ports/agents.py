"""The current-state row of an agent: what changes in it, each with the event that says so."""

from attrs import frozen

from kaisa_relay.domain.ids import ContactId
from kaisa_relay.domain.presence import Agent


@frozen
class KnowAgent:
    """This person was named as an agent; what is known of them stays, but for a new capacity."""

    contact: ContactId
    capacity: int | None = None


@frozen
class SavePresence:
    """An agent as their stream now has them; `missed` stays what it is, for others count it."""

    agent: Agent


@frozen
class CountMiss:
    """An agent let an offer run out, or answered one (`missed` is false)."""

    contact: ContactId
    missed: bool


AgentChange = KnowAgent | SavePresence | CountMiss
