"""Explore's reports as they travel, each with what its figures mean."""

from typing import Annotated, Any, Final

from msgspec import Meta, Struct, defstruct

from kaisa_relay.api.explore.shapes import FILTERED
from kaisa_relay.domain.explore.fields import METADATA
from kaisa_relay.domain.explore.grouping import BY

_BY: Final = Meta(
    description=f"What the report is divided by: {', '.join(BY)} or {METADATA}KEY. Those of agents "
    "and channels are always divided by these.",
)
_ZONE: Final = Meta(
    description="The time zone of hours, weekdays and days; without it that of the workspace's "
    "business hours, or UTC.",
    examples=["Europe/Stockholm"],
)
_COMPARE: Final = Meta(
    description="`true`: also the figures of as long a time before `created_at[gte]`."
)


class ReportFigure(Struct, frozen=True):
    """What a figure means; `unit` is count, share (of 1) or seconds."""

    name: str
    unit: str
    definition: str


class ReportGroup(Struct, frozen=True):
    """A part of a report; `key` is null for what has no value of what divides it.

    `label` is the name of the person whose id `key` is, null otherwise and after erasure.
    """

    key: str | None
    label: str | None
    values: dict[str, float | None]


class ReportAnswer(Struct, frozen=True, kw_only=True):
    """Figures of all conversations meant (`total`), of the period before, and of each group.

    Shares and times of nothing are null. The groups are the largest, or the latest days; `more`
    says that there are others.
    """

    report: str
    by: str | None
    zone: str
    figures: list[ReportFigure]
    total: dict[str, float | None]
    before: dict[str, float | None] | None
    groups: list[ReportGroup]
    more: bool


_ASKED: Final[list[Any]] = [
    ("by", Annotated[str | None, _BY], None),
    ("zone", Annotated[str | None, _ZONE], None),
    ("compare", Annotated[str | None, _COMPARE], None),
]
ReportQuery: Final = defstruct("ReportQuery", [*_ASKED, *FILTERED], frozen=True)
"""Which conversations, as for the list, and how they are divided."""
