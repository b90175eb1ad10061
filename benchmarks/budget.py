"""Where the CPU time of a relayed message goes, step by step.

py-spy looks at the relay under full load, as often as its first thread holds the interpreter; each
look counts for the innermost function of ours on the stack, and the shares are those of the CPU
time that the kernel counted for that thread. What the others took (transactions) is counted whole.
"""

import subprocess
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import trio

from benchmarks import processes, report
from benchmarks.databases import Database, open_database
from benchmarks.relay import OPEN
from benchmarks.running import Running, running
from benchmarks.serving import numbers
from benchmarks.traffic import Manner

RATE: Final = 250
"""Looks per second: more would slow what is looked at."""
STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "parse: HTTP in and out": ("listener/", "api/webhook_listener"),
    "signature": ("whatsapp/signature",),
    "split: JSON to items": (
        "whatsapp/inbound", "whatsapp/items", "whatsapp/contents", "whatsapp/rows",
        "whatsapp/reading", "whatsapp/webhook",
    ),
    "inbox and statuses, on the loop": (
        "journal/accepting", "journal/inbox.py", "journal/outcomes", "domain/sending",
        "runtime/callback",
    ),
    "wait for the commit": (
        "store/writer", "store/engine", "store/transaction", "actors/patience", "journal/tail",
    ),
    "route": ("actors/routing/", "actors/conversation/slot", "actors/recent",
              "domain/routing", "domain/tokens", "domain/payloads"),
    "mailbox and supervision": ("runtime/mailbox", "runtime/supervise", "actors/exchange"),
    "decide": ("domain/",),
    "conversation shell": ("actors/conversation/",),
    "encode: events and rows": (
        "journal/parts", "journal/unit", "journal/codec", "journal/outbox_rows",
        "journal/inbox_rows", "journal/people_rows", "journal/standing_rows", "journal/events",
    ),
    "outcome": ("actors/channel/outcome", "actors/channel/outbox"),
    "pacing": ("actors/channel/",),
    "send": ("whatsapp/",),
    "commits, as the loop hears of them": ("journal/", "store/"),
    "metrics and clocks": ("metrics/", "runtime/"),
}  # fmt: skip
"""Each step with the beginnings of the paths that are its; the first one that fits counts."""
LOOP: Final = "Trio’s loop, sockets"
THREADS: Final = "transactions: the writer’s thread, SQLite included"
FIRST: Final = "MainThread"
USUAL: Final = {"seconds": (4.0, 12.0), "senders": (128, 256)}


def main() -> None:
    """Measure and print."""
    options = _options()
    before = processes.machine()
    with open_database(options) as database:
        figures = trio.run(measure, options, database)
    show = {"benchmark": "budget", "database": database.kind, **before, **figures}
    report.show("budget: CPU microseconds per relayed message, by step", show, options.json)


def _options() -> Namespace:
    parser = report.arguments(main.__doc__ or "")
    parser.add_argument("--seconds", type=float, help="of looking")
    parser.add_argument("--senders", type=int, help="people who write at once")
    return report.with_usual(parser.parse_args(), USUAL)


async def measure(options: Namespace, database: Database) -> Mapping[str, object]:
    """Return the CPU time of a message and of its steps, in microseconds."""
    async with running(database, numbers(8), OPEN, Manner()) as run:
        run.wake(4 * options.senders)
        raw = database.folder / "stacks.txt"
        figures = _looked_at(run, options, raw)
    shares = steps(raw.read_text().splitlines())
    cost, loop = figures["cpu_us_per_message"], figures["loop_us_per_message"]
    in_steps = {
        name: round(loop * shares[name] / shares.total()) for name in (*STEPS, LOOP, "else")
    }
    return {
        "messages_per_second": round(figures["messages_per_second"], 1),
        "cpu_us_per_message": round(cost),
        "statuses_per_message": 3,
        "looks": shares.total(),
        "steps": {**in_steps, THREADS: round(cost - loop)},
    }


def _looked_at(run: Running, options: Namespace, raw: Path) -> dict[str, float]:
    spy = Path(sys.executable).with_name("py-spy")
    given = {"pid": run.serve.pid, "duration": int(options.seconds), "rate": RATE, "output": raw}
    command = [str(spy), "record", "--format", "raw", "--full-filenames", "--gil", "--threads"]
    command += [f"--{name}={value}" for name, value in given.items()]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as looking:
        before = processes.main_thread_seconds(run.serve.pid)
        figures = run.full(options.seconds, options.senders)
        spent = processes.main_thread_seconds(run.serve.pid) - before
    messages = figures["seconds"] * figures["messages_per_second"]
    figures["loop_us_per_message"] = 1e6 * spent / messages
    if looking.returncode:
        raise RuntimeError(f"py-spy ended with {looking.returncode}: it needs the right to ptrace")
    return figures


def steps(stacks: Iterable[str]) -> Counter[str]:
    """Return the first thread's looks per step; a stack is a thread, its frames, and a count."""
    looks: Counter[str] = Counter()
    for line in stacks:
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        if FIRST in frames[0]:
            looks[_step(frames)] += int(count)
    return looks


def _step(frames: list[str]) -> str:
    for frame in reversed(frames):
        ours = frame.partition("(kaisa_relay/")[2] or frame.partition("/kaisa_relay/")[2]
        if ours.startswith(("app/", "cli/", "__main__")):
            return LOOP
        if ours:
            return _named(ours)
    return LOOP if any("trio/" in frame for frame in frames) else "else"


def _named(path: str) -> str:
    fitting = (name for name, starts in STEPS.items() if path.startswith(starts))
    return next(fitting, "else")


if __name__ == "__main__":
    main()
