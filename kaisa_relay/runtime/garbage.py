"""Garbage collection as a decision: young objects as they come, old ones when there is time.

Rule 1: what the start leaves behind lives as long as the process, and is not looked at again.
Rule 2: a full collection stops everything (2 s with 100,000 live actors were seen), so it waits
for an idle moment, but not for ever.
"""

import gc
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import trio
from attrs import define, field

YOUNG: Final = 50_000
"""Objects more than at the last look that make one of the youngest worth it; nearly all of ours
die by their count of references, and Python's own 700 cost a tenth of all CPU."""
MIDDLE: Final = 5
"""Looks at the youngest for one at those that survived it: some 40 ms at the most."""
NEVER: Final = 1 << 30
EVERY: Final = 60.0
AT_LATEST: Final = 3600.0
"""Seconds between two full collections, and how long one waits for an idle moment."""
IDLE_WORK: Final = 5
"""Units of work in a second that still count as idle."""


@define(eq=False)
class GarbageCollection:
    """Collects while it runs, and remembers the longest pause; `work` counts what was done."""

    work: Callable[[], int]
    longest_pause: float = field(default=0.0, init=False)
    """Seconds."""
    _began: float = field(default=0.0, init=False)

    async def run(self, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Decide until cancelled; afterwards Python collects as usual."""
        usual = gc.get_threshold()
        gc.collect()
        gc.freeze()
        gc.set_threshold(YOUNG, MIDDLE, NEVER)
        gc.callbacks.append(self._note)
        task_status.started()
        try:
            while True:
                await trio.sleep(EVERY)
                with trio.move_on_after(AT_LATEST):
                    await self._wait_idle()
                gc.collect()
        finally:
            gc.callbacks.remove(self._note)
            gc.set_threshold(*usual)
            gc.unfreeze()

    async def _wait_idle(self) -> None:
        while True:
            before = self.work()
            await trio.sleep(1)
            if self.work() - before <= IDLE_WORK:
                return

    def _note(self, phase: str, _info: Mapping[str, Any]) -> None:
        now = time.perf_counter()
        if phase == "start":
            self._began = now
        else:
            self.longest_pause = max(self.longest_pause, now - self._began)
