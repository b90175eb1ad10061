"""Programs that tests start end with the tests, however those end: a time limit, or a kill.

Rule 1: the tests hold one end of a pipe and its programs watch the other; nobody writes to it.
"""

import os
import runpy
import signal
import sys
from functools import cache
from threading import Thread
from typing import Final

LEASHED: Final = (sys.executable, "-m", "tests.e2e.leash")
"""What to run a module by, named next, with `leash()` as its standard input."""


@cache
def leash() -> int:
    """Return the end of the pipe for the programs; the other is held as long as this process."""
    watched, _ = os.pipe()
    return watched


def _die_with_whoever_holds_it() -> None:
    os.read(sys.stdin.fileno(), 1)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    Thread(target=_die_with_whoever_holds_it, daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
