"""Short ways to have triggers, events and endpoints, and to wait for what becomes of them."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import trio
from attrs import define, evolve
from sqlalchemy import select

from kaisa_relay.domain.conversation.events import (
    ConversationAbandoned,
    ConversationClosed,
    ConversationResumed,
)
from kaisa_relay.domain.conversation.terms import AbandonReason, EndedBy
from kaisa_relay.domain.engagement.actions import Kind
from kaisa_relay.domain.engagement.ids import ENDPOINT
from kaisa_relay.domain.engagement.quota import Quotas
from kaisa_relay.domain.engagement.trigger import Trigger, read_trigger
from kaisa_relay.domain.ids import to_text
from kaisa_relay.engagement import Engine
from kaisa_relay.engagement.builder import Builder
from kaisa_relay.engagement.content import Outward
from kaisa_relay.engagement.endpoint_rows import Target, target
from kaisa_relay.engagement.examples import example
from kaisa_relay.engagement.trigger_rows import KNOWN
from kaisa_relay.ports.engagement import (
    BadEndpoint,
    DeliveryState,
    DeliveryView,
    EndpointWish,
    NewEndpoint,
    TriggerView,
    WhichDeliveries,
)
from kaisa_relay.store.engagement_table import subscriber
from tests import fakes
from tests.contracts.sql_stores import SqlStore
from tests.contracts.world import Started, World
from tests.engagement.outbox import OutboxCourier
from tests.engagement.receiver import Call, Receiver

WITHIN = 15.0
LOOK_AGAIN = 0.01


@define(eq=False)
class Stage:
    """A workspace, its Engagement Builder at work, and a customer's server."""

    world: World
    store: SqlStore
    engine: Engine
    receiver: Receiver
    courier: OutboxCourier
    nursery: trio.Nursery
    _running: trio.CancelScope | None = None
    _people: int = 0

    @property
    def builder(self) -> Builder:
        """What the faces ask."""
        return self.engine.builder

    # --- the engine

    def start(self) -> None:
        """Let it run."""
        self._running = trio.CancelScope()
        self.nursery.start_soon(self._run, self._running)

    def kill(self) -> None:
        """End it wherever it is."""
        assert self._running is not None
        self._running.cancel()

    async def _run(self, scope: trio.CancelScope) -> None:
        with scope:
            await self.engine.run()

    def pass_time(self, by: timedelta) -> None:
        """Let so much time pass."""
        self.world.clock.now += by
        self.engine.deliverer.ring()

    # --- what an operator does

    def restrain(self, quotas: Quotas) -> None:
        """Let the workspace have no more than this."""
        engine, handover = self.engine, evolve(self.engine.tools.handover, quotas=quotas)
        tools = evolve(engine.tools, quotas=quotas, handover=handover)
        engine.builder = evolve(engine.builder, tools=tools)
        engine.deliverer.tools = tools
        engine.follower.quotas, engine.follower.backlog.most = quotas, quotas.waiting

    async def endpoint(self, path: str = "") -> NewEndpoint:
        """Add an endpoint at the customer's server."""
        return await self.add(EndpointWish(Kind.WEBHOOK, self.receiver.url + path))

    async def add(self, wish: EndpointWish) -> NewEndpoint:
        """Add an endpoint of any kind."""
        made = await self.builder.add_endpoint(self.world.workspace, wish)
        assert isinstance(made, NewEndpoint), made
        return made

    async def example(self, endpoint: NewEndpoint, to: str) -> tuple[Target, Outward]:
        """Return an endpoint as who sends sees it, and what tries it."""
        cipher, of, now = self.builder.cipher, self.world.workspace, self.world.clock()
        read = partial(target, of=of, id=endpoint.view.id, now=now, cipher=cipher)
        found = await self.store.store.browse(read)
        assert found is not None
        content = example(found, "dlv_1", now, to)
        assert not isinstance(content, BadEndpoint), content
        return found, content

    async def trigger(self, *endpoints: NewEndpoint, **parts: Any) -> TriggerView:
        """Add a trigger that posts to these, and wait until it is looked at."""
        actions = [{"webhook": to_text(ENDPOINT, each.view.id)} for each in endpoints]
        return await self.trigger_of(*actions, **parts)

    async def trigger_of(self, *actions: dict[str, Any], **parts: Any) -> TriggerView:
        """Add a trigger with these actions, and wait until it is looked at."""
        read = self.reading(*actions, **parts)
        made = await self.builder.add_trigger(self.world.workspace, "ladder", True, read)
        assert isinstance(made, TriggerView), made
        await self.standing(made.id, True)
        return made

    def reading(self, *actions: dict[str, Any], **parts: Any) -> Trigger:
        """Read what a trigger with these actions does."""
        steps = [
            {"after": after, "actions": list(actions)} for after in parts.pop("after", ("0s",))
        ]
        definition = {"on": ["conversation.abandoned"], "steps": steps, **parts}
        read = read_trigger(definition, KNOWN, self.builder.bad_text)
        assert isinstance(read, Trigger), read
        return read

    async def standing(self, trigger: int, there: bool) -> None:
        """Wait until the follower goes by a trigger, or no more."""

        async def seen() -> bool:
            known = self.engine.follower.standing.get(self.world.workspace, ())
            return any(each.id == trigger for each in known) is there

        await until(seen)

    # --- what happens

    async def conversation(self) -> Started:
        """Begin a conversation of two people who are in no other."""
        self._people += 2
        pair = (fakes.person(self._people, "Vera"), fakes.person(self._people + 1, "Anna"))
        return await self.world.start(*pair)

    async def abandoned(self) -> Started:
        """Begin a conversation that nobody scans."""
        begun = await self.conversation()
        event = ConversationAbandoned(AbandonReason.UNSCANNED, self.world.clock())
        assert await self.world.append(begun.stream, 1, (event,)) is None
        return begun

    async def resumed(self, begun: Started) -> None:
        """Its visitor comes back."""
        event = ConversationResumed(begun.state.visitor, self.world.clock())
        assert await self.world.append(begun.stream, 2, (event,)) is None

    async def closed(self, begun: Started, version: int = 1) -> None:
        """It ends."""
        event = ConversationClosed(EndedBy.API, self.world.clock())
        assert await self.world.append(begun.stream, version, (event,)) is None

    # --- what becomes of it

    async def calls(self, count: int) -> Sequence[Call]:
        """Return the first so many calls that the customer's server took."""

        async def seen() -> bool:
            return len(self.receiver.calls) >= count

        await until(seen)
        return self.receiver.calls[:count]

    async def deliveries(self, **which: Any) -> Sequence[DeliveryView]:
        """Return the deliveries, the oldest first."""
        asked = WhichDeliveries(**which)
        found = await self.builder.deliveries(self.world.workspace, asked, None, 1000)
        return found[::-1]

    async def states(self, count: int, *wanted: DeliveryState) -> Sequence[DeliveryView]:
        """Return the deliveries once there are so many, all in one of these states."""
        found: Sequence[DeliveryView] = ()

        async def seen() -> bool:
            nonlocal found
            found = await self.deliveries()
            return len(found) == count and all(each.state in wanted for each in found)

        await until(seen)
        return found

    async def tried(self, times: int) -> Sequence[DeliveryView]:
        """Return the deliveries once each was tried so often."""
        found: Sequence[DeliveryView] = ()

        async def seen() -> bool:
            nonlocal found
            found = await self.deliveries()
            return bool(found) and all(each.attempts == times for each in found)

        await until(seen)
        return found

    async def followed(self) -> None:
        """Wait until every event so far was looked at."""
        head = await self.store.following.position(self.world.workspace)

        async def seen() -> bool:
            query = select(subscriber.c.seq)
            at = await self.store.store.read(lambda connection: connection.scalar(query))
            return at == head

        await until(seen)


async def until(seen: Callable[[], Awaitable[bool]]) -> None:
    """Return once it is so."""
    with trio.fail_after(WITHIN):
        while not await seen():  # noqa: ASYNC110 - what is waited for is a row
            await trio.sleep(LOOK_AGAIN)
