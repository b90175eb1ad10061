"""The demo as people and programs run it: real processes, from start to end."""

import contextlib
import json
import os
import re
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trio
from attrs import frozen

from kaisa_relay.accounts.commands import WorkspaceSettings
from kaisa_relay.cli.demo.accounts import Customer
from kaisa_relay.cli.demo.cast import LINES
from kaisa_relay.cli.demo.people import Arrival, Person
from kaisa_relay.cli.demo.processes import ChildDied, Program, launch, running
from kaisa_relay.cli.demo.programs import RelayConfig
from kaisa_relay.cli.demo.screen import Dark
from kaisa_relay.cli.demo.stage import Binds, staged
from kaisa_relay.cli.demo.summary import Messages, Played, Summary
from kaisa_relay.cli.demo.yours import NEXT_VISITOR, YourTurn
from kaisa_relay.settings import child_environment
from tests.store.databases import postgres_database

pytestmark = pytest.mark.timeout(240)

PLANNED = {"accepted": 1, "declined": 1, "expired": 1}
QUEUED = {"accepted": 1, "declined": 1}


@frozen
class Ran:
    """How a demo ended."""

    code: int
    out: str
    errors: str


async def demo(folder: Path, *arguments: str) -> Ran:
    """Run `demo` to its end, with its temporary files in `folder`."""
    done = await trio.run_process(
        (sys.executable, "-m", "kaisa_relay", "demo", *arguments),
        check=False,
        capture_stdout=True,
        capture_stderr=True,
        env=child_environment({"TMPDIR": str(folder)}),
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def summary_of(ran: Ran) -> dict[str, Any]:
    """The JSON, which must be all that is on standard output."""
    assert ran.code == 0, ran.errors + ran.out
    (line,) = ran.out.splitlines()
    summary: dict[str, Any] = json.loads(line)
    return summary


def check(summary: dict[str, Any], messages: int) -> None:
    """All four chats went as planned, and the one that nobody scanned was won back once."""
    assert summary["ok"] is True
    assert summary["problems"] == []
    chats = summary["conversations"]
    assert [chat["ended_by"] for chat in chats] == ["agent", "api", "agent", "agent"]
    assert [chat["language"] for chat in chats] == ["en", "sv", "es", "sv"]
    assert [chat["queued"] for chat in chats] == [False, False, True, False]
    assert [chat["offers"] for chat in chats] == [PLANNED, PLANNED, QUEUED, {"accepted": 1}]
    assert summary["recovery"]["text_messages"] == 1
    (counted,) = summary["recovery"]["counted"]
    assert (counted["recovered"], counted["accepted"]) == (1, 1)
    for chat in chats:
        assert chat["exactly_once"] is True
        assert chat["status"] == "closed"
        assert chat["messages"] == {"to_agent": messages, "to_visitor": messages}
        assert chat["post_to_offer_ms"] > 0
    assert 0 < summary["relay_latency_ms"]["p50"] <= summary["relay_latency_ms"]["p95"]


async def test_once(tmp_path: Path) -> None:
    """One JSON line, and nothing left behind; coverage sees the demo, its relay, and WhatsApp."""
    summary = summary_of(await demo(tmp_path, "--once", "--json", "--messages", "3"))
    check(summary, messages=3)
    assert (summary["database"], summary["faults_struck"]) == ("sqlite", {})
    assert os.listdir(tmp_path) == []


async def test_once_with_faults_on_postgresql(tmp_path: Path) -> None:
    """Repeats, delays, overtaking, errors and lost answers change nothing that people see."""
    with postgres_database() as url:
        faulty = ("--faults", "--seed", "11", "--database-url", url)
        summary = summary_of(await demo(tmp_path, "--once", "--json", *faulty))
    check(summary, messages=5)
    assert (summary["database"], summary["seed"]) == ("postgresql", 11)
    assert os.listdir(tmp_path) == []
    struck = summary["faults_struck"]
    assert {"duplicate_webhook", "reorder_webhook", "drop_first_attempt"} <= struck.keys()


# --- ends that nobody wished for


def children_of(parent: int) -> dict[int, str]:
    """The children of a process, with their command lines."""
    found = {}
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            stat = (folder / "stat").read_text()
            if int(stat.rpartition(")")[2].split()[1]) == parent:
                words = (folder / "cmdline").read_text().split("\0")
                found[int(folder.name)] = " ".join(words)
    return found


def running_of(processes: Iterable[int]) -> list[int]:
    """Those of these processes that are still there."""
    return [pid for pid in processes if Path(f"/proc/{pid}").exists()]


@asynccontextmanager
async def demo_with_relay(folder: Path, errors: Path) -> AsyncIterator[tuple[trio.Process, int]]:
    """A demo under way: its process, and the pid of its relay, which serves already."""
    with errors.open("wb") as stderr, (folder / "out").open("wb") as stdout:
        start = partial(trio.lowlevel.open_process, stdout=stdout, stderr=stderr)
        process = await start(
            (sys.executable, "-m", "kaisa_relay", "demo", "--once", "--keep", str(folder))
        )
        try:
            await until(lambda: "serving" in _read(folder / "relay.log"))
            serving = [pid for pid, line in children_of(process.pid).items() if "serve" in line]
            yield process, serving[0]
        finally:
            process.kill()
            await process.wait()


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


async def test_a_child_that_dies_ends_the_demo(tmp_path: Path) -> None:
    """It says which one, with its last lines and where its log is; the other one is ended."""
    async with demo_with_relay(tmp_path, tmp_path / "errors") as (process, relay):
        others = children_of(process.pid).keys() - {relay}
        os.kill(relay, signal.SIGKILL)
        assert await process.wait() == 1
    said = _read(tmp_path / "errors")
    assert "relay ended with code -9" in said
    assert '"event": "serving"' in said
    assert str(tmp_path / "relay.log") in said
    assert not running_of(others)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_everything_in_order(tmp_path: Path, stop: signal.Signals) -> None:
    """No process is left, the relay stopped by itself, and it is no success."""
    async with demo_with_relay(tmp_path, tmp_path / "errors") as (process, _):
        children = children_of(process.pid)
        assert len(children) == 2
        process.send_signal(stop)
        process.send_signal(stop)  # who is impatient changes nothing
        assert await process.wait() == 1
    assert "stopped before the end of the play" in _read(tmp_path / "errors")
    assert not running_of(children)
    assert '"event": "stopped"' in _read(tmp_path / "relay.log")


def relay_that_cannot_start() -> Program:
    return Program("relay", ("serve",), re.compile("never"), child_environment({}))


async def test_a_child_that_cannot_start_says_why(tmp_path: Path) -> None:
    """Each run speaks for itself in the same log; to end a dead one, even twice, is harmless."""
    with pytest.raises(ChildDied, match="KAISA_SECRET_KEY is missing"):
        async with running(relay_that_cannot_start(), tmp_path):
            pass
    first = len(_read(tmp_path / "relay.log"))
    child = await launch(relay_that_cannot_start(), tmp_path)
    await child.process.wait()
    await child.stop()
    await child.kill()
    assert len(_read(child.log)) == 2 * first
    assert str(child.death()).count("KAISA_SECRET_KEY is missing") == 1


# --- the user's own turn


class Lines(Dark):
    """Keeps what is said, and what arrives."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.arrived: list[tuple[str, str]] = []

    def says(self, text: str) -> None:
        self.said.append(text)

    def heard(self, writer: Person | None, reader: Person, arrival: Arrival) -> None:
        self.arrived.append((reader.name, arrival.text))

    def holds(self, reader: str, count: int) -> bool:
        """Whether so much has arrived on somebody's phone."""
        return sum(name == reader for name, _ in self.arrived) >= count


PLAYED = Customer("demo", WorkspaceSettings(), LINES)
HAS_ARRIVED = {
    3: ("Axel Agent", 3),
    4: ("Vera Visitor", 3),
}
"""What a person waits for before the next command: the messages; a command waits for the offer."""


async def until(so: Callable[[], bool]) -> None:
    """Return once it is so; other processes make it so."""
    while not so():  # noqa: ASYNC110 - they cannot set an event of ours
        await trio.sleep(0.02)


def earlier() -> Summary:
    """What was played before, as far as it is shown."""
    chat = Played(
        visitor="Emma",
        language="en",
        agent="Kaisa",
        id="cnv_06ya0m6er0000",
        status="closed",
        ended_by="agent",
        queued=False,
        offers={"accepted": 1},
        messages=Messages(5, 5),
        exactly_once=True,
        post_to_offer_ms=None,
        relay_latency_ms=None,
    )
    return Summary(True, (), "sqlite", 1, 1.0, None, (chat,))


async def shell(setting: Sequence[str], command: str) -> str:
    """Run one line in a shell with these variables, and return what it prints."""
    script = "\n".join((*setting, command))
    done = await trio.run_process(("sh", "-ec", script), capture_stdout=True)
    return done.stdout.decode()


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
async def test_the_commands_that_are_shown_work(tmp_path: Path) -> None:
    """Pasted one after the other, they make a chat from the first scan to its end."""
    config, lines, answers = RelayConfig(f"sqlite:///{tmp_path / 'kaisa.db'}"), Lines(), []
    on_stage = staged(config, PLAYED, tmp_path, Binds())
    async with on_stage as stage, trio.open_nursery() as nursery:
        nursery.start_soon(YourTurn(stage, lines).run, earlier())
        await until(lambda: bool(lines.said) and "/_sim" in lines.said[-1])
        setting = [line.strip() for line in lines.said if re.match(r"  [A-Z]+=", line)]
        commands = [line.strip() for line in lines.said if line.startswith("  curl")]
        for at, command in enumerate(commands):
            answers.append(await shell(setting, command))
            await until(partial(lines.holds, *HAS_ARRIVED.get(at, ("", 0))))
        nursery.cancel_scope.cancel()
    assert ("Axel Agent", "Hello, is anybody there?") in lines.arrived
    assert ("Vera Visitor", "Yes, good morning!") in lines.arrived
    inbox, messages, closed, created, unknown = (answers[at] for at in (5, 8, 10, 11, 12))
    assert "Yes, good morning!" in inbox
    assert "Hello, is anybody there?" in messages
    assert json.loads(closed)["status"] == "closed"
    assert json.loads(created)["visitor"]["phone"] == NEXT_VISITOR.number
    assert json.loads(unknown)["status"] == 404  # it was not played here
