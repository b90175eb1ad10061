"""What a conversation is told of its agents' presence."""

from datetime import datetime

from attrs import frozen

from kaisa_relay.domain.ids import ContactId


@frozen
class AgentGone:
    """This agent takes no offers now."""

    agent: ContactId
    at: datetime


@frozen
class AgentBack:
    """This agent takes offers again."""

    agent: ContactId
    at: datetime
