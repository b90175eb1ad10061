"""Explore as it travels: conversations in columns, and how a list of them is asked for."""

from datetime import datetime
from typing import Annotated, Any, Final

from msgspec import Meta, Raw, Struct, defstruct

from kaisa_relay.api.shapes import PageQuery
from kaisa_relay.domain.explore.fields import FIELDS, SORTABLE, Field, Kind

_SORT: Final = Meta(
    description="What the list is ordered by, the largest first with a `-` before it; what has "
    f"none is last. One of: {', '.join(SORTABLE)}.",
    examples=["-created_at"],
)
_TEXT: Final = Meta(description="Words that all stand in one message of a visitor or agent.")
_SECONDS: Final = Meta(description="Seconds.")
_METADATA: Final = Meta(
    description="As it was given.", extra_json_schema={"type": ["object", "null"]}
)


class ExplorePerson(Struct, frozen=True):
    """Somebody, by our id; `name` and `phone` are null after erasure."""

    id: str
    name: str | None
    phone: str | None


class ExploreConversation(Struct, frozen=True, kw_only=True):
    """A conversation in columns, as the read model has it: some tenths of a second old.

    `agent` is who has it or had it last; `accepted_at` the first yes, `replied_at` the agent's
    first words after it, `queued_at` when nobody was free. `to_message` runs from `created_at` to
    `started_at`, `to_accept` from there to `accepted_at`, `to_reply` from there to `replied_at`,
    `duration` from `started_at` to `ended_at`. `unreached` are offers that did not arrive, `links`
    those that led back, `recovered` how often one was followed by words; `from_…` count messages,
    `undelivered` those that will not arrive.
    """

    id: str
    status: str
    reason: str | None
    outcome: str | None
    value: float | None
    currency: str | None
    channel: str
    visitor: ExplorePerson
    form: str
    agent: ExplorePerson | None
    language: str
    strategy: str
    created_at: datetime
    started_at: datetime | None
    offered_at: datetime | None
    queued_at: datetime | None
    accepted_at: datetime | None
    replied_at: datetime | None
    ended_at: datetime | None
    last_at: datetime
    to_message: Annotated[float | None, _SECONDS]
    to_accept: Annotated[float | None, _SECONDS]
    to_reply: Annotated[float | None, _SECONDS]
    duration: Annotated[float | None, _SECONDS]
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
    metadata: Annotated[Raw, _METADATA]


class ExploreTotal(Struct, frozen=True):
    """How many conversations are meant; not `exact` where there are more than was counted."""

    number: int
    exact: bool


class ExplorePage(Struct, frozen=True):
    """Conversations in the order asked for; `next` is the cursor of the page after this one.

    `total` is there on the first page alone.
    """

    items: list[ExploreConversation]
    next: str | None
    total: ExploreTotal | None


def _parameter(field: Field) -> tuple[str, Any, None]:
    ordered = field.kind not in (Kind.WORD, Kind.ID)
    operators = "`[not]`, `[exists]`" + (", `[lt]`, `[lte]`, `[gt]`, `[gte]`" if ordered else "")
    said = f"{field.kind.value.capitalize()}. {operators} may follow the name."
    return field.name, Annotated[str | None, Meta(description=said)], None


FILTERED: Final[list[Any]] = [
    ("text", Annotated[str | None, _TEXT], None),
    *(_parameter(each) for each in FIELDS.values()),
]
"""The parameters of a filter."""
_LISTED: Final[list[Any]] = [("sort", Annotated[str | None, _SORT], None), *FILTERED]
ExploreQuery: Final = defstruct("ExploreQuery", _LISTED, bases=(PageQuery,), frozen=True)
"""Which conversations. Every field may be compared, several times over; the same parameter given
again is an alternative; `metadata.KEY` is a member of the metadata, nested ones with dots."""
