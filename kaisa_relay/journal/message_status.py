"""How far a message has come, in the API's words."""

from collections.abc import Iterable
from typing import Final

from kaisa_relay.domain.sending import Rank

WORDS: Final = {
    Rank.READY: "sending",
    Rank.PARKED: "unconfirmed",
    Rank.SENT: "sent",
    Rank.DELIVERED: "delivered",
    Rank.READ: "read",
    Rank.PLAYED: "read",
    Rank.FAILED: "failed",
}

_FURTHEST: Final = (
    Rank.FAILED,
    Rank.PARKED,
    Rank.READY,
    Rank.SENT,
    Rank.DELIVERED,
    Rank.READ,
    Rank.PLAYED,
)


def best(ranks: Iterable[Rank]) -> Rank | None:
    """Return how far the best leg of a message sent more than once has come.

    A second attempt on its way is better news than a first one that failed or was parked.
    """
    return max(ranks, key=_FURTHEST.index, default=None)
