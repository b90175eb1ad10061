"""The webhooks' server of the tests in its process, which can be killed, and what it has kept."""

import json
import os
import subprocess
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import trio
from attrs import define, field, frozen

from tests.e2e.leash import LEASHED, leash
from tests.engagement.hook_server import FOR_EVER, SECRET

ROOT = Path(__file__).parents[2]


@frozen
class Kept:
    """One POST as it was kept: its `webhook-id`, and its event's id; None if wrongly signed."""

    id: str
    event: str | None


@define(eq=False)
class HookBox:
    """Where the server listens while it runs, and what it keeps."""

    port: int
    file: Path
    secret: str = field(default="", repr=False)
    _process: trio.Process | None = None

    @property
    def url(self) -> str:
        """Where webhooks go."""
        return f"http://127.0.0.1:{self.port}/hooks"

    async def start(self, last: int = FOR_EVER) -> None:
        """Run the server; after `last` POSTs it dies of the last one, kept and not answered."""
        command = [*LEASHED, "tests.engagement.hook_server", str(self.port), str(self.file)]
        process = await trio.lowlevel.open_process(
            [*command, str(last)],
            stdin=leash(),
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, SECRET: self.secret},
        )
        self._process = process
        stdout = process.stdout
        assert stdout is not None
        async with stdout:
            assert await stdout.receive_some(), "the webhooks' server ended"

    async def died(self) -> None:
        """Return once it has died."""
        assert self._process is not None
        await self._process.wait()

    async def kill(self) -> None:
        """End it as a power cut would; harmless when it is dead."""
        if self._process is not None:
            self._process.kill()
            await self.died()

    def kept(self) -> list[Kept]:
        """Return every POST, the oldest first."""
        text = self.file.read_text() if self.file.exists() else ""
        whole = text[: text.rfind("\n") + 1]  # the last one may be on its way
        return [Kept(**json.loads(line)) for line in whole.splitlines()]


@asynccontextmanager
async def hook_box(port: int, folder: Path) -> AsyncIterator[HookBox]:
    """Have a server that is not started yet, and none after the block."""
    box = HookBox(port, folder / "webhooks.jsonl")
    try:
        yield box
    finally:
        with trio.CancelScope(shield=True):
            await box.kill()


def unlike_once(kept: Sequence[Kept], happened: Collection[str]) -> list[str]:
    """Say where what was kept is not each event once by its `webhook-id`."""
    by_id: dict[str, set[str | None]] = {}
    for each in kept:
        by_id.setdefault(each.id, set()).add(each.event)
    events = [event for found in by_id.values() for event in found]
    problems = [f"{id} had several bodies" for id, found in by_id.items() if len(found) > 1]
    problems += [f"{event} came under several ids" for event in _several(events)]
    problems += [f"{event} is lost" for event in sorted({*happened} - {*events})]
    problems += [
        f"{event} never happened" for event in sorted({*filter(None, events)} - {*happened})
    ]
    if None in events:
        problems.append("a POST was wrongly signed")
    return problems


def _several(events: Sequence[str | None]) -> list[str]:
    return sorted({each for each in events if each is not None and events.count(each) > 1})
