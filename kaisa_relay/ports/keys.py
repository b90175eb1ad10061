"""Who may call the HTTP API.

Rule 1: a key belongs to one workspace, and nothing outside that workspace exists for it.
Rule 2: a scope allows what it says and implies no other.
"""

from enum import StrEnum
from typing import Final, Protocol

from attrs import frozen

from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.domain.requester import RequesterKind


class Scope(StrEnum):
    """What a key may be used for."""

    READ = "conversations:read"
    WRITE = "conversations:write"
    FEED = "feed:read"
    ENGAGEMENT = "engagement:manage"
    MANAGE = "workspace:manage"
    ERASE = "visitors:erase"


SCOPES: Final = frozenset(Scope)
"""Every scope there is; a key's `scopes` are texts, since older keys may hold others."""


@frozen
class ApiKey:
    """A key that is valid now. `id` is ours and may be logged; the secret is not in here.

    Whoever is signed in has one for each request, with the scopes of their role and the id of
    their account.
    """

    id: int
    workspace: WorkspaceId
    scopes: frozenset[str]
    holder: RequesterKind = RequesterKind.KEY


class Keys(Protocol):
    """The API keys as they are now: a revoked or expired one is unknown within a second."""

    async def authenticate(self, bearer: str) -> ApiKey | None:
        """Return the key whose secret this is (`kr_<prefix>_<secret>`), or None.

        Compares in constant time. Raises `StoreUnavailable`.
        """
        ...

    def valid(self, key: ApiKey) -> bool:
        """Say whether a key that was authenticated once is valid still, with all its scopes."""
        ...
