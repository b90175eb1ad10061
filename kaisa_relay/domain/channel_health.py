"""How a number stands with WhatsApp: what is reported of it, what happened, what it is now.

Rule 1: a report that says nothing new yields no events; of two limits the longer one counts.
Rule 2: reasons are words of Meta's or ours, never text that could name anybody.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final, assert_never

from attrs import frozen

from kaisa_relay.domain.ids import ChannelId
from kaisa_relay.domain.replacing import replace
from kaisa_relay.domain.sending import SPAM_LIMIT


class Quality(StrEnum):
    """What WhatsApp thinks of a number's messages."""

    UNKNOWN = "unknown"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class Trouble(StrEnum):
    """What can be over again."""

    DOWN = "down"
    LIMITED = "limited"


class Burden(IntEnum):
    """How much speaks against giving a number another conversation."""

    NONE = 0
    QUALITY = 1
    LIMITED = 2
    DOWN = 3


# --- what is reported


@frozen
class LimitReported:
    """The number may send less than usual until an instant; None is for ever."""

    reason: str
    until: datetime | None
    code: int | None = None


@frozen
class DownReported:
    """The number cannot send."""

    reason: str


@frozen
class WorksReported:
    """Meta says that nothing is in the way any more."""


@frozen
class GotThrough:
    """A send got through: whatever stopped our sends is over, what Meta announced may not be."""


@frozen
class QualityReported:
    """The quality or the messaging limit; None is what the report does not speak of."""

    reason: str
    quality: Quality | None = None
    tier: str | None = None


@frozen
class TemplateReported:
    """A template of the number's account has another state; `language` as in a send."""

    name: str
    language: str
    status: str
    reason: str


Report = (
    LimitReported | DownReported | WorksReported | GotThrough | QualityReported | TemplateReported
)

OURS: Final = frozenset({"halted", "token", "unreachable", "unanswered"})
"""Reasons of a `DownReported` that we found out by sending."""


LASTS: Final = timedelta(hours=1)
"""How long a limit holds, as far as we are concerned, after the last send that met it."""
_LIMITS: Final = {SPAM_LIMIT: "spam", 131064: "messaging_limit"}


# --- what happened


@frozen
class ChannelLimited:
    """The number may send less than usual."""

    channel: ChannelId
    reason: str
    until: datetime | None
    code: int | None
    at: datetime


@frozen
class ChannelQualityChanged:
    """Quality or messaging limit are others than before."""

    channel: ChannelId
    quality: Quality
    tier: str | None
    reason: str
    at: datetime


@frozen
class ChannelDown:
    """The number cannot send."""

    channel: ChannelId
    reason: str
    at: datetime


@frozen
class ChannelUp:
    """What stood in the way is over."""

    channel: ChannelId
    over: Trouble
    at: datetime


@frozen
class TemplateChanged:
    """A template has another state with Meta."""

    channel: ChannelId
    template: str
    language: str
    status: str
    reason: str
    at: datetime


ChannelEvent = ChannelLimited | ChannelQualityChanged | ChannelDown | ChannelUp | TemplateChanged


# --- what it is now


@frozen
class Health:
    """The fold of a channel's events; `version` is the number of the last one."""

    quality: Quality = Quality.UNKNOWN
    tier: str | None = None
    limited: str | None = None
    limited_until: datetime | None = None
    down: str | None = None
    version: int = 0

    @property
    def burden(self) -> Burden:
        """How much speaks against giving it another conversation."""
        if self.down is not None:
            return Burden.DOWN
        if self.limited is not None or self.quality is Quality.RED:
            return Burden.LIMITED
        return Burden.QUALITY if self.quality is Quality.YELLOW else Burden.NONE


def limit_of(code: int | None, at: datetime) -> LimitReported | None:
    """Return the limit that an error of a send speaks of; Meta does not say how long it lasts."""
    reason = _LIMITS.get(code or 0)
    return LimitReported(reason, at + LASTS, code) if reason else None


def decide(
    health: Health, channel: ChannelId, report: Report, at: datetime
) -> tuple[ChannelEvent, ...]:
    """Say what happened to the number."""
    match report:
        case LimitReported(reason=reason, until=until, code=code):
            new = (until is None or until > at) and _longer(health, until)
            return (ChannelLimited(channel, reason, until, code, at),) if new else ()
        case DownReported(reason=reason):
            return (ChannelDown(channel, reason, at),) if health.down is None else ()
        case GotThrough():
            return (ChannelUp(channel, Trouble.DOWN, at),) if health.down in OURS else ()
        case WorksReported():
            return tuple(ChannelUp(channel, each, at) for each in _troubles(health))
        case QualityReported(reason=reason):
            quality, tier = report.quality or health.quality, report.tier or health.tier
            new = (quality, tier) != (health.quality, health.tier)
            return (ChannelQualityChanged(channel, quality, tier, reason, at),) if new else ()
        case TemplateReported(name=name, language=language, status=status, reason=reason):
            return (TemplateChanged(channel, name, language, status, reason, at),)
        case _:
            assert_never(report)


def _troubles(health: Health) -> Iterator[Trouble]:
    if health.down is not None:
        yield Trouble.DOWN
    if health.limited is not None:
        yield Trouble.LIMITED


def lapsed(health: Health, channel: ChannelId, at: datetime) -> tuple[ChannelEvent, ...]:
    """Say whether a limit has run out by itself."""
    if health.limited_until is None or health.limited_until > at:
        return ()
    return (ChannelUp(channel, Trouble.LIMITED, at),)


def evolve(health: Health, event: ChannelEvent) -> Health:
    """Return how the number stands after the event."""
    health = replace(health, version=health.version + 1)
    match event:
        case ChannelLimited(reason=reason, until=until):
            return replace(health, limited=reason, limited_until=until)
        case ChannelQualityChanged(quality=quality, tier=tier):
            return replace(health, quality=quality, tier=tier)
        case ChannelDown(reason=reason):
            return replace(health, down=reason)
        case ChannelUp(over=Trouble.DOWN):
            return replace(health, down=None)
        case ChannelUp():
            return replace(health, limited=None, limited_until=None)
        case TemplateChanged():
            return health
        case _:
            assert_never(event)


def _longer(health: Health, until: datetime | None) -> bool:
    if health.limited is None:
        return True
    return health.limited_until is not None and (until is None or until > health.limited_until)
