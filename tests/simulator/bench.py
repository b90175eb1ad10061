"""A simulator in the same process: Graph through ASGI, webhooks into a list."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import httpx
import trio
import trio.testing
from attrs import define, field

from kaisa_relay.simulator import (
    ChannelConfig,
    PersonConfig,
    Simulator,
    SimulatorConfig,
    create_app,
)

EPOCH = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
VISITOR = "46700000001"
AGENT = "46700000002"
PNID = "2000001"
CONFIG = SimulatorConfig(
    webhook_url="http://business.test/hook",
    channels=(ChannelConfig(PNID, "+46 10 000 00 01"),),
    people=(PersonConfig(f"+{VISITOR}", "Vera"), PersonConfig(f"+{AGENT}", "Aron")),
)


@define
class Business:
    """The business end of the webhooks: answers with `answers`, then 200; keeps what it got."""

    posts: list[httpx.Request] = field(factory=list)
    answers: list[int] = field(factory=list)
    slow: float = 0.0

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """Take one webhook or handshake."""
        if request.method == "GET":
            right = request.url.params.get("hub.verify_token") == "open sesame"
            challenge = request.url.params["hub.challenge"]
            return httpx.Response(200 if right else 403, text=challenge if right else "no")
        self.posts.append(request)
        await trio.sleep(self.slow)
        return httpx.Response(self.answers.pop(0) if self.answers else 200)

    @property
    def changes(self) -> list[dict[str, Any]]:
        """Every change of every entry of every POST, in order of arrival."""
        bodies = [json.loads(post.content) for post in self.posts]
        return [change for body in bodies for entry in body["entry"] for change in entry["changes"]]

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Everything of one kind: messages, statuses, contacts or errors."""
        return [one for change in self.changes for one in change["value"].get(kind, [])]


@define
class Bench:
    """A simulator, its business, and a caller of both APIs."""

    simulator: Simulator
    business: Business
    http: httpx.AsyncClient

    async def graph(self, body: dict[str, Any], pnid: str = PNID) -> httpx.Response:
        """Send a message body to Graph."""
        full = {"messaging_product": "whatsapp"} | body
        headers = {"Authorization": "Bearer sim-token"}
        answer = await self.http.post(f"/v26.0/{pnid}/messages", json=full, headers=headers)
        await trio.testing.wait_all_tasks_blocked()
        return answer

    async def text(self, to: str, text: str = "hello", **more: Any) -> httpx.Response:
        """Send a text to a number (digits)."""
        return await self.graph({"to": f"+{to}", "type": "text", "text": {"body": text}} | more)

    async def sim(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """A control call that must succeed: POST with a body, GET without."""
        url = f"/_sim/{path}".rstrip("/")
        answer = await (self.http.get(url) if body is None else self.http.post(url, json=body))
        assert answer.status_code == 200, answer.text
        # Webhooks run in parallel; what two calls cause must not mix in a test.
        await trio.testing.wait_all_tasks_blocked()
        shown: dict[str, Any] = answer.json()
        return shown

    async def faults(self, **changes: Any) -> None:
        """Set fault knobs and switches."""
        answer = await self.http.patch("/_sim/faults", json=changes)
        assert answer.status_code == 200, answer.text

    async def settle(self, seconds: float = 1.0) -> None:
        """Let everything planned for the next seconds happen."""
        await trio.sleep(seconds)
        await trio.testing.wait_all_tasks_blocked()


def _now() -> datetime:
    return EPOCH + timedelta(seconds=trio.current_time())


@asynccontextmanager
async def open_bench(config: SimulatorConfig) -> AsyncIterator[Bench]:
    """Run a simulator in this process for as long as the block lasts."""
    business = Business()
    async with (
        httpx.AsyncClient(transport=httpx.MockTransport(business.answer)) as outward,
        trio.open_nursery() as nursery,
    ):
        simulator = Simulator(config, outward, _now, Random(1))
        await nursery.start(simulator.run)
        transport = httpx.ASGITransport(app=create_app(simulator))
        async with httpx.AsyncClient(transport=transport, base_url="http://sim.test") as http:
            yield Bench(simulator, business, http)
        nursery.cancel_scope.cancel()
