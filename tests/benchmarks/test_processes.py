"""The measured process has its core, all its threads included, whichever thread started it."""

import os
from pathlib import Path

import trio

from benchmarks import processes


def tasks(pid: int) -> list[int]:
    """The threads of a process."""
    return [int(task.name) for task in Path(f"/proc/{pid}/task").iterdir()]


async def test_a_process_runs_on_its_cores_alone() -> None:
    everywhere = os.sched_getaffinity(0)
    cores, _ = processes.split_cores()
    await trio.to_thread.run_sync(lambda: None)  # a thread is there that runs on all cores
    process = await processes.start(["http.server", "0", "--bind", "127.0.0.1"], {}, cores)
    try:
        assert all(os.sched_getaffinity(task) == cores for task in tasks(process.pid))
        assert os.sched_getaffinity(0) == everywhere
    finally:
        await processes.end(process)
