"""What was acknowledged is there after a restart, also after a kill."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import trio

from kaisa_relay.domain.ids import MessageId
from kaisa_relay.runtime.clock import WallClock
from tests import fakes
from tests.contracts.sql_stores import running
from tests.contracts.traces import Scene, traces
from tests.contracts.world import SetClock, World
from tests.store.acts import append, rows

APPENDER = Path(__file__).with_name("appender.py")
ACKNOWLEDGED = 40


async def test_a_restart_keeps_everything(url: str) -> None:
    clock = SetClock(fakes.EPOCH)
    async with running(url, clock) as store:
        workspace = await store.add_workspace()
        world = World(
            store, clock, store.store.new_id, workspace, await store.add_channel(workspace)
        )
        scene = await Scene.set_up(world)
        await world.append(scene.started.stream, 1, (), *scene.one_of_each().values())
        before = await traces(world)
        epochs = dict(store.store.epochs)
    async with running(url, clock) as store:
        again = World(store, clock, store.store.new_id, workspace, world.channel)
        assert await traces(again) == before
        assert await store.store.own() == {workspace: epochs[workspace] + 1}
        await append(store, workspace, "conversation/77")
        (last,) = await rows(store, "select max(seq), count(*) from event")
        assert last[0] == last[1]


async def test_the_last_sign_of_life_is_known(url: str) -> None:
    clock = SetClock(fakes.EPOCH)
    async with running(url, clock) as store:
        assert store.store.last_alive() is None
        clock.forward(minutes=3)
    stopped = clock()
    clock.forward(hours=2)
    async with running(url, clock) as store:
        assert store.store.last_alive() == stopped


async def test_ids_rise_although_the_clock_went_back(url: str) -> None:
    clock = SetClock(fakes.EPOCH)
    async with running(url, clock) as store:
        workspace = await store.add_workspace()
        channel = await store.add_channel(workspace)
        world = World(store, clock, store.store.new_id, workspace, channel)
        await world.arrive()
        clock.forward(seconds=1)
        sent = await world.sent()
    clock.forward(hours=-1)
    async with running(url, clock) as store:
        assert store.store.new_id() > sent.id


async def test_a_kill_loses_nothing_acknowledged(url: str, clock: WallClock) -> None:
    """The appender is killed in the middle of its work; what it has printed must be there."""
    said = await trio.to_thread.run_sync(_said_until_killed, url, ACKNOWLEDGED)
    async with running(url, clock) as store:
        stored = await rows(store, "select stream, seq from event order by seq")
        arrived = await store.inbox.new_rows([fakes.WORKSPACE], MessageId(0), 10_000)
        assert {f"conversation/{stream}" for stream, _ in stored} >= set(said)
        assert len(said) >= ACKNOWLEDGED
        assert [seq for _, seq in stored] == list(range(1, len(stored) + 1))
        # The rows of the inbox went with their events, in one commit each.
        assert len(arrived) == len(stored)


def _said_until_killed(url: str, acknowledged: int) -> list[str]:
    """Start the appender, kill it once it has said so much, and return all that it said."""
    command = [sys.executable, str(APPENDER), url]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as appender:
        assert appender.stdout is not None
        said = [appender.stdout.readline().strip() for _ in range(acknowledged)]
        appender.send_signal(signal.SIGKILL)
        said += [line.strip() for line in appender.stdout if line.endswith("\n")]
    return said
