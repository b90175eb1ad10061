"""Explore's reports as the API and the dashboard have them."""

from typing import Final, Protocol
from zoneinfo import ZoneInfo

from attrs import field, frozen

from kaisa_relay.domain.explore.filtering import Filter
from kaisa_relay.domain.explore.grouping import Dimension
from kaisa_relay.domain.explore.reports import ReportName, Values
from kaisa_relay.domain.ids import WorkspaceId

MOST_GROUPS: Final = 500
"""Groups that a report is divided into; of more, those with the most conversations or offers."""


@frozen
class Wanted:
    """A report of the conversations that a filter means, divided by something or not."""

    name: ReportName
    which: Filter
    by: Dimension | None = None
    zone: ZoneInfo = field(factory=lambda: ZoneInfo("UTC"))
    is_divided: bool = True
    """Whether the groups are wanted beside the total."""


@frozen
class Group:
    """A part of a report; `key` is an id, a value, or as `grouping.written` has it.

    None is those that have no value. `label` is a person's name, where `key` is one's id.
    """

    key: str | int | None
    label: str | None = field(repr=False)
    values: Values


@frozen
class Report:
    """Every figure of a report, of all conversations meant and of each group; `more` were left."""

    total: Values
    groups: tuple[Group, ...]
    more: bool


class Reports(Protocol):
    """What the read model is asked. All of it raises `StoreUnavailable`."""

    async def report(self, of: WorkspaceId, wanted: Wanted) -> Report:
        """Return a report, on one snapshot."""
        ...
