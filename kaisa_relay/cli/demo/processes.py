"""Child processes: started until they are ready, watched, and ended in order.

Rule 1: a child has a session of its own, so a Ctrl-C reaches only us, and we end each in its turn.
Rule 2: what a child says goes into its log file, which outlives it.
"""

import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

import trio
from attrs import define, field, frozen

STARTING: Final = 30.0
"""Seconds within which a child must say that it is ready."""
STOPPING: Final = 25.0
"""Seconds to stop in order; `serve` itself allows 10 for requests and 10 for sends."""
LOOK_AGAIN: Final = 0.02
RUNNER: Final = (sys.executable, "-m", "kaisa_relay")
"""What runs a program of ours, before its arguments."""
SHOWN_LINES: Final = 15


@frozen
class Program:
    """`python -m kaisa_relay …` with its whole environment.

    `ready` matches what it says once it serves; its first group is the URL.
    """

    name: str
    arguments: tuple[str, ...]
    ready: re.Pattern[str]
    environment: Mapping[str, str] = field(repr=False)  # holds secrets


class ChildDied(Exception):
    """A child ended, or never became ready; the text has its last lines."""


@define(eq=False)
class Child:
    """One run of a program."""

    program: Program
    log: Path
    process: trio.Process
    _said_before: int
    url: str = ""

    async def wait_ready(self) -> None:
        """Return once it serves. Raises `ChildDied` when it ends before, or takes too long."""
        with trio.move_on_after(STARTING):
            while not (said := self.program.ready.search(self._said())):
                if self.process.poll() is not None:
                    raise self.death()
                await trio.sleep(LOOK_AGAIN)
            self.url = said[1]
            return
        raise ChildDied(f"{self.program.name} was not ready in {STARTING:.0f} s{self._tail()}")

    async def watch(self) -> None:
        """Raise `ChildDied` when it ends by itself."""
        await self.process.wait()
        raise self.death()

    def death(self) -> ChildDied:
        """Return what to say of a child that has ended."""
        ended = f"{self.program.name} ended with code {self.process.returncode}"
        return ChildDied(ended + self._tail())

    async def stop(self) -> None:
        """End it: asked first, then killed; of one that has ended already it asks nothing."""
        with trio.CancelScope(shield=True):
            self.process.terminate()
            with trio.move_on_after(STOPPING):
                await self.process.wait()
            await self.kill()

    async def kill(self) -> None:
        """End it as a power cut would, with nothing said to it."""
        self.process.kill()
        await self.process.wait()

    def _said(self) -> str:
        with self.log.open("rb") as file:
            file.seek(self._said_before)
            return file.read().decode(errors="replace")

    def _tail(self) -> str:
        lines = self._said().splitlines()[-SHOWN_LINES:]
        return "".join(f"\n  {line}" for line in (*lines, f"(its log is {self.log})"))


@asynccontextmanager
async def running(program: Program, folder: Path) -> AsyncIterator[Child]:
    """Run a program from ready to the end of the block; its log is in `folder`."""
    child = await launch(program, folder)
    try:
        await child.wait_ready()
        yield child
    finally:
        await child.stop()


async def launch(
    program: Program,
    folder: Path,
    runner: Sequence[str] = RUNNER,
    stdin: int = subprocess.DEVNULL,
) -> Child:
    """Start a program, which the caller must `stop` or `kill`; its log grows from run to run."""
    log = folder / f"{program.name}.log"
    with _appending(log) as output:
        said_before = os.fstat(output.fileno()).st_size
        start = partial(
            trio.lowlevel.open_process,
            (*runner, *program.arguments),
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=program.environment,
            start_new_session=True,
        )
        return Child(program, log, await start(), said_before)


def _appending(log: Path) -> BinaryIO:
    return log.open("ab")
