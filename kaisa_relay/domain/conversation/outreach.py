"""What a trigger asks of a conversation: that its visitor is sent a template.

Rule 1: one send is one outreach, however often it is asked for.
"""

from datetime import datetime

from attrs import frozen

from kaisa_relay.domain.conversation.links import LinkOrigin
from kaisa_relay.domain.ids import SendId


@frozen
class ReachOut:
    """A trigger's step has a template (by its name and language) sent to the visitor."""

    send: SendId
    template: str
    language: str
    origin: LinkOrigin
    at: datetime
