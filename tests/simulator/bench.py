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
    """The business end of the webhooks: answers with `answers`, then 200; keeps what it got.

    `files` are what it has under its own links: MIME type and bytes by path.
    """

    posts: list[httpx.Request] = field(factory=list)
    answers: list[int] = field(factory=list)
    slow: float = 0.0
    files: dict[str, tuple[str, bytes]] = field(factory=dict)
    fetched: list[str] = field(factory=list)

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """Take one webhook or handshake, or give out a file."""
        if request.method == "GET" and "hub.challenge" not in request.url.params:
            self.fetched.append(request.url.path)
            mime_type, data = self.files.get(request.url.path, ("", b""))
            status = 200 if data else 404
            return httpx.Response(status, content=data, headers={"Content-Type": mime_type})
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

    async def call(self, method: str, path: str, **how: Any) -> httpx.Response:
        """Call any other Graph endpoint with the channel's token."""
        headers = {"Authorization": "Bearer sim-token"}
        answer = await self.http.request(method, f"/v26.0/{path}", headers=headers, **how)
        await trio.testing.wait_all_tasks_blocked()
        return answer

    async def upload(self, data: bytes, mime_type: str, name: str = "f") -> httpx.Response:
        """Upload a file to the channel."""
        return await self.call(
            "POST",
            f"{PNID}/media",
            data={"messaging_product": "whatsapp", "type": mime_type},
            files={"file": (name, data, mime_type)},
        )

    async def person(self, number: str, path: str, /, **body: Any) -> dict[str, Any]:
        """Let a person do something; it must succeed."""
        return await self.sim(f"people/{number}/{path}", body)

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
        simulator.world.base_url = "http://sim.test"
        transport = httpx.ASGITransport(app=create_app(simulator))
        async with httpx.AsyncClient(transport=transport, base_url="http://sim.test") as http:
            yield Bench(simulator, business, http)
        nursery.cancel_scope.cancel()
