"""Keys and the workspace as they travel."""

from datetime import datetime
from typing import Annotated, Any, Final

from msgspec import Meta, Struct

_SCOPES: Final = Meta(description="None that the caller does not have.")
_LASTS: Final = Meta(description="When it ends by itself; never without.", examples=["90d"])
_TEXT: Final = Meta(description="The key, as `Authorization: Bearer` takes it; shown this once.")
_SETTINGS: Final = Meta(
    description="By the names that `GET /workspace` shows: durations as `30m`, `hours` with "
    "`zone`, `week` and `days`, `texts` with `key`, `language` and `text` (empty: ours again).",
    examples=[{"offer_time": "90s", "queue_alert": 20}],
)


class KeyRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new key."""

    name: str
    scopes: Annotated[list[str], _SCOPES]
    lasts: Annotated[str | None, _LASTS] = None


class KeyAnswer(Struct, frozen=True, kw_only=True):
    """A key without its secret."""

    id: str
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class NewKeyAnswer(Struct, frozen=True, kw_only=True):
    """A new key with its text."""

    key: KeyAnswer
    text: Annotated[str, _TEXT]


class KeyList(Struct, frozen=True, kw_only=True):
    """Every key, the oldest first, and the scopes that the caller may give."""

    items: list[KeyAnswer]
    scopes: list[str]


class WorkspaceAnswer(Struct, frozen=True, kw_only=True):
    """The workspace of the key."""

    id: str
    name: str
    settings: Annotated[dict[str, Any], _SETTINGS]


class WorkspaceChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings that shall change; conversations under way keep their times."""

    settings: Annotated[dict[str, Any], _SETTINGS]


class DrainChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether a channel takes no new conversations; those that it has go on."""

    draining: bool
