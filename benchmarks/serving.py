"""A real `serve` in a process of its own, with a workspace, channels and a key."""

import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, TypeVar

import trio
from attrs import frozen

from benchmarks import processes
from benchmarks.bodies import APP_SECRET
from benchmarks.databases import Database
from benchmarks.wire import BrokenOff, Caller, request
from kaisa_relay.accounts.commands import (
    AddChannel,
    AddKey,
    AddWorkspace,
    ChannelFacts,
    Command,
    KeyAdded,
    Result,
    WorkspaceFacts,
)
from kaisa_relay.cli.administration import execute
from kaisa_relay.settings import FOR_SERVE, KEYS, Settings, load

R = TypeVar("R", bound=Result)

WORKSPACE: Final = "benchmark"
MOST_PER_SECOND: Final = 1000
"""The highest throughput that Meta gives a number, and that `channel add` takes."""
START_WITHIN: Final = 120.0
LOOK_AGAIN: Final = 0.05


@frozen
class Number:
    """A channel: its number and Meta's id of it."""

    phone: str
    phone_number_id: str


@frozen
class Serve:
    """A running relay; `ready_after` is in seconds since its process was started.

    `port` is that of the whole API, `webhook_port` where webhooks are cheapest.
    """

    pid: int
    port: int
    webhook_port: int
    ready_after: float


@frozen
class GraphSink:
    """Where the relay shall send, and the certificate that it shall trust."""

    url: str
    certificate: Path | None = None


def numbers(count: int) -> list[Number]:
    """Return so many channels' numbers."""
    return [Number(f"+4610123{n:04d}", f"20000000000{n:04d}") for n in range(1, count + 1)]


def environment(database_url: str, graph: GraphSink, port: int) -> dict[str, str]:
    """Return the settings of the relay under test, but for the webhooks' own port."""
    environment = {
        "KAISA_DATABASE_URL": database_url,
        "KAISA_BIND": f"127.0.0.1:{port}",
        "KAISA_GRAPH_URL": graph.url,
        "KAISA_APP_SECRET": APP_SECRET,
        "KAISA_VERIFY_TOKEN": "benchmark",
        "KAISA_SECRET_KEY": "a benchmark's secret key is no secret",
        "KAISA_LOG_FORMAT": "json",
        "KAISA_FEED_WATCHERS": "100000,100000,100000",
    }
    if graph.certificate is not None:
        environment["KAISA_GRAPH_CA_FILE"] = str(graph.certificate)
    return environment


def settings_of(database_url: str, graph_url: str = "http://127.0.0.1:1") -> Settings:
    """Return the same for what runs in this process and listens nowhere."""
    return load(environment(database_url, GraphSink(graph_url), 1), None, FOR_SERVE)


async def furnish(database: Database, channels: Sequence[Number]) -> str:
    """Add the workspace and its channels, while no `serve` runs, and return an API key."""
    settings = settings_of(database.url)
    await _execute(settings, AddWorkspace(WORKSPACE), WorkspaceFacts)
    for each in channels:
        command = AddChannel(
            WORKSPACE, each.phone_number_id, each.phone, "token", throughput=MOST_PER_SECOND
        )
        await _execute(settings, command, ChannelFacts)
    scopes = ("conversations:read", "conversations:write")
    return (await _execute(settings, AddKey(WORKSPACE, scopes), KeyAdded)).text


async def _execute(settings: Settings, command: Command, expected: type[R]) -> R:
    result = await execute(settings, command)
    if not isinstance(result, expected):
        raise TypeError(f"{type(command).__name__} gave {result}")
    return result


@asynccontextmanager
async def serving(
    database: Database, graph: GraphSink, cores: set[int], wrapper: Sequence[str] = ()
) -> AsyncIterator[Serve]:
    """Run `serve` on these cores until the block ends; `wrapper` is a module that runs it."""
    port, webhook_port = free_ports(2)
    settings = environment(database.url, graph, port)
    if "KAISA_WEBHOOK_BIND" in KEYS:
        settings["KAISA_WEBHOOK_BIND"] = f"127.0.0.1:{webhook_port}"
    else:
        webhook_port = port
    began = trio.current_time()
    process = await processes.start([*wrapper, "kaisa_relay", "serve"], settings, cores)
    try:
        await _ready(process, port)
        yield Serve(process.pid, port, webhook_port, trio.current_time() - began)
    finally:
        await processes.end(process)


async def _ready(process: trio.Process, port: int) -> None:
    with trio.fail_after(START_WITHIN):
        while not await _answers(port):
            if process.returncode is not None:
                raise RuntimeError(f"serve ended with {process.returncode} before it was ready")
            await trio.sleep(LOOK_AGAIN)


async def _answers(port: int) -> bool:
    try:
        async with Caller(port) as caller:
            return (await caller.call(request("GET", "/readyz")))[0] == 200
    except (OSError, BrokenOff):
        return False


def free_ports(count: int) -> list[int]:
    """Return so many ports that nobody listened on a moment ago."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
