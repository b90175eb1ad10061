"""What needs somebody of the team or an operator: said once when it begins, and once when it ends.

Rule 1: an alert is about one subject; while it is open the same is not said again.
Rule 2: whether it is over is read from how things stand, so that a restart forgets none.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from kaisa_relay.domain.channel_health import Health, TemplateChanged
from kaisa_relay.domain.ids import AlertId, ChannelId

STOPPED: Final = frozenset({"PAUSED", "REJECTED", "DISABLED"})
"""States of a template in which WhatsApp takes no send of it."""
TOKEN: Final = "token"
"""The reason of a channel that is down because its access token is not valid."""


class AlertKind(StrEnum):
    """What is wrong."""

    CHANNEL_DOWN = "channel_down"
    TOKEN_EXPIRED = "token_expired"
    TEMPLATE_STOPPED = "template_stopped"
    QUEUE_LONG = "queue_long"
    ROWS_PARKED = "rows_parked"
    ROWS_UNROUTED = "rows_unrouted"


class Level(StrEnum):
    """How much it presses: people are not served, or may not be before long."""

    WARNING = "warning"
    ERROR = "error"


@frozen
class AlertRaised:
    """Something is wrong. `reason` is a word of ours or Meta's, `count` how many there were."""

    alert: AlertId
    kind: AlertKind
    level: Level
    at: datetime
    channel: ChannelId | None = None
    template: str | None = None
    language: str | None = None
    reason: str | None = None
    count: int | None = None


@frozen
class AlertCleared:
    """It is over."""

    alert: AlertId
    kind: AlertKind
    at: datetime


AlertEvent = AlertRaised | AlertCleared

Template = tuple[ChannelId, str, str]
"""A template as a channel's account has it: its name, its language."""


@frozen
class Troubles:
    """How a workspace stands: its channels, templates' latest states, conversations that seek an
    agent, rows of the inbox that are set aside (`unrouted` belong to no workspace)."""

    health: Mapping[ChannelId, Health] = field(factory=dict)
    templates: Mapping[Template, str] = field(factory=dict)
    queue: int = 0
    parked: int = 0
    unrouted: int = 0


def latest_states(events: Iterable[object]) -> dict[Template, str]:
    """Return how each template stands by these events, in their order."""
    return {
        (each.channel, each.template, each.language): each.status
        for each in events
        if isinstance(each, TemplateChanged)
    }


@frozen
class _Subject:
    kind: AlertKind
    channel: ChannelId | None = None
    template: str | None = None
    language: str | None = None


@frozen
class _Finding:
    level: Level
    reason: str | None = None
    count: int | None = None


def decide(
    opened: Iterable[AlertRaised],
    troubles: Troubles,
    queue_alert: int,
    at: datetime,
    new_id: Callable[[], int],
) -> tuple[AlertEvent, ...]:
    """Say what begins and what is over; a queue is long above `queue_alert` (0: never).

    It counts as long until it is half of that, or it would come and go with every visitor.
    """
    known = {_subject_of(each): each for each in opened}
    found = _findings(troubles, queue_alert)
    raised = [
        AlertRaised(
            AlertId(new_id()),
            subject.kind,
            finding.level,
            at,
            subject.channel,
            subject.template,
            subject.language,
            finding.reason,
            finding.count,
        )
        for subject, finding in found.items()
        if subject not in known
    ]
    long = _Subject(AlertKind.QUEUE_LONG)
    stays = {long} if queue_alert and troubles.queue > queue_alert // 2 else set()
    over = [each for subject, each in known.items() if subject not in {*found, *stays}]
    return (*raised, *(AlertCleared(each.alert, each.kind, at) for each in over))


def _findings(troubles: Troubles, queue_alert: int) -> dict[_Subject, _Finding]:
    found: dict[_Subject, _Finding] = {}
    for channel, health in troubles.health.items():
        if health.down is not None:
            token = health.down == TOKEN
            kind = AlertKind.TOKEN_EXPIRED if token else AlertKind.CHANNEL_DOWN
            found[_Subject(kind, channel)] = _Finding(Level.ERROR, health.down)
    for (channel, name, language), status in troubles.templates.items():
        if status in STOPPED:
            subject = _Subject(AlertKind.TEMPLATE_STOPPED, channel, name, language)
            found[subject] = _Finding(Level.WARNING, status.lower())
    if queue_alert and troubles.queue > queue_alert:
        queue = _Finding(Level.WARNING, count=troubles.queue)
        found[_Subject(AlertKind.QUEUE_LONG)] = queue
    for kind, rows in (
        (AlertKind.ROWS_PARKED, troubles.parked),
        (AlertKind.ROWS_UNROUTED, troubles.unrouted),
    ):
        if rows:
            found[_Subject(kind)] = _Finding(Level.ERROR, count=rows)
    return found


def _subject_of(alert: AlertRaised) -> _Subject:
    return _Subject(alert.kind, alert.channel, alert.template, alert.language)
