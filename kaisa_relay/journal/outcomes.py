"""What a conversation hears when one of its legs moves."""

from kaisa_relay.domain.sending import Purpose, Rank


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
