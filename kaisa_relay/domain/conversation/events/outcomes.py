"""What its agent says of a conversation once it is over."""

from datetime import datetime

from attrs import frozen

from kaisa_relay.domain.ids import MessageId


@frozen
class OutcomeNamed:
    """The agent who closed it has said by a button how it ended; the word is in the message."""

    message: MessageId
    at: datetime
