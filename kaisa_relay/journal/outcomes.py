"""What statuses mean for legs, and what a conversation hears when one of its legs moves."""

from collections.abc import Sequence
from typing import Final

from kaisa_relay.domain.inbound import StatusBatch
from kaisa_relay.domain.sending import Purpose, Rank, send_of
from kaisa_relay.ports import Leg, NewItem

LARGEST: Final = (1 << 63) - 1
"""An id that comes back to us by way of Meta may be any number; the tables hold 64 bits."""


def told(purpose: Purpose, before: Rank, after: Rank) -> Rank | None:
    """Return the rank of the `Outcome` that a leg's move gives its conversation, if any.

    Of an offer: that it went out, or failed, also later. Of a relayed message: that it failed,
    also later, or went out after it was given up as `parked`. Of a notice: nothing.
    """
    if purpose is Purpose.NOTICE:
        return None
    if after is Rank.FAILED:
        return Rank.FAILED
    if purpose is Purpose.OFFER:
        return Rank.SENT if before < Rank.SENT <= after else None
    return Rank.SENT if before is Rank.PARKED else None


def legs_of(row: NewItem) -> Sequence[Leg] | None:
    """Return how far the statuses of a row move which sends; None unless each names its send."""
    if not isinstance(row.item, StatusBatch) or row.workspace is None or row.channel is None:
        return None
    legs = []
    for status in row.item.updates:
        send = send_of(status.opaque, row.workspace, row.channel)
        if send is None or send > LARGEST:
            return None
        legs.append(Leg(send, status.rank, status.at, status.code, status.wamid))
    return legs
