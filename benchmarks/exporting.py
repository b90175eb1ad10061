"""Every export over the read model, each in a process of its own, as jobs and commands make them:
rows a second, by the clock and of that process's CPU, and the most memory that it had.

    python -m benchmarks.exporting DATABASE_URL ROWS FORMAT [NAME=VALUE]…
"""

import gc
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

import msgspec
import trio

from kaisa_relay.domain.explore.columns import Rows
from kaisa_relay.domain.explore.wanted import Format, Wanted, read_wanted
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.explore.exports.filling import fill, open_sink
from kaisa_relay.explore.exports.job_rows import Progress
from kaisa_relay.explore.model.beside import open_beside
from kaisa_relay.runtime.garbage import MIDDLE, YOUNG

OF: Final = WorkspaceId(1)
MOST_MEGABYTES: Final = 200
"""Of memory, whatever the number of rows (issue 7)."""
A_MONTH: Final = "created_at[gte]=2026-01-01T00:00:00Z", "created_at[lt]=2026-02-01T00:00:00Z"
PLAN: Final = (
    *((Rows.CONVERSATIONS, format) for format in (Format.CSV, Format.JSONL, Format.PARQUET)),
    (Rows.MESSAGES, Format.CSV),
    (Rows.MESSAGES, Format.PARQUET),
    (Rows.OFFERS, Format.CSV),
)
"""A workbook is made of a month besides: its cells take ten times as long."""


async def export_all(url: str) -> Mapping[str, Mapping[str, float]]:
    """Export all of a workspace in several forms, one after the other."""
    told = {f"{rows}.{format}": await _in_child(url, rows, format) for rows, format in PLAN}
    book = await _in_child(url, Rows.CONVERSATIONS, Format.XLSX, *A_MONTH)
    return {**told, "a month of conversations.xlsx": book}


async def _in_child(url: str, *asked: str) -> Mapping[str, float]:
    command = [sys.executable, "-m", "benchmarks.exporting", url, *asked]
    done = await trio.run_process(command, capture_stdout=True)
    return msgspec.json.decode(done.stdout, type=dict[str, float])


def main(url: str, rows: str, format: str, *conditions: str) -> None:
    """Make one and print what it took."""
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE)  # as the relay has it
    pairs = (each.partition("=") for each in conditions)
    named = [("rows", rows), ("format", format), *((name, value) for name, _, value in pairs)]
    wanted = read_wanted(named)
    assert isinstance(wanted, Wanted), wanted
    print(msgspec.json.encode(trio.run(_export, url, wanted)).decode())


async def _export(url: str, wanted: Wanted) -> Mapping[str, float]:
    async with open_beside(url) as shelf:
        with tempfile.TemporaryDirectory() as folder:
            began, worked = perf_counter(), process_time()
            with (Path(folder) / "export").open("w+b") as file:
                sink = await trio.to_thread.run_sync(partial(open_sink, file, wanted, Path(folder)))
                made = await fill(shelf, OF, wanted, sink, _tell_nobody)
                file.flush()
                size = file.seek(0, 2)
            wall, cpu = perf_counter() - began, process_time() - worked
    return {
        "rows": made.written,
        "megabytes": round(size / 1e6, 1),
        "rows_per_second": round(made.written / wall),
        "rows_per_cpu_second": round(made.written / cpu),
        "peak_memory_megabytes": _peak(),
    }


def _peak() -> int:
    """Return the most memory that this process had; getrusage begins with its parent's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (most,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return round(int(most) / 1024)


async def _tell_nobody(progress: Progress) -> None:
    """Nobody looks."""


if __name__ == "__main__":
    main(*sys.argv[1:])
