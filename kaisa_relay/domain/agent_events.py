"""What agents say of themselves, and the team of them: the events of a stream `agent/<contact>`.

Rule 1: `by` is who of the team changed it, where an agent did not do so themselves.
"""

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from kaisa_relay.domain.ids import ContactId, MessageId, SendId
from kaisa_relay.domain.requester import Requester


class PresenceCause(StrEnum):
    """Who or what changed an agent's presence."""

    AGENT = "agent"
    MISSES = "misses"
    PAUSE_OVER = "pause_over"
    TEAM = "team"


@frozen
class AgentInvited:
    """The agent is asked, once, whether they want to get offers here."""

    agent: ContactId
    message: MessageId
    send: SendId
    at: datetime


@frozen
class AgentOptedIn:
    """The agent wants to get offers; `said` is the message by which they told us."""

    agent: ContactId
    at: datetime
    said: MessageId


@frozen
class AgentAvailable:
    """The agent takes offers; `said` is the message by which they told us, if they did."""

    agent: ContactId
    cause: PresenceCause
    at: datetime
    said: MessageId | None = None
    by: Requester | None = None


@frozen
class AgentAway:
    """The agent takes no offers until they say so."""

    agent: ContactId
    cause: PresenceCause
    at: datetime
    said: MessageId | None = None
    by: Requester | None = None


@frozen
class AgentPaused:
    """The agent takes no offers until `until`."""

    agent: ContactId
    until: datetime
    cause: PresenceCause
    at: datetime
    said: MessageId | None = None
    by: Requester | None = None
