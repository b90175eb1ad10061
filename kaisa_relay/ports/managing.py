"""What a workspace's own administrators may manage without an operator.

Rule 1: everything is of one workspace; what belongs to another does not exist.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from attrs import field, frozen

from kaisa_relay.domain.ids import ChannelId, WorkspaceId


@frozen
class KeyView:
    """An API key without its secret; `id` is its public form."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@frozen
class NewKeyView:
    """A key with its text, which is shown this once."""

    key: KeyView
    text: str = field(repr=False)


@frozen
class WrongField:
    """What is wrong with one field, for its author to read."""

    field: str
    reason: str


@frozen
class WorkspaceView:
    """A workspace and its settings by name: durations as `30m`, hours and texts as objects."""

    id: str
    name: str
    settings: Mapping[str, Any]


class Managing(Protocol):
    """What is asked of the accounts. Raises `StoreUnavailable`."""

    async def keys(self, workspace: WorkspaceId) -> Sequence[KeyView]:
        """Return every key, the oldest first, revoked ones too."""
        ...

    async def add_key(
        self, workspace: WorkspaceId, name: str, scopes: tuple[str, ...], lasts: timedelta | None
    ) -> NewKeyView | WrongField:
        """Add a key with these scopes, which were checked."""
        ...

    async def revoke_key(self, workspace: WorkspaceId, id: str) -> bool:
        """Revoke a key; False when there is no such key."""
        ...

    async def workspace(self, workspace: WorkspaceId) -> WorkspaceView:
        """Return the workspace."""
        ...

    async def change_workspace(
        self, workspace: WorkspaceId, changes: Mapping[str, Any]
    ) -> WorkspaceView | Sequence[WrongField]:
        """Change these settings, all of them or none."""
        ...

    async def drain(self, channel: ChannelId, draining: bool) -> None:
        """Have a channel of the workspace take no new conversations, or take them again."""
        ...
