"""Why a request about a whole conversation is refused; those of orders stand beside the orders."""

from datetime import datetime
from enum import StrEnum

from attrs import frozen


class BusySide(StrEnum):
    """Which side of every possible pair is in use."""

    VISITOR = "visitor"
    AGENTS = "agents"
    CHANNELS = "channels"


@frozen
class NoPairFree:
    """No channel has both the visitor and an agent free; `free_at` is when one may be, if known."""

    busy: BusySide
    free_at: datetime | None


@frozen
class AlreadyEnded:
    """The conversation is over: there is nothing to end."""

    at: datetime
