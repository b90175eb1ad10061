"""A workspace of its own on the shared relay, with numbers and people that no other test has.

Rule 1: what somebody reads, they have read: the next look begins behind it.
Rule 2: a leap in time waits until nothing is under way, so that it moves nothing but time.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final

import httpx
import trio
from attrs import define, field, frozen
from sqlalchemy import select

from kaisa_relay.accounts.commands import (
    AddChannel,
    AddKey,
    AddWorkspace,
    ChannelFacts,
    Command,
    KeyAdded,
    Result,
    WorkspaceFacts,
    WorkspaceSettings,
)
from kaisa_relay.cli.demo.answers import body
from kaisa_relay.cli.demo.people import Arrival, Simulator
from kaisa_relay.cli.demo.programs import CHANNEL_TOKEN, Line
from kaisa_relay.cli.demo.relay import Conversation, RelayApi
from kaisa_relay.domain.ids import WORKSPACE, from_text
from kaisa_relay.journal.event_columns import name_of
from kaisa_relay.ports.keys import Scope
from kaisa_relay.store.tables import event
from tests.e2e import ledger
from tests.e2e.play import CREATE
from tests.e2e.running import Running

WITHIN: Final = 15.0
"""Seconds that anybody waits for anything."""
LOOK_AGAIN: Final = 0.03
STILL: Final = 2
_NAMES: Final = count(1)

Shown = dict[str, Any]


@define(eq=False)
class Someone:
    """A person with a phone, and how much of what arrived there they have read."""

    name: str
    number: str
    language: str
    graph: httpx.AsyncClient
    line: str = ""
    """The phone_number_id of the chat that they look at."""
    read: int = 0

    @property
    def form(self) -> dict[str, str]:
        """How the customer's site names them."""
        return {"name": self.name, "phone": self.number, "language": self.language}

    async def does(self, call: str, **asked: Any) -> Shown:
        """Do something with the phone."""
        answer = await self.graph.post(f"/_sim/people/{self.number}/{call}", json=asked)
        return body(answer, dict)

    async def writes(self, text: str, **more: Any) -> str:
        """Write a text, or with `type` anything else; returns the wamid."""
        words = {"text": text} if text else {}
        wamid: str = (await self.does("send", channel=self.line, **words, **more))["wamid"]
        return wamid

    async def taps(self, arrival: Arrival, index: int = 0) -> None:
        """Tap a button; 0 is the first."""
        await self.does("tap", message=arrival.wamid, index=index)

    async def reads(self, text: str = "", kind: str = "") -> Arrival:
        """Return the next message with these words, or of this type."""
        return await self._next(
            lambda each: text in each.text and kind in ("", each.type), text or kind
        )

    async def asked(self) -> Arrival:
        """Return the next offer."""
        return await self._next(lambda each: len(each.buttons) == 2, "an offer")

    async def accepts(self) -> None:
        """Accept the next offer, and read whose it is."""
        await self.taps(await self.asked(), 0)
        await self.reads("You are now talking to")

    async def unread(self) -> list[str]:
        """Return what has come since they read."""
        return [each.text for each in await self._arrivals(self.read, 0)]

    async def bubble(self, wamid: str, look: Callable[[Shown], bool]) -> Shown:
        """Return a message in the chat on their phone once it looks so."""
        seen: Shown = {}
        with trio.move_on_after(WITHIN):
            while True:
                path = f"/_sim/people/{self.number}/chats/{self.line}"
                shown = body(await self.graph.get(path), dict)["bubbles"]
                seen = next(each for each in shown if each["wamid"] == wamid)
                if look(seen):
                    return seen
                await trio.sleep(LOOK_AGAIN)
        raise AssertionError(f"the message of {self.name} never changed: {seen}")

    async def _next(self, wanted: Callable[[Arrival], bool], what: str) -> Arrival:
        passed: list[Arrival] = []
        with trio.move_on_after(WITHIN):
            while True:
                passed += await self._arrivals(self.read + len(passed), WITHIN)
                found = next(filter(wanted, passed), None)
                if found is not None:
                    self.read = found.index
                    return found
        texts = [(each.type, each.text) for each in passed]
        raise AssertionError(f"{self.name} never got “{what}”; instead: {texts}")

    async def _arrivals(self, after: int, wait: float) -> tuple[Arrival, ...]:
        return await Simulator(self.graph).inbox(self.number, after, wait)


@frozen
class Stage:
    """A workspace with its numbers, and a customer's backend with a key."""

    running: Running
    workspace: WorkspaceFacts
    graph: httpx.AsyncClient
    http: httpx.AsyncClient
    key: str = field(repr=False)
    lines: list[Line] = field(factory=list)
    channels: list[ChannelFacts] = field(factory=list)

    @property
    def api(self) -> RelayApi:
        """The API with this workspace's key."""
        return RelayApi(self.http, self.key)

    async def do(self, command: Command) -> Result:
        """Have an operator do something."""
        return await self.running.administer(command)

    async def connect(self, app: str = "") -> Line:
        """Connect one more number, of the usual app or another."""
        line = Line(f"{self.workspace.id}-{len(self.lines) + 1}", self.running.number())
        number = (line.phone_number_id, line.number)
        waba, portfolio = f"waba-{self.workspace.id}", self.workspace.id
        told = {"phone_number_id": number[0], "number": number[1]}
        await self.meta("channels", **told, waba=waba, portfolio=portfolio)
        name = self.workspace.name
        facts = await self.do(
            AddChannel(name, *number, CHANNEL_TOKEN, waba=waba, app=app, portfolio=portfolio)
        )
        assert isinstance(facts, ChannelFacts), facts
        self.lines.append(line)
        self.channels.append(facts)
        return line

    async def someone(self, name: str, language: str = "en", **phone: Any) -> Someone:
        """Return somebody with a phone, who looks at the first number."""
        number = self.running.number()
        told = {"number": number, "name": name, **phone}
        body(await self.graph.post("/_sim/people", json=told), dict)
        return Someone(name, number, language, self.graph, self.lines[0].phone_number_id)

    async def meta(self, call: str, **asked: Any) -> Shown:
        """Have Meta, or the simulator's faults, do something."""
        return body(await self.graph.post(f"/_sim/{call}", json=asked), dict)

    # --- what people do

    async def reserve(self, visitor: Someone, *agents: Someone, **more: Any) -> Conversation:
        """Ask for a conversation; both look at its number then."""
        asked = {"visitor": visitor.form, "agents": [each.form for each in agents], **more}
        headers = {"Authorization": f"Bearer {self.key}"}
        made = body(await self.http.post(CREATE, json=asked, headers=headers), Conversation)
        line = next(each for each in self.lines if each.number == made.channel.phone)
        for each in (visitor, *agents):
            each.line = line.phone_number_id
        return made

    async def begin(self, visitor: Someone, *agents: Someone, **more: Any) -> Conversation:
        """Ask for a conversation and scan its link."""
        made = await self.reserve(visitor, *agents, **more)
        await visitor.writes(made.first_text)
        return made

    async def talking(self, visitor: Someone, *agents: Someone, **more: Any) -> Conversation:
        """Bring a visitor and the first agent together."""
        made = await self.begin(visitor, *agents, **more)
        await agents[0].accepts()
        await visitor.reads(f"You are now talking to {agents[0].name.split()[0]}")
        return made

    # --- time

    async def settled(self, but: str = "") -> None:
        """Return once the relay has nothing to do `but` what is called so."""
        engine = ledger.engine_of(self.running.config.database_url)

        def left(now: datetime) -> list[str]:
            with engine.connect() as connection:
                found = ledger.unsettled(connection) + ledger.overdue(connection, now)
            return [each for each in found if not but or but not in each]

        still, found = 0, [""]
        try:
            with trio.move_on_after(WITHIN):
                while still < STILL:
                    await trio.sleep(LOOK_AGAIN)
                    found = await trio.to_thread.run_sync(left, await self.now())
                    queues = (await Simulator(self.graph).webhooks(1 << 40)).queues
                    still = 0 if found or queues.coming else still + 1
        finally:
            engine.dispose()
        assert still == STILL, found

    async def leap(self, time: timedelta, but: str = "") -> None:
        """Let so much time pass for WhatsApp and the relay, which have nothing to do `but` that."""
        await self.settled(but)
        await self.running.leap(self.graph, time.total_seconds())
        await self.settled(but)

    async def now(self) -> datetime:
        """Return the instant on both clocks."""
        return datetime.fromisoformat(body(await self.graph.get("/_sim/clock"), dict)["now"])

    # --- what is recorded

    async def happened(self, conversation: Conversation) -> list[str]:
        """Return the kinds of a conversation's events, in order."""
        return [each.type for each in await self.api.events(conversation.id)]

    async def recorded(self, prefix: str) -> list[str]:
        """Return the kinds of the workspace's events that begin so, in order."""
        engine = ledger.engine_of(self.running.config.database_url)
        workspace = from_text(WORKSPACE, self.workspace.id)
        query = select(event.c.kind).where(event.c.workspace == workspace).order_by(event.c.seq)

        def look() -> list[str]:
            with engine.connect() as connection:
                return [name_of(kind) for kind in connection.scalars(query)]

        try:
            found = await trio.to_thread.run_sync(look)
        finally:
            engine.dispose()
        return [each for each in found if each.startswith(prefix)]

    async def wait_recorded(self, kind: str, times: int = 1) -> None:
        """Return once the workspace has so many events of a kind."""
        found: list[str] = []
        with trio.move_on_after(WITHIN):
            while True:
                found = await self.recorded("")
                if found.count(kind) >= times:
                    return
                await trio.sleep(LOOK_AGAIN)
        raise AssertionError(f"no {kind} in {found}")


@asynccontextmanager
async def stage(
    running: Running, settings: WorkspaceSettings | None = None, lines: int = 1
) -> AsyncIterator[Stage]:
    """Make a workspace with so many numbers and a key."""
    name = f"stage {next(_NAMES)}"
    workspace = await running.administer(AddWorkspace(name, settings or WorkspaceSettings()))
    assert isinstance(workspace, WorkspaceFacts), workspace
    key = await running.administer(AddKey(name, tuple(Scope)))
    assert isinstance(key, KeyAdded), key
    async with (
        httpx.AsyncClient(base_url=f"http://{running.graph}", timeout=30) as graph,
        httpx.AsyncClient(base_url=f"http://{running.bind}", timeout=30) as http,
    ):
        built = Stage(running, workspace, graph, http, key.text)
        for _ in range(lines):
            await built.connect()
        yield built
