"""The relay's live feed in a process of its own, with events that are made up at a given rate.

It reads orders as lines of JSON, `[events a second, seconds]`, and answers each with its CPU time.
Events go to the hub as the journal hands them on after a commit; their time is that of the commit.
"""

import gc
import json
import os
import sys
from datetime import UTC, datetime
from typing import Final

import trio

from benchmarks import processes
from benchmarks.serving import GraphSink, environment
from kaisa_relay.app import Relay, relay
from kaisa_relay.app.http import serve_http
from kaisa_relay.domain.ids import ConversationId, MessageId, SendId, WorkspaceId
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.tracking import MessageStatus
from kaisa_relay.feed import Hub
from kaisa_relay.logs import configure
from kaisa_relay.ports import Recorded
from kaisa_relay.settings import FOR_SERVE, load

GATHERED: Final = 0.1
"""Seconds after which the last events have left, where nobody is behind."""
COMMIT_EVERY: Final = 0.005
"""Seconds; a busy journal commits about as often."""


async def serve_feed(database_url: str, port: int) -> None:
    """Serve, and produce what standard input orders, until it ends."""
    configure("json")
    settings = load(
        environment(database_url, GraphSink("http://127.0.0.1:1"), port), None, FOR_SERVE
    )
    async with relay(settings) as built, trio.open_nursery() as nursery:
        await nursery.start(serve_http, built, trio.sleep_forever)
        print(json.dumps("ready"), flush=True)
        await _obey(built)
        nursery.cancel_scope.cancel()


async def _obey(built: Relay) -> None:
    (workspace,) = built.accounts.workspaces()
    last = 0
    while line := await trio.to_thread.run_sync(sys.stdin.readline, abandon_on_cancel=True):
        rate, seconds = json.loads(line)
        gc.collect()
        watchers = built.hub.statistics().watchers
        first = last
        before = processes.cpu_seconds(os.getpid())
        last = await _produce(built.hub, workspace, first, (rate, seconds))
        await trio.sleep(GATHERED)
        cpu = processes.cpu_seconds(os.getpid()) - before
        said = {"cpu": cpu, "events": last - first, "last": last, "watchers": watchers}
        print(json.dumps(said), flush=True)
        if not watchers:
            last = 0  # the database knows of no event: who comes next stands before the first


async def _produce(hub: Hub, workspace: WorkspaceId, seq: int, pace: tuple[float, float]) -> int:
    rate, seconds = pace
    began, first = trio.current_time(), seq
    while (elapsed := trio.current_time() - began) < seconds:
        due = first + int(rate * elapsed)
        at = datetime.now(UTC)
        hub.take([_made_up(workspace, number, at) for number in range(seq + 1, due + 1)])
        seq = max(seq, due)
        await trio.sleep(COMMIT_EVERY)
    return seq


def _made_up(workspace: WorkspaceId, seq: int, at: datetime) -> Recorded:
    send, conversation = SendId(seq), ConversationId(seq % 500)
    status = MessageStatus(MessageId(seq), send, conversation, Rank.DELIVERED, None, at)
    return Recorded(workspace, seq, f"send/{seq}", 3, status)


if __name__ == "__main__":
    trio.run(serve_feed, sys.argv[1], int(sys.argv[2]))
