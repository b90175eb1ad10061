"""The suppression list as whoever writes events keeps it: who is not to be written to by triggers.

Rule 1: it names addresses, not contacts: a number stays on it whoever has it on a form next.
"""

from datetime import datetime

from attrs import frozen

from kaisa_relay.domain.engagement.ids import SuppressionId
from kaisa_relay.domain.engagement.suppression import Address, Source


@frozen
class Suppress:
    """Write there no more. An entry that is there stays, but their own word replaces hearsay."""

    id: SuppressionId
    address: Address
    source: Source
    at: datetime


@frozen
class Allow:
    """Take this address off the list."""

    address: Address
