"""Triggers, endpoints and deliveries as they travel."""

from datetime import datetime
from typing import Annotated, Any, Final

from msgspec import UNSET, Meta, Struct, UnsetType

from kaisa_relay.api.shapes import PageQuery
from kaisa_relay.ports.engagement import DeliveryState

_TYPES: Final = Meta(
    description="Events' types; `conversation.*` is all that begin so.",
    examples=[["conversation.abandoned", "conversation.failed"]],
)
_WHEN: Final = Meta(
    description="A comparison, or `all`, `any` or `not` of such. A comparison has a `field` that "
    "begins with `event.`, `conversation.` or `metadata.`, and one of `eq`, `in`, `lt`, `lte`, "
    "`gt`, `gte`, `contains`, `exists`.",
    examples=[{"all": [{"field": "event.data.reason", "eq": "unscanned"}]}],
)
_HOURS: Final = Meta(
    description="Quiet hours of every day; what falls into them waits for their end.",
    examples=[{"zone": "Europe/Stockholm", "quiet": "21:00-08:00"}],
)
_STEPS: Final = Meta(
    description="What is done, and how long `after` the event (at once without it).",
    examples=[[{"after": "30m", "actions": [{"webhook": "end_01jd3v8k2m4qa"}]}]],
)
_URL: Final = Meta(description="https, and not in a private network.")
_SECRET: Final = Meta(description="Signs after Standard Webhooks; shown this once.")


class TriggerRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A trigger: events that start it, and the steps that follow."""

    name: str
    on: Annotated[list[str], _TYPES]
    steps: Annotated[list[dict[str, Any]], _STEPS]
    enabled: bool = True
    when: Annotated[dict[str, Any] | UnsetType, _WHEN] = UNSET
    unless: Annotated[list[str] | UnsetType, _TYPES] = UNSET
    hours: Annotated[dict[str, Any] | UnsetType, _HOURS] = UNSET


class TriggerAnswer(Struct, frozen=True, kw_only=True):
    """A trigger as it is now. `version` counts its definitions."""

    id: str
    name: str
    enabled: bool
    version: int
    changed_at: datetime
    on: list[str]
    steps: list[dict[str, Any]]
    when: dict[str, Any] | UnsetType = UNSET
    unless: list[str] | UnsetType = UNSET
    hours: dict[str, Any] | UnsetType = UNSET


class TriggerList(Struct, frozen=True):
    """Every trigger, the oldest first."""

    items: list[TriggerAnswer]


class EndpointRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where webhooks shall go."""

    url: Annotated[str, _URL]


class EndpointChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shall change; `enabled` true switches on again what answered 410."""

    url: Annotated[str | None, _URL] = None
    enabled: bool | None = None


class EndpointAnswer(Struct, frozen=True, kw_only=True):
    """An endpoint. `disabled_by` is `gone` (it answered 410) or `you`."""

    id: str
    url: str
    created_at: datetime
    disabled_at: datetime | None
    disabled_by: str | None
    secret: Annotated[str | UnsetType, _SECRET] = UNSET


class EndpointList(Struct, frozen=True):
    """Every endpoint, the oldest first."""

    items: list[EndpointAnswer]


class DeliveryQuery(PageQuery, frozen=True):
    """Which deliveries, the newest first."""

    state: str | None = None
    trigger: str | None = None
    endpoint: str | None = None
    conversation: str | None = None


class AttemptAnswer(Struct, frozen=True, kw_only=True):
    """One try: how long it took, and what came back, or `why` it was no success."""

    number: int
    at: datetime
    took_ms: int
    status: int | None
    why: str | None
    answer: str | None


class DeliveryAnswer(Struct, frozen=True, kw_only=True):
    """One event on its way to one endpoint; `event` is the id in its body."""

    id: str
    state: DeliveryState
    trigger: str
    version: int
    step: int
    event: str
    conversation: str | None
    endpoint: str
    attempts: int
    due_at: datetime
    done_at: datetime | None


class DeliveryDetail(Struct, frozen=True):
    """A delivery and how it was tried, in order."""

    delivery: DeliveryAnswer
    tries: list[AttemptAnswer]


class DeliveryPage(Struct, frozen=True):
    """Deliveries; `next` is the cursor of the page after."""

    items: list[DeliveryAnswer]
    next: str | None


class Replay(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which deliveries to try again: those that are dead unless `state` says otherwise."""

    state: str | None = None
    trigger: str | None = None
    endpoint: str | None = None
    conversation: str | None = None


class Replayed(Struct, frozen=True):
    """How many are tried again."""

    count: int
