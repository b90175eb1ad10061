"""Processes as Linux counts them: their CPU time, their memory, the cores they run on.

Rule 1: whatever is started here is ended here, also when the benchmark fails.
"""

import os
import platform
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import trio

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_TURNS: Final = 3_000_000
STOP_WITHIN: Final = 30.0
"""Seconds that a child has between SIGTERM and SIGKILL."""


def cpu_seconds(pid: int) -> float:
    """Return the user and system time of a process, all its threads together."""
    return sum(_stat(pid)[11:13]) / _TICKS


def main_thread_seconds(pid: int) -> float:
    """Return the same for its first thread alone: where the event loop runs."""
    return sum(_stat(f"{pid}/task/{pid}")[11:13]) / _TICKS


def tree_cpu_seconds(pid: int) -> float:
    """Return the same for a process and its children, those that have ended included."""
    own = sum(_stat(pid)[11:15]) / _TICKS
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(tree_cpu_seconds(int(child)) for child in children)


def resident_bytes(pid: int) -> int:
    """Return the memory that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE


def most_resident_bytes(pid: int) -> int:
    """Return the most memory that a process has held so far."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise ProcessLookupError(pid)


def _stat(pid: int | str) -> list[int]:
    # The name, in parentheses, may hold anything; 11 and 12 are utime and stime after it.
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return [0, *map(int, after_name[1:15])]


def loop_ns() -> float:
    """Return the CPU nanoseconds of one turn of an empty loop: how fast this machine is now.

    Neighbours on the same core change it by half, and every CPU figure with it.
    """
    began = time.process_time()
    for _ in range(_TURNS):
        pass
    return 1e9 * (time.process_time() - began) / _TURNS


def machine() -> dict[str, object]:
    """Return what a number must be read with."""
    models = [
        line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    return {
        "processor": models[0].partition(":")[2].strip() if models else platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
        "loop_ns_before": round(loop_ns(), 1),
    }


def split_cores() -> tuple[set[int], set[int]]:
    """Return the cores of the measured process and those of the load: one, and all others."""
    cores = sorted(os.sched_getaffinity(0))
    return ({cores[-1]}, set(cores[:-1])) if len(cores) > 1 else (set(cores), set(cores))


@contextmanager
def pinned(cores: set[int]) -> Iterator[None]:
    """Run this thread, and what it starts meanwhile, on these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


async def start(
    arguments: Sequence[str], environment: Mapping[str, str], cores: set[int]
) -> trio.Process:
    """Start a Python module of ours as a process that runs on these cores; `end` it."""
    process = await trio.lowlevel.open_process(
        [sys.executable, "-m", *arguments], env={**os.environ, **environment}
    )
    # Trio forks in a thread of its own, whose cores `pinned` does not set.
    os.sched_setaffinity(process.pid, cores)
    return process


async def end(process: trio.Process) -> int:
    """Have a process end, and return its exit code; one that does not is killed."""
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
    with trio.CancelScope(shield=True):
        with trio.move_on_after(STOP_WITHIN):
            await process.wait()
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return process.returncode
