"""Triggers, endpoints and deliveries as they travel."""

from datetime import datetime
from typing import Annotated, Any, Final

from msgspec import UNSET, Meta, Struct, UnsetType

from kaisa_relay.api.shapes import PageQuery
from kaisa_relay.domain.engagement.actions import Kind
from kaisa_relay.ports.engagement import DeliveryState

TYPES: Final = Meta(
    description="Events' types; `conversation.*` is all that begin so.",
    examples=[["conversation.abandoned", "conversation.failed"]],
)
WHEN: Final = Meta(
    description="A comparison, or `all`, `any` or `not` of such. A comparison has a `field` that "
    "begins with `event.`, `conversation.` or `metadata.`, and one of `eq`, `in`, `lt`, `lte`, "
    "`gt`, `gte`, `contains`, `exists`.",
    examples=[{"all": [{"field": "event.data.reason", "eq": "unscanned"}]}],
)
HOURS: Final = Meta(
    description="Quiet hours of every day; what falls into them waits for their end.",
    examples=[{"zone": "Europe/Stockholm", "quiet": "21:00-08:00"}],
)
LIMIT: Final = Meta(
    description="How often it starts for one visitor, at most; what is beyond ends as cancelled.",
    examples=[{"times": 1, "per": "7d"}],
)
STEPS: Final = Meta(
    description="What is done, and how long `after` the event (at once without it).",
    examples=[
        [
            {"after": "30m", "actions": [{"webhook": "end_01jd3v8k2m4qa"}]},
            {
                "after": "2h",
                "actions": [
                    {
                        "email": "end_01jd3v8k2m4qb",
                        "to": "{{ metadata.email }}",
                        "subject": {"en": "Your question", "sv": "Din fråga"},
                        "text": {"en": "Hi {{ visitor.first_name }}, …", "sv": "Hej …"},
                    }
                ],
            },
        ]
    ],
)
_URL: Final = Meta(
    description="A webhook's: https, and not in a private network. A mail server's: "
    "its scheme is `smtps` (TLS, port 465) or `smtp` (STARTTLS, port 587). A provider's of "
    "text messages: https; Twilio's is `api.twilio.com`."
)
_KIND: Final = Meta(
    description="`webhook`, `email` (a mail server that sends for you) or `sms` (a provider)."
)
_SENDER: Final = Meta(
    description="Who sends: a mailbox, or a number or name for text messages.",
    examples=["Acme <hello@acme.example>", "+46766860000", "Acme"],
)
_PROVIDER: Final = Meta(description="Of text messages: `twilio`, or `http` for any other.")
_ACCOUNT: Final = Meta(description="Twilio's account SID (AC…).")
_REQUEST: Final = Meta(
    description="How the provider `http` is asked: `format` (`json`, `form`, `query`), `method`, "
    "`body` with places for `to`, `text`, `sender` and `id`, and what `success` looks like.",
    examples=[
        {
            "format": "form",
            "body": {"from": "{{ sender }}", "to": "{{ to }}", "message": "{{ text }}"},
            "success": {"field": "answer.status", "eq": "created"},
        }
    ],
)
_HEADERS: Final = Meta(description="Go with each message; shown by their names only.")
_SECRET: Final = Meta(description="Signs after Standard Webhooks; shown this once.")


class TriggerRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A trigger: events that start it, and the steps that follow."""

    name: str
    on: Annotated[list[str], TYPES]
    steps: Annotated[list[dict[str, Any]], STEPS]
    enabled: bool = True
    when: Annotated[dict[str, Any] | UnsetType, WHEN] = UNSET
    unless: Annotated[list[str] | UnsetType, TYPES] = UNSET
    hours: Annotated[dict[str, Any] | UnsetType, HOURS] = UNSET
    limit: Annotated[dict[str, Any] | UnsetType, LIMIT] = UNSET


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
    limit: dict[str, Any] | UnsetType = UNSET


class StepAnswer(Struct, frozen=True, kw_only=True):
    """What a step (from 0) of one version has led to: events that started it, what got through,
    links that were made, those by which somebody wrote, and those whom an agent then accepted."""

    version: int
    step: int
    started: int
    delivered: int
    links: int
    recovered: int
    accepted: int


class StepList(Struct, frozen=True):
    """Every version and step that led to anything, in order; what ended is counted for 30 days."""

    items: list[StepAnswer]


class TriggerList(Struct, frozen=True):
    """Every trigger, the oldest first."""

    items: list[TriggerAnswer]


class EndpointRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where webhooks shall go, or who mails and text messages shall be handed to."""

    url: Annotated[str, _URL]
    kind: Annotated[str, _KIND] = Kind.WEBHOOK.value
    user: str | None = None
    password: str | None = None
    sender: Annotated[str | None, _SENDER] = None
    provider: Annotated[str | None, _PROVIDER] = None
    account: Annotated[str | None, _ACCOUNT] = None
    request: Annotated[dict[str, Any] | None, _REQUEST] = None
    headers: Annotated[dict[str, str] | None, _HEADERS] = None


class EndpointChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shall change; `enabled` true switches on again what answered 410."""

    url: Annotated[str | None, _URL] = None
    enabled: bool | None = None
    user: str | None = None
    password: str | None = None
    sender: Annotated[str | None, _SENDER] = None
    account: Annotated[str | None, _ACCOUNT] = None
    request: Annotated[dict[str, Any] | None, _REQUEST] = None
    headers: Annotated[dict[str, str] | None, _HEADERS] = None


class EndpointTest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who gets the example; an endpoint for mails or text messages needs it."""

    to: str | None = None


class EndpointAnswer(Struct, frozen=True, kw_only=True):
    """An endpoint. `disabled_by` is `gone` (it answered 410) or `you`.

    `failures` are those in a row that were seen since the relay's last start; after five the
    endpoint is left alone, and from `rests_until` tried with one delivery at a time.
    """

    id: str
    kind: Annotated[Kind, _KIND]
    url: str
    created_at: datetime
    disabled_at: datetime | None
    disabled_by: str | None
    user: str | None = None
    sender: Annotated[str | None, _SENDER] = None
    provider: Annotated[str | None, _PROVIDER] = None
    account: Annotated[str | None, _ACCOUNT] = None
    request: Annotated[dict[str, Any] | None, _REQUEST] = None
    header_names: list[str] | None = None
    failures: int = 0
    rests_until: datetime | None = None
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
    """One event on its way to one endpoint, or on a channel (null); `event` is its id."""

    id: str
    state: DeliveryState
    trigger: str
    version: int
    step: int
    event: str
    conversation: str | None
    endpoint: str | None
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
