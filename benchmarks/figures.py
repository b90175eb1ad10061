"""What Explore's reports cost: of one month and of everything, whole and divided."""

from collections.abc import Mapping
from time import perf_counter, process_time
from typing import Final
from zoneinfo import ZoneInfo

from kaisa_relay.domain.explore.filtering import Filter
from kaisa_relay.domain.explore.grouping import read_dimension
from kaisa_relay.domain.explore.reports import ReportName
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.explore import Reporting, Shelf
from kaisa_relay.ports.reports import Wanted

ASKED: Final = (
    (ReportName.FUNNEL, None),
    (ReportName.FUNNEL, "outcome"),
    (ReportName.FUNNEL, "hour"),
    (ReportName.FUNNEL, "metadata.car.model"),
    (ReportName.TIMES, None),
    (ReportName.TIMES, "weekday"),
    (ReportName.AGENTS, None),
    (ReportName.CHANNELS, None),
    (ReportName.ENGAGEMENT, None),
)
TARGET_MS: Final = 2_000
"""Of a report, at a million conversations (issue 7)."""
_ZONE: Final = ZoneInfo("Europe/Stockholm")


async def reports(
    shelf: Shelf, of: WorkspaceId, which: Filter
) -> Mapping[str, Mapping[str, float]]:
    """Return the milliseconds of each report, asked once: by the clock, and of CPU."""
    found = {}
    for name, by in ASKED:
        wanted = Wanted(name, which, None if by is None else read_dimension(by), _ZONE)
        began, worked = perf_counter(), process_time()
        await Reporting(shelf).report(of, wanted)
        wall, cpu = perf_counter() - began, process_time() - worked
        told = name if by is None else f"{name} by {by}"
        found[told] = {"ms": round(1000 * wall, 1), "cpu_ms": round(1000 * cpu, 1)}
    return found
