"""A relay as a real process on a real database, with the simulated WhatsApp around it.

Rule 1: the relay is only ever touched as the world touches it: HTTP, signals, its database file.
Rule 2: the simulator outlives the relay, as WhatsApp does; its record says what really happened.
"""

import re
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import httpx
import trio
from attrs import define, field, frozen

from kaisa_relay.accounts.commands import WorkspaceSettings
from kaisa_relay.cli.demo.accounts import Customer, Login, open_account
from kaisa_relay.cli.demo.people import Person, Phone, Simulator, Ticks
from kaisa_relay.cli.demo.processes import Child, Program, launch
from kaisa_relay.cli.demo.programs import Line, RelayConfig
from kaisa_relay.cli.demo.relay import RelayApi
from tests.e2e.gate import Gate
from tests.e2e.leash import LEASHED, leash

LINES: Final = (Line("1001", "+46701740691"), Line("1002", "+46701740692"))
SETTINGS: Final = WorkspaceSettings(
    offer_time=timedelta(seconds=30), unknown_grace=timedelta(seconds=2)
)
WEBHOOK: Final = "/webhooks/whatsapp"
LONGEST: Final = 220.0
"""Seconds that a house may stand."""
ROOT: Final = Path(__file__).parents[2]
_SIMULATES: Final = re.compile(r"^Simulated WhatsApp on (\S+)$", re.MULTILINE)
STOP_WITHIN: Final = 15.0
"""Seconds that a relay under load may take to stop after SIGTERM."""


@frozen
class Clients:
    """The connections of a house: to the simulator, and to the relay without and with a key."""

    simulator: Simulator
    graph: httpx.AsyncClient
    http: httpx.AsyncClient
    api: RelayApi
    key: str = field(repr=False)


@define(eq=False)
class House:
    """A running relay that can be ended and started again; nothing but the database survives."""

    folder: Path
    config: RelayConfig
    bind: str
    gate: Gate
    clients: Clients
    ticks: Ticks
    nursery: trio.Nursery
    child: Child
    starts: int = 1
    ending: bool = False

    @property
    def log(self) -> Path:
        """What all runs of the relay have said."""
        return self.child.log

    async def opened(self) -> None:
        """Return once the relay serves and WhatsApp knows where."""
        await self.child.wait_ready()
        await self.clients.api.wait_ready()
        await self.clients.simulator.set_webhook(f"http://{self.bind}{WEBHOOK}")
        self.nursery.start_soon(self.ticks.follow)

    async def start(self) -> None:
        """Start the relay, and return when it is ready."""
        self.child = await self._launched()
        self.starts += 1
        self.ending = False
        await self.child.wait_ready()
        await self.clients.api.wait_ready()

    async def crash(self) -> None:
        """Kill the relay, as a power cut would, and start it again."""
        if self.child.process.poll() is not None:
            raise self.child.death()
        await self.child.kill()
        await self.start()

    async def stop(self) -> int:
        """Ask the relay to stop; returns its exit code. Raises `trio.TooSlowError`."""
        self.ask_to_stop()
        return await self.stopped()

    def ask_to_stop(self) -> None:
        """Send the relay a SIGTERM."""
        self.ending = True
        self.child.process.terminate()

    async def stopped(self) -> int:
        """Return the exit code of a relay that was asked. Raises `trio.TooSlowError`."""
        with trio.fail_after(STOP_WITHIN):
            return await self.child.process.wait()

    async def phone(self, person: Person) -> Phone:
        """Give somebody a phone that is followed."""
        await self.clients.simulator.add_person(person)
        phone = Phone(person, self.clients.simulator, lambda *_: None)
        self.nursery.start_soon(phone.follow)
        return phone

    async def _launched(self) -> Child:
        return await _launch(self.config.program(self.bind, self.gate.url), self.folder)


@asynccontextmanager
async def house(
    database_url: str,
    folder: Path,
    settings: WorkspaceSettings = SETTINGS,
    login: Login | None = None,
    more: Mapping[str, str] | None = None,
) -> AsyncIterator[House]:
    """Open a house with one workspace, two numbers and an API key; its relay is ready."""
    config = RelayConfig(database_url, more=more or {})
    bind, graph = free_address(), free_address()
    customer = Customer("house", settings, LINES, login)
    key = await open_account(config.settings(), customer)
    async with (
        _connected(graph, bind, key.text) as clients,
        _simulated(graph, folder) as simulator,
        trio.open_nursery() as nursery,
    ):
        gate: Gate = await nursery.start(Gate.run, f"http://{graph}")
        child = await _launch(config.program(bind, gate.url), folder)
        # The plan may kill again as soon as the relay is back; how long that takes in all is the
        # machine's affair, and `LONGEST` bounds it.
        ticks = Ticks(clients.simulator, patience=LONGEST)
        built = House(folder, config, bind, gate, clients, ticks, nursery, child)
        # Before pytest's own limit, which would leave the children behind.
        with trio.fail_after(LONGEST):
            async with _standing(built):
                await simulator.wait_ready()
                await built.opened()
                yield built


@asynccontextmanager
async def _standing(built: House) -> AsyncIterator[None]:
    """End the relay after the block. Raises `ChildDied` when it had ended by itself."""
    try:
        yield
    finally:
        died = built.child.process.poll() is not None and not built.ending
        with trio.CancelScope(shield=True):
            await built.child.kill()
        built.nursery.cancel_scope.cancel()
        if died:
            raise built.child.death()


@asynccontextmanager
async def _simulated(bind: str, folder: Path) -> AsyncIterator[Child]:
    """Run the simulator, which need not be ready yet."""
    channels = [f"{line.phone_number_id}={line.number}" for line in LINES]
    program = Program("simulator", (bind, *channels), _SIMULATES, {})
    log = folder / "simulator.log"
    with log.open("wb") as said:
        command = (*LEASHED, "tests.e2e.simulating", *program.arguments)
        process = await trio.lowlevel.open_process(
            command, stdin=leash(), stdout=said, stderr=said, cwd=ROOT
        )
    child = Child(program, log, process, 0)
    try:
        yield child
    finally:
        await child.stop()


async def _launch(program: Program, folder: Path) -> Child:
    return await launch(program, folder, (*LEASHED, "kaisa_relay"), leash())


@asynccontextmanager
async def _connected(graph: str, bind: str, key: str) -> AsyncIterator[Clients]:
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=20)
    async with (
        httpx.AsyncClient(base_url=f"http://{graph}", limits=limits, timeout=30) as simulator,
        # A relay that was killed leaves dead connections behind; each call makes its own.
        httpx.AsyncClient(
            base_url=f"http://{bind}", limits=httpx.Limits(max_keepalive_connections=0), timeout=30
        ) as http,
    ):
        yield Clients(Simulator(simulator), simulator, http, RelayApi(http, key), key)


def free_address() -> str:
    """Return a host and port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"
