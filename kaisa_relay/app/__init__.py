"""The relay, put together: the supervision tree, readable top to bottom.

    store (the one writer)
    └── actors                 router ─ conversations · alarm · per workspace: reservations, pool,
        │                      channels (see `actors.tree`)
        └── faces              HTTP API and webhooks · the webhooks' own listener · admin socket ·
                               configuration · engagement · explore · exports · erasures · keeping ·
                               housekeeping

What is first in is last out: faces stop taking requests and answer those in flight, actors bring
what was begun to its outcome, then the store closes.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import structlog
import trio

from kaisa_relay.accounts.socket import serve_admin
from kaisa_relay.app.building import Relay, cipher_of, relay
from kaisa_relay.app.http import GRACEFUL_SECONDS, serve_http
from kaisa_relay.journal.housekeeping import Housekeeping
from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.runtime.clock import WallClock, system_clock
from kaisa_relay.settings import Settings

__all__ = ["DRAIN_SECONDS", "GRACEFUL_SECONDS", "Relay", "cipher_of", "relay", "run"]

logger = structlog.get_logger()

TIDY_PAUSE: Final = 0.1
TIDY_EVERY: Final = 600.0
"""Seconds between two units of housekeeping, and between two rounds of it."""
DRAIN_SECONDS: Final = 10.0
"""How long a stop waits for calls to WhatsApp that were begun."""


async def run(
    settings: Settings,
    stop: Callable[[], Awaitable[None]],
    task_status: trio.TaskStatus[str] = trio.TASK_STATUS_IGNORED,
    wall: WallClock = system_clock,
) -> None:
    """Serve until `stop` returns, then stop in order; `task_status` gets the bound URL.

    Raises what opening the store raises, `OSError` when the address is taken, `Fenced` or
    `GaveUp` (in groups) when this process must not or cannot go on.
    """
    async with relay(settings, wall) as built, trio.open_nursery() as actors:
        await actors.start(built.actors.run)
        async with trio.open_nursery() as faces:
            await _start_faces(built, faces)
            await serve_http(built, stop, task_status)
            faces.cancel_scope.cancel()
        with suppress(StoreUnavailable):
            await built.accounts.note_used()
        logger.info("stopping", step="no more requests; finishing what was begun")
        with trio.move_on_after(DRAIN_SECONDS):
            await built.actors.drain()
        actors.cancel_scope.cancel()
    logger.info("stopped")


async def _start_faces(built: Relay, faces: trio.Nursery) -> None:
    """Start what faces the world beside HTTP."""
    faces.start_soon(built.accounts.run, name="configuration")
    faces.start_soon(built.follow_changes, name="changes")
    faces.start_soon(built.engagement.run, name="engagement")
    faces.start_soon(built.explore.run, name="explore")
    faces.start_soon(built.exports.run, name="exports")
    faces.start_soon(built.eraser.run, name="erasures")
    faces.start_soon(built.keeping().run, name="keeping")
    await faces.start(built.gauges.run, name="row counts")
    await faces.start(built.garbage.run, name="garbage")
    faces.start_soon(_tidy, Housekeeping(built.store), name="housekeeping")
    socket = built.settings.admin_socket
    if socket is not None:
        execute = built.administration().execute
        await faces.start(serve_admin, socket, execute, name="admin socket")


async def _tidy(housekeeping: Housekeeping) -> None:
    """Take away what is over, a unit at a time, with a pause between for whoever waits."""
    while True:
        with suppress(StoreUnavailable):
            while await housekeeping.tidy():  # noqa: ASYNC110 - a pause, not a wait
                await trio.sleep(TIDY_PAUSE)
        await trio.sleep(TIDY_EVERY)
