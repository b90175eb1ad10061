"""Saved views as they travel."""

from typing import Annotated

from msgspec import Meta, Struct

_PLACE = Meta(description="Where it is looked at: `explore`, the list, or `reports`.")
_QUERY = Meta(
    description="What stands after `?` in the list's address, or in a report's: "
    "`status=closed&created_at[gte]=2026-11-01T00:00:00Z`."
)


class ViewRequest(Struct, frozen=True, kw_only=True):
    """What is to be kept under a name. One of the same name and place is replaced."""

    name: str
    place: Annotated[str, _PLACE]
    query: Annotated[str, _QUERY] = ""


class ViewAnswer(Struct, frozen=True, kw_only=True):
    """A view, which everybody of the workspace sees."""

    id: str
    name: str
    place: Annotated[str, _PLACE]
    query: Annotated[str, _QUERY]


class ViewList(Struct, frozen=True, kw_only=True):
    """All views, by their names."""

    items: list[ViewAnswer]
