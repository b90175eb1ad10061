"""What a conversation costs in memory while it is live, and after it has left (passivated).

The relay's own store, actors and way out, without HTTP, in a process per number: the growth of
its resident memory over thousands of conversations, each of which was spoken in both ways.
Conversations leave after a fraction of a second here instead of five minutes.
"""

import ctypes
import gc
import json
import os
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from typing import Final

import trio
from attrs import define

from benchmarks import processes, report
from benchmarks.bodies import signed, text
from benchmarks.databases import Database, open_database
from benchmarks.graph import Graph
from benchmarks.seeding import seed, writers
from benchmarks.serving import furnish, numbers, settings_of
from kaisa_relay.actors.channel import actor as channel
from kaisa_relay.actors.conversation import actor as conversation
from kaisa_relay.api.dependencies import receive
from kaisa_relay.app import Relay, relay
from kaisa_relay.logs import configure

MODES: Final = ("live", "passivated")
IDLE_AFTER: Final = 0.2
TIDY_EVERY: Final = 1.0
TIDIED_AFTER: Final = 8.0
"""Seconds until the lanes of whoever was written to are forgotten: one pair interval and a bit."""
TOGETHER: Final = 100
"""Conversations that are spoken in at once."""
WITHIN: Final = 60.0
LOOK_AGAIN: Final = 0.02


def main() -> None:
    """Measure and print; the first argument `child` is this program calling itself."""
    if sys.argv[1:2] == ["child"]:
        trio.run(child, sys.argv[2:])
        return
    options = _options()
    before = processes.machine()
    with open_database(options) as database:
        figures = trio.run(measure, options, database)
    show = {"benchmark": "memory", "database": database.kind, **before, **figures}
    report.show("memory: resident bytes per conversation", show, options.json)


def _options() -> Namespace:
    parser = report.arguments("Resident bytes per live and per passivated conversation.")
    parser.add_argument("--conversations", type=int)
    parser.add_argument("--only", choices=MODES, help="one of the two numbers")
    options = parser.parse_args()
    options.conversations = options.conversations or (200 if options.quick else 3_000)
    return options


async def measure(options: Namespace, database: Database) -> Mapping[str, object]:
    """Have one process live with its conversations, and another one forget its own."""
    await furnish(database, numbers(2))
    warming = options.conversations // 4
    whole = warming + options.conversations
    figures: dict[str, object] = {"conversations": options.conversations, "warmed_by": warming}
    for number, mode in enumerate([options.only] if options.only else MODES):
        await seed(database, whole, first=number * whole)
        people = (number * whole, warming, options.conversations)
        figures |= await _in_child(database, mode, people)
    return figures


async def _in_child(
    database: Database, mode: str, people: tuple[int, int, int]
) -> Mapping[str, object]:
    graph = Graph(lambda sent: None)
    async with trio.open_nursery() as nursery:
        url = await nursery.start(graph.serve)
        arguments = [mode, *map(str, people), url, database.url]
        done = await trio.run_process(
            [sys.executable, "-m", "benchmarks.memory", "child", *arguments], capture_stdout=True
        )
        nursery.cancel_scope.cancel()
    measured: Mapping[str, object] = json.loads(done.stdout.splitlines()[-1])
    return measured


# --- in the child


async def child(arguments: Sequence[str]) -> None:
    """Speak in the conversations, and print by how much this process has grown."""
    mode, *people, graph_url, url = arguments
    first, warming, count = map(int, people)
    configure("json")
    if mode == "passivated":
        # The relay has no setting for these, and five minutes are long for a benchmark.
        vars(conversation)["IDLE_AFTER"] = IDLE_AFTER
        vars(channel)["LOOK_AGAIN"] = TIDY_EVERY
    async with relay(settings_of(url, graph_url)) as built, trio.open_nursery() as nursery:
        await nursery.start(built.actors.run)
        speaking = Speaking(built, mode == "live")
        await speaking.all(range(first, first + warming))
        before = resident()
        await speaking.all(range(first + warming, first + warming + count))
        grown = (resident() - before) / count
        nursery.cancel_scope.cancel()
    print(json.dumps({f"bytes_per_{mode}_conversation": round(grown)}), flush=True)


def resident() -> int:
    """Return this process's memory after giving back what can be given back."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return processes.resident_bytes(os.getpid())


@define(eq=False)
class Speaking:
    """Says something both ways in conversations, some at a time; `live` is that they stay."""

    relay: Relay
    live: bool
    spoken: int = 0

    async def all(self, people: Sequence[int]) -> None:
        """Speak in these conversations, and return once all is quiet."""
        for start in range(0, len(people), TOGETHER):
            await self._together(people[start : start + TOGETHER])
        if not self.live:
            await trio.sleep(TIDIED_AFTER)

    async def _together(self, people: Sequence[int]) -> None:
        (workspace,) = self.relay.accounts.workspaces()
        channels = self.relay.accounts.channels(workspace)
        lane = self.relay.webhooks()
        for number in people:
            for writer in writers(number, channels[number % len(channels)]):
                given = signed([writer], "messages", [text(writer, "Is it still for rent?")])
                status, _ = await receive(lane, "", given.signature, given.body)
                assert status == 200
        self.spoken += len(people)
        with trio.fail_after(WITHIN):
            while not self._quiet():  # noqa: ASYNC110 - nothing else says so
                await trio.sleep(LOOK_AGAIN)

    def _quiet(self) -> bool:
        relayed = self.relay.metrics.registry.get_sample_value("kaisa_relay_seconds_count")
        in_memory = self.relay.actors.router.statistics()["live"]
        return relayed == 2 * self.spoken and in_memory == (self.spoken if self.live else 0)


if __name__ == "__main__":
    main()
