"""Commands about who is not to be written to by triggers, and what they are answered with."""

from datetime import datetime

from attrs import field, frozen


@frozen
class AddSuppression:
    """Have triggers write there no more, by this way; a repeat is answered with what is there."""

    workspace: str
    way: str
    address: str = field(repr=False)


@frozen
class RemoveSuppression:
    """Let triggers write there again, by this way."""

    workspace: str
    way: str
    address: str = field(repr=False)


@frozen
class ListSuppressions:
    """Ask for a page of a workspace's list (name or id), the newest first, below an entry's id."""

    workspace: str
    below: str | None = None


@frozen
class SuppressionFacts:
    """An address that triggers do not write to, since when, and how we know."""

    id: str
    way: str
    address: str = field(repr=False)
    source: str
    at: datetime


@frozen
class Suppressions:
    """A page of the list; `more` says that others are below its last."""

    suppressions: tuple[SuppressionFacts, ...]
    more: bool


@frozen
class Allowed:
    """So many entries were taken off the list."""

    entries: int


SuppressionCommand = AddSuppression | RemoveSuppression | ListSuppressions
SuppressionResult = SuppressionFacts | Suppressions | Allowed
