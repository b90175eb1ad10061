"""The command that erases a visitor, and its receipt."""

from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen


@frozen
class EraseVisitor:
    """Erase a visitor of a workspace (name or id): a number, or a contact's id.

    With `force` a conversation that they are in is ended first.
    """

    workspace: str
    who: str = field(repr=False)
    force: bool = False


@frozen
class VisitorErased:
    """The receipt of an erasure; `done_at` is None while it is under way."""

    id: str
    contact: str
    asked_at: datetime
    done_at: datetime | None
    removed: Mapping[str, int]
