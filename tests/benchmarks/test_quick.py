"""Every benchmark runs, and says what it measured; the numbers themselves are not judged here."""

import json
import os
import signal
import sys
from typing import Any, Final

import pytest
import trio

LONGEST: Final = 200.0
"""Seconds that a benchmark may take on a busy machine; alone it needs a few."""
ENDS_WITHIN: Final = 30.0
"""Seconds in which a benchmark that is told to stop ends what it has started."""

pytestmark = [pytest.mark.timeout(300)]

SMALL = {
    "relay": ("--live", "6", "--seconds", "0.3", "--senders", "4", "--in-a-row", "2"),
    "limit": ("--seconds", "0.3", "--runs", "1", "--senders", "8"),
    "webhooks": ("--visitors", "5", "--seconds", "0.2", "--senders", "4"),
    "memory": ("--conversations", "20", "--only", "live"),
    "restart": ("--conversations", "300", "--runs", "1"),
    "feed": ("--dashboards", "3", "--seconds", "0.2"),
    "explore": ("--conversations", "300"),
}
SAYS = {
    "relay": {
        "messages_per_second",
        "cpu_us_per_message",
        "share_of_limit",
        "ack_p99_ms",
        "relay_p99_ms",
    },
    "limit": {"messages_per_second", "cpu_us_per_message"},
    "webhooks": {"posts_per_second", "cpu_us_per_message", "ack_p99_ms"},
    "memory": {"bytes_per_live_conversation"},
    "restart": {"ready_milliseconds", "cpu_milliseconds", "bytes_per_conversation"},
    "feed": {"events_per_second", "commit_to_frame_p99_ms", "bytes_per_dashboard"},
    "explore": {"conversations", "messages"},
}


async def stop(benchmark: trio.Process) -> None:
    """Interrupt a benchmark as Ctrl-C would: only it can end the relay that it runs."""
    benchmark.send_signal(signal.SIGINT)
    with trio.move_on_after(ENDS_WITHIN):
        await benchmark.wait()
        return
    benchmark.kill()


async def run(name: str, *options: str) -> dict[str, Any]:
    """Run a benchmark as a person would; it must succeed. Returns its JSON."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("KAISA_")}
    with trio.fail_after(LONGEST):
        done = await trio.run_process(
            [sys.executable, "-m", f"benchmarks.{name}", "--json", "--quick", *options],
            capture_stdout=True,
            env=environment,
            deliver_cancel=stop,
        )
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


@pytest.mark.parametrize("name", sorted(SMALL))
async def test_a_benchmark_measures_what_it_says(name: str) -> None:
    said = await run(name, *SMALL[name])
    assert (said["benchmark"], said["database"]) == (name, "sqlite")
    assert SAYS[name] <= said.keys()
    assert all(said[number] > 0 for number in SAYS[name] - {"bytes_per_conversation"})
