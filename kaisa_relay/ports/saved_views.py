"""Saved views of Explore: a workspace's own, kept whatever becomes of the read model."""

from collections.abc import Sequence
from typing import Final, Protocol

from attrs import frozen

from kaisa_relay.domain.explore.views import View
from kaisa_relay.domain.ids import ViewId, WorkspaceId

MOST_VIEWS: Final = 200
"""Views of a workspace."""


@frozen
class TooManyViews:
    """A workspace has enough."""

    most: int


class Views(Protocol):
    """Kept views; all of a workspace see them. Raises `StoreUnavailable`."""

    def new_id(self) -> ViewId:
        """Return an id for a view that is to be kept."""

    async def all(self, of: WorkspaceId) -> Sequence[View]:
        """Return them by their names."""

    async def keep(self, of: WorkspaceId, view: View) -> View | TooManyViews:
        """Keep a view; another of the same name and place gives way to it, but for its id."""

    async def drop(self, of: WorkspaceId, id: ViewId) -> bool:
        """Forget one; says whether it was there."""
