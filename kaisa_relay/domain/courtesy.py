"""How often somebody without a conversation is answered.

Rule 1: two machines never answer each other for ever; a person hears it often enough to know.
Rule 2: what an agent asks for by a command is always answered: no machine types one.
"""

from datetime import datetime, timedelta
from typing import Final

from attrs import frozen

from kaisa_relay.domain.texts import TextKey

MOST: Final = 3
PERIOD: Final = timedelta(hours=1)
BLOCKED_PERIOD: Final = timedelta(hours=24)
"""Somebody on the block list who tries a link is told once in so long that it leads nowhere."""
ASKED_FOR: Final = frozenset({TextKey.HELP_AGENT, TextKey.STATUS_FREE})


@frozen
class Courtesy:
    """When a sender was answered of late, and whether this time they are not."""

    answered: tuple[datetime, ...] = ()
    silent: bool = False


def courtesy(before: Courtesy, text: TextKey, at: datetime) -> Courtesy:
    """Return how it stands with another message, which would be answered with `text`."""
    if text in ASKED_FOR:
        return Courtesy(before.answered)
    recent = tuple(each for each in before.answered if at - each < PERIOD)
    if len(recent) >= MOST:
        return Courtesy(recent, silent=True)
    return Courtesy((*recent, at))


def blocked_courtesy(before: Courtesy, at: datetime) -> Courtesy:
    """Return how it stands with another link that somebody on the block list has tried."""
    recent = tuple(each for each in before.answered if at - each < BLOCKED_PERIOD)
    return Courtesy(recent, silent=True) if recent else Courtesy((at,))
