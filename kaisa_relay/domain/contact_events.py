"""What became of contacts: the events of a stream `contact/<contact>`."""

from datetime import datetime

from attrs import frozen

from kaisa_relay.domain.ids import ContactId


@frozen
class ContactMerged:
    """Two contacts turned out to be one person: `absorbed` is found as `contact` from now on."""

    contact: ContactId
    absorbed: ContactId
    at: datetime
