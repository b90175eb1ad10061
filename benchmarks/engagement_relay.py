"""The relay's Engagement Builder in a process of its own, with events that are made up.

It reads orders as lines of JSON. `{"urls": […]}` has it add an endpoint and a trigger for each URL,
and remove those before; `{"events": n, "rate": r}` has n events committed, r of them a second. Each
order is answered with the process's CPU time and the number of deliveries so far.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import trio
from attrs import define

from benchmarks import processes
from benchmarks.serving import GraphSink, environment
from kaisa_relay.app import Relay, relay
from kaisa_relay.domain.contact_events import BlockedBy, ContactBlocked
from kaisa_relay.domain.engagement.actions import Kind, Webhook
from kaisa_relay.domain.engagement.trigger import Step, Trigger
from kaisa_relay.domain.ids import ContactId, WorkspaceId
from kaisa_relay.logs import configure
from kaisa_relay.ports import Append
from kaisa_relay.ports.engagement import EndpointWish, NewEndpoint
from kaisa_relay.settings import FOR_SERVE, load

TYPE = "contact.blocked"
"""An event that needs no conversation."""


@define(eq=False)
class Producer:
    """Does what is ordered."""

    built: Relay
    workspace: WorkspaceId
    last: int = 0

    async def obey(self, order: Mapping[str, Any]) -> None:
        """Do one order."""
        if "urls" in order:
            await self._furnish(order["urls"])
        else:
            await self._produce(order["events"], order["rate"])

    async def _furnish(self, urls: Sequence[str]) -> None:
        builder = self.built.engagement.builder
        for old in await builder.triggers(self.workspace):
            await builder.remove_trigger(self.workspace, old.id)
        for former in await builder.endpoints(self.workspace):
            await builder.remove_endpoint(self.workspace, former.id)
        for url in urls:
            made = await builder.add_endpoint(self.workspace, EndpointWish(Kind.WEBHOOK, url))
            assert isinstance(made, NewEndpoint), made
            step = Step(timedelta(), (Webhook(made.view.id),))
            await builder.add_trigger(self.workspace, url, True, Trigger((TYPE,), (step,)))
        follower = self.built.engagement.follower
        while len(follower.standing.get(self.workspace, ())) != len(urls):  # noqa: ASYNC110 - rows
            await trio.sleep(0.01)

    async def _produce(self, events: int, rate: float) -> None:
        began = trio.current_time()
        for number in range(events):
            await trio.sleep_until(began + number / rate)
            self.last += 1
            contact = ContactId(self.last)
            event = ContactBlocked(contact, BlockedBy.API, datetime.now(UTC))
            stream = f"contact/{contact}"
            await self.built.rooms.journal.append(Append(self.workspace, stream, 0, (event,), ()))


async def serve(database_url: str) -> None:
    """Work, and obey standard input, until it ends."""
    configure("json")
    given = environment(database_url, GraphSink("http://127.0.0.1:1"), 0)
    settings = load({**given, "KAISA_PRIVATE_NETWORKS": "127.0.0.0/8"}, None, FOR_SERVE)
    async with relay(settings) as built, trio.open_nursery() as nursery:
        nursery.start_soon(built.engagement.run, name="engagement")
        (workspace,) = built.accounts.workspaces()
        producer = Producer(built, workspace)
        print(json.dumps("ready"), flush=True)
        while line := await trio.to_thread.run_sync(sys.stdin.readline, abandon_on_cancel=True):
            await producer.obey(json.loads(line))
            print(json.dumps({"cpu": processes.cpu_seconds(os.getpid())}), flush=True)
        nursery.cancel_scope.cancel()


if __name__ == "__main__":
    trio.run(serve, sys.argv[1])
