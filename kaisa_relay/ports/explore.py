"""Explore as the API, the exports and the reports have it."""

from collections.abc import Sequence
from typing import Final, Protocol

from attrs import field, frozen

from kaisa_relay.domain.explore.filtering import Filter
from kaisa_relay.domain.ids import WorkspaceId

COUNTED: Final = 1_000
"""Conversations that a list counts; of more it says that there are more."""


class TooSlow(Exception):
    """What was asked takes longer than anybody should wait."""


@frozen
class Sort:
    """An order of conversations: by one of `fields.SORTABLE`, then by id; what is empty is last."""

    field: str = "created_at"
    descending: bool = True


@frozen
class Cursor:
    """The last conversation of a page: what it was sorted by (None: empty), and its id."""

    value: float | None
    id: int


@frozen
class Page:
    """At most so many conversations in an order, from after a cursor on."""

    most: int
    sort: Sort = Sort()
    after: Cursor | None = None


@frozen
class Person:
    """Somebody's name and E.164 number; both None once they are erased."""

    name: str | None = field(repr=False)
    phone: str | None = field(repr=False)


@frozen
class Summary:
    """A conversation in columns, named and counted as `domain.explore.fields` has them.

    Instants are microseconds of Unix time. `metadata` is the JSON that it was created with.
    """

    id: int
    status: str
    reason: str | None
    outcome: str | None
    value: float | None
    currency: str | None
    channel: int
    visitor: int
    form: int
    agent: int | None
    language: str
    strategy: str
    created_at: int
    started_at: int | None
    offered_at: int | None
    queued_at: int | None
    accepted_at: int | None
    replied_at: int | None
    ended_at: int | None
    last_at: int
    offers: int
    declined: int
    missed: int
    unreached: int
    transfers: int
    resumed: int
    links: int
    recovered: int
    from_visitor: int
    from_agent: int
    from_team: int
    undelivered: int
    visitor_person: Person
    agent_person: Person
    metadata: bytes | None = field(repr=False)


@frozen
class Total:
    """How many there are; not `exact` where counting stopped at so many."""

    number: int
    exact: bool


class Explore(Protocol):
    """What the read model is asked. All of it raises `StoreUnavailable`."""

    async def conversations(self, of: WorkspaceId, which: Filter, page: Page) -> Sequence[Summary]:
        """Return a page of the conversations meant. Those that arrive meanwhile move nothing."""
        ...

    async def total(self, of: WorkspaceId, which: Filter, most: int | None = COUNTED) -> Total:
        """Count the conversations meant, up to so many."""
        ...
