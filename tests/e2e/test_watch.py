"""`kaisa-relay watch` as an operator runs it: a process in a terminal or a pipe, beside `serve`."""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import trio
from attrs import frozen

from kaisa_relay.domain.ids import from_text
from tests.e2e.house import ROOT, House, house
from tests.e2e.play import pairs, reserve
from tests.e2e.test_feed import latest
from tests.store.databases import sqlite_database

pytestmark = [pytest.mark.timeout(120)]


@frozen
class Watching:
    """A running `kaisa-relay watch` and the files that its two outputs go to."""

    process: trio.Process
    shown: Path
    said: Path

    def events(self) -> list[dict[str, Any]]:
        """Return what it has shown as JSON, in whole lines."""
        whole, _, _ = self.shown.read_text().rpartition("\n")
        return [json.loads(line) for line in whole.splitlines()]

    def numbers(self) -> list[int | None]:
        """Return the numbers of the events that it has shown."""
        return [from_text("evt", event["id"]) for event in self.events()]

    async def until(self, said: str) -> None:
        """Return once it has said so on standard error."""
        while said not in self.said.read_text():  # noqa: ASYNC110 - it is another process
            await trio.sleep(0.05)

    async def until_shown(self, number: int) -> None:
        """Return once it has shown this event."""
        while number not in self.numbers():  # noqa: ASYNC110 - it is another process
            await trio.sleep(0.05)

    async def interrupt(self) -> int:
        """Press Ctrl-C; returns the exit code."""
        self.process.send_signal(signal.SIGINT)
        return await self.process.wait()


def command(built: House, *arguments: str, text: str | None = None) -> Sequence[str]:
    """Return the command line that watches this relay, with its key or another text."""
    key = built.folder / "watcher.key"
    key.write_text(text or built.clients.key)
    url = f"http://{built.bind}"
    return (sys.executable, "-m", "kaisa_relay", "watch", "--key-file", str(key), "--url", url,
            *arguments)  # fmt: skip


async def watch(built: House, name: str, *arguments: str) -> Watching:
    """Start one that shows JSON."""
    shown, said = built.folder / f"{name}.out", built.folder / f"{name}.err"
    with shown.open("wb") as out, said.open("wb") as err:
        process = await trio.lowlevel.open_process(
            command(built, "--json", *arguments), stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            cwd=ROOT,
        )  # fmt: skip
    return Watching(process, shown, said)


async def test_it_resumes_over_a_restart_and_says_where_it_ended(tmp_path: Path) -> None:
    """Each event once over a stop and a start; Ctrl-C is clean, and names where to go on."""
    first, second, third = pairs(3)
    with sqlite_database() as url:
        async with house(url, tmp_path) as built:
            watching = await watch(built, "first")
            await watching.until("Watching.")
            await reserve(built, first)
            await watching.until_shown(latest(url))
            await built.stop()
            await watching.until("Reconnecting in")
            await built.start()
            await reserve(built, second)
            await watching.until_shown(latest(url))
            assert await watching.interrupt() == 0
            await reserve(built, third)
            position = watching.said.read_text().split("--after ")[-1].strip()
            after = await watch(built, "second", "--after", position)
            await after.until_shown(latest(url))
            assert await after.interrupt() == 0
            last = latest(url)
    assert "the relay is going away" in watching.said.read_text()
    assert "Traceback" not in watching.said.read_text() + after.said.read_text()
    seen = watching.numbers() + after.numbers()
    first_number = seen[0]
    assert first_number is not None
    assert seen == list(range(first_number, last + 1))


async def test_a_reader_that_leaves_the_pipe_ends_it_quietly(tmp_path: Path) -> None:
    """Also when all that was to be written had gone into the pipe, and nothing happens any more."""
    with sqlite_database() as url:
        async with house(url, tmp_path) as built:
            await reserve(built, pairs(1)[0])
            process = await trio.lowlevel.open_process(
                command(built), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, cwd=ROOT,
            )  # fmt: skip
            said, shown = process.stderr, process.stdout
            assert said is not None
            assert shown is not None
            heard = b""
            while b"Watching." not in heard:
                heard += await said.receive_some()
            await shown.aclose()
            async for more in said:
                heard += more
            assert await process.wait() == 0
    assert b"Traceback" not in heard
    assert b"BrokenPipe" not in heard


async def test_who_may_not_watch_is_told_so_in_one_line(tmp_path: Path) -> None:
    with sqlite_database() as url:
        async with house(url, tmp_path) as built:
            ended = await trio.run_process(
                command(built, text="kr_none_atall"),
                check=False,
                capture_stdout=True,
                capture_stderr=True,
                cwd=ROOT,
            )
    assert (ended.returncode, ended.stdout) == (1, b"")
    assert ended.stderr == b"Error: The relay refuses: the key is not valid\n"
