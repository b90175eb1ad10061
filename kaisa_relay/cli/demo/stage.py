"""The stage: a simulator and a relay that know each other, as two child processes.

Rule 1: the relay is started last and stopped first, so that it finishes what it began.
Rule 2: what is public over HTTP is all that a play, or a test, gets of them.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx
import trio
from attrs import define, frozen

from kaisa_relay.cli.demo.accounts import Customer, Key, open_account
from kaisa_relay.cli.demo.people import Simulator
from kaisa_relay.cli.demo.processes import Child, running
from kaisa_relay.cli.demo.programs import RelayConfig, simulator_program
from kaisa_relay.cli.demo.relay import RelayApi

TIMEOUT: Final = 10.0
DEATH_IS_KNOWN_WITHIN: Final = 1.0
"""Seconds from a connection that breaks to knowing that the child behind it has died."""
CONNECTIONS: Final = httpx.Limits(max_connections=50)


@frozen
class Binds:
    """Where the two listen, as host:port; port 0 is any free one."""

    relay: str = "127.0.0.1:0"
    simulator: str = "127.0.0.1:0"


@define(eq=False)
class Stage:
    """Both programs, ready; `key` may do everything in the customer's workspace."""

    simulating: Child
    serving: Child
    simulator: Simulator
    key: Key
    relay_http: httpx.AsyncClient

    def relay(self) -> RelayApi:
        """Return a client with the customer's key."""
        return RelayApi(self.relay_http, self.key.text)


@asynccontextmanager
async def staged(
    config: RelayConfig, customer: Customer, folder: Path, binds: Binds
) -> AsyncIterator[Stage]:
    """Make the account, start both programs, end them; their logs are in `folder`.

    Raises `ChildDied` in groups, and what `open_account` raises.
    """
    key = await open_account(config.settings(), customer)
    async with running(simulator_program(binds.simulator, customer.lines), folder) as simulating:
        relay_program = config.program(binds.relay, simulating.url)
        async with (
            running(relay_program, folder) as serving,
            _client(simulating.url) as simulator_http,
            _client(serving.url) as relay_http,
        ):
            stage = Stage(simulating, serving, Simulator(simulator_http), key, relay_http)
            async with _watched(simulating, serving):
                await stage.relay().wait_ready()
                await stage.simulator.set_webhook(f"{serving.url}/webhooks/whatsapp")
                yield stage


@asynccontextmanager
async def _watched(*children: Child) -> AsyncIterator[None]:
    """Raise `ChildDied` as soon as one ends, and rather than for the connections that break."""
    async with trio.open_nursery() as nursery:
        for child in children:
            nursery.start_soon(child.watch, name=f"watch {child.program.name}")
        try:
            yield
        except* httpx.HTTPError:
            await trio.sleep(DEATH_IS_KNOWN_WITHIN)
            raise
        nursery.cancel_scope.cancel()


def _client(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, timeout=TIMEOUT, limits=CONNECTIONS, trust_env=False)
