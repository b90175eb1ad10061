"""Every export over the read model: rows a second, by the clock and of this process's CPU."""

from collections.abc import Mapping
from resource import RUSAGE_SELF, getrusage
from time import perf_counter, process_time

from kaisa_relay.domain.explore.columns import Rows, usual
from kaisa_relay.domain.explore.filtering import Filter
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.explore import Exporting, Shelf
from kaisa_relay.ports.exports import Format, Wanted


async def export_all(shelf: Shelf, of: WorkspaceId) -> Mapping[str, Mapping[str, float]]:
    """Export all of a workspace as CSV and as JSON Lines; workbooks are bounded, and slow."""
    told: dict[str, Mapping[str, float]] = {}
    for rows in Rows:
        for format in (Format.CSV, Format.JSONL):
            wanted = Wanted(Filter(), rows, usual(rows), format)
            told[f"{rows}.{format}"] = await _export(shelf, of, wanted)
    return told


async def _export(shelf: Shelf, of: WorkspaceId, wanted: Wanted) -> Mapping[str, float]:
    began, worked, size, lines = perf_counter(), process_time(), 0, 0
    async for piece in Exporting(shelf).pieces(of, wanted):
        size, lines = size + len(piece), lines + piece.count(b"\n")
    wall, cpu = perf_counter() - began, process_time() - worked
    return {
        "rows": lines - (wanted.format is Format.CSV),
        "megabytes": round(size / 1e6, 1),
        "rows_per_second": round(lines / wall),
        "rows_per_cpu_second": round(lines / cpu),
        "peak_memory_megabytes": round(getrusage(RUSAGE_SELF).ru_maxrss / 1024),
    }
