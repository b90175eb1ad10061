"""Previews and tests of triggers as they travel."""

from typing import Annotated, Any, Final

from msgspec import UNSET, Meta, Struct, UnsetType

from kaisa_relay.api.engagement.engagement_shapes import HOURS, LIMIT, STEPS, TYPES, WHEN
from kaisa_relay.domain.engagement.actions import Kind

_CONVERSATION: Final = Meta(
    description="Whose facts are used, with its last event of these types; an example without it. "
    "Needs the scope `conversations:read` as well.",
)
_METADATA: Final = Meta(description="The example's.", examples=[{"email": "vera@example.com"}])
_LANGUAGE: Final = Meta(description="Whose words are wanted, if not the visitor's.")


class PreviewRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A trigger as it would be saved, and what to try it on."""

    on: Annotated[list[str], TYPES]
    steps: Annotated[list[dict[str, Any]], STEPS]
    name: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    when: Annotated[dict[str, Any] | UnsetType, WHEN] = UNSET
    unless: Annotated[list[str] | UnsetType, TYPES] = UNSET
    hours: Annotated[dict[str, Any] | UnsetType, HOURS] = UNSET
    limit: Annotated[dict[str, Any] | UnsetType, LIMIT] = UNSET
    conversation: Annotated[str | UnsetType, _CONVERSATION] = UNSET
    metadata: Annotated[dict[str, Any] | UnsetType, _METADATA] = UNSET
    language: Annotated[str | UnsetType, _LANGUAGE] = UNSET


class PreviewedAction(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one action would send: a webhook's `body`, or words; or the `problem` with it."""

    step: int
    action: int
    after: str
    kind: Kind
    endpoint: str | None
    to: str | None = None
    subject: str | None = None
    text: str | None = None
    html: str | None = None
    body: dict[str, Any] | None = None
    template: str | None = None
    language: str | None = None
    parameters: list[str] | None = None
    problem: str | None = None


class PreviewAnswer(Struct, frozen=True, kw_only=True):
    """What a trigger would send because of `event`; it `starts` when `when` holds."""

    event: dict[str, Any]
    starts: bool
    actions: list[PreviewedAction]


class TrialRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which action to send, counted from 0, and to whom: an e-mail address, or a number."""

    to: str | None = None
    step: int = 0
    action: int = 0
    conversation: Annotated[str | None, _CONVERSATION] = None
    metadata: Annotated[dict[str, Any] | None, _METADATA] = None
    language: Annotated[str | None, _LANGUAGE] = None
