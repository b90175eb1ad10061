"""The play: visitors and agents act on their phones, over public HTTP APIs only.

Rule 1: nobody acts before they could see why; nobody waits for ever.
Rule 2: a person writes the next message when the relay has taken the last one, so the order in
which it must arrive is known.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import trio
from attrs import define, field, frozen

from kaisa_relay.cli.demo import plan
from kaisa_relay.cli.demo.cast import AGENTS, DECLINES, RESCUES, TAKES, Chat, Ending
from kaisa_relay.cli.demo.outreach import Outreach, way_back
from kaisa_relay.cli.demo.people import Arrival, Missing, Person, Phone, Simulator, Ticks
from kaisa_relay.cli.demo.relay import Conversation, RelayApi
from kaisa_relay.cli.demo.screen import Screen
from kaisa_relay.cli.demo.verdict import ARRIVED, Heard, spoken
from kaisa_relay.runtime.clock import WallClock

HELD: Final = 2
"""Lines that a visitor writes before there is an agent; they must arrive all the same."""
SETTLED_WITHIN: Final = 15.0
QUIET: Final = 0.5
"""Seconds without any arrival before what arrived is counted."""
LOOK_AGAIN: Final = 0.05


@define(eq=False)
class Scene:
    """One chat as it is played: what is known so far, and what others wait for."""

    chat: Chat
    conversation: Conversation | None = None
    asked_at: datetime | None = None
    offered_at: datetime | None = None
    queued: trio.Event = field(factory=trio.Event)
    accepted: trio.Event = field(factory=trio.Event)
    ended: trio.Event = field(factory=trio.Event)
    relayed: list[float] = field(factory=list)
    """Seconds from writing to arriving, of what was written while the agent was there."""

    @property
    def created(self) -> Conversation:
        """The conversation; only once it is created."""
        if self.conversation is None:
            raise Missing(f"{self.chat.visitor.name} has no conversation")
        return self.conversation


@frozen
class Tempo:
    """Seconds that people take, so that a spectator can follow."""

    writing: float = 0.0
    answering: float = 0.0


@define(eq=False)
class Play:
    """One performance. `channels` are phone_number_ids by number."""

    simulator: Simulator
    relay: RelayApi
    outreach: Outreach
    screen: Screen
    clock: WallClock
    channels: Mapping[str, str]
    scenes: Sequence[Scene]
    tempo: Tempo = Tempo()
    phones: dict[str, Phone] = field(factory=dict)
    ticks: Ticks = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.ticks = Ticks(self.simulator)
        for person in (*self.visitors, *AGENTS, RESCUES):
            self.phones[person.name] = Phone(person, self.simulator, self._heard)

    @property
    def visitors(self) -> tuple[Person, ...]:
        """Who asks."""
        return tuple(scene.chat.visitor for scene in self.scenes)

    async def perform(self) -> None:
        """Play all scenes to their end. Raises `Missing` and `Unexpected`, in groups."""
        for phone in self.phones.values():
            await self.simulator.add_person(phone.person)
        async with trio.open_nursery() as world:
            for name, phone in self.phones.items():
                world.start_soon(phone.follow, name=f"phone of {name}")
            world.start_soon(self.ticks.follow, name="ticks")
            world.start_soon(self._answer_offers, DECLINES, 1, name=DECLINES.name)
            world.start_soon(self._answer_offers, TAKES, 0, name=TAKES.name)
            world.start_soon(self._answer_offers, RESCUES, 0, name=RESCUES.name)
            for scene in self.scenes:
                if not scene.chat.after:
                    await self._ask(scene)  # one after the other, so each gets its own channel
            async with trio.open_nursery() as chats:
                for scene in self.scenes:
                    chats.start_soon(self._play, scene, name=scene.chat.visitor.name)
            await self._settle()
            world.cancel_scope.cancel()

    # --- a scene

    async def _play(self, scene: Scene) -> None:
        for name in scene.chat.after:
            await self._scene(name).accepted.wait()
        if scene.chat.after:
            await self._ask(scene)
        await self._scan(scene)
        await self._find_agent(scene)
        async with trio.open_nursery() as both:
            both.start_soon(self._visitor_talks, scene, name="visitor")
            both.start_soon(self._agent_talks, scene, name="agent")
        for name in scene.chat.before_end:
            await self._scene(name).queued.wait()
        await self._end(scene)

    def _taker(self, scene: Scene) -> Phone:
        return self.phones[scene.chat.taker.name]

    def _scene(self, visitor: str) -> Scene:
        return next(scene for scene in self.scenes if scene.chat.visitor.name == visitor)

    async def _ask(self, scene: Scene) -> None:
        visitor = scene.chat.visitor
        scene.asked_at = self.clock()
        ask = self.outreach.ask if scene.chat.unscanned else self.relay.create
        scene.conversation = await ask(visitor, scene.chat.agents, {"played": visitor.name})
        self.screen.created(visitor, scene.conversation)

    async def _scan(self, scene: Scene) -> None:
        visitor, phone = scene.chat.visitor, self.phones[scene.chat.visitor.name]
        if scene.chat.unscanned:
            await self._come_back(scene)
        else:
            await self._write(phone, scene, scene.created.first_text)
            self.screen.scanned(visitor)
        await phone.wait_text(plan.seeking(visitor))
        for line in scene.chat.says[:HELD]:
            await trio.sleep(self.tempo.writing)
            await self._write(phone, scene, line)

    async def _come_back(self, scene: Scene) -> None:
        visitor = scene.chat.visitor
        self.screen.acts(visitor, "does not scan it")
        text = await self.outreach.message_to(visitor)
        self.screen.acts(visitor, f"gets a text message: {text}")
        await trio.sleep(self.tempo.answering)
        scene.asked_at = self.clock()
        await self._write(self.phones[visitor.name], scene, way_back(text))
        self.screen.acts(visitor, "opens the link and sends the sentence that is there")

    async def _find_agent(self, scene: Scene) -> None:
        visitor, phone = scene.chat.visitor, self.phones[scene.chat.visitor.name]
        if scene.chat.queued:
            await phone.wait_text(plan.queued(visitor))
            scene.queued.set()
            await self._until_free(scene)
        await phone.wait_text(plan.agent_found(scene.chat))
        scene.accepted.set()

    async def _until_free(self, scene: Scene) -> None:
        """Others talk as long as they like; only then patience begins."""
        for other in self.scenes:
            if scene.chat.visitor.name in other.chat.before_end:
                await other.ended.wait()

    async def _visitor_talks(self, scene: Scene) -> None:
        says, agent = scene.chat.says, self._taker(scene)
        visitor = self.phones[scene.chat.visitor.name]
        for line in says[:HELD]:
            await agent.wait_text(line)
        await self._talk(scene, visitor, agent, says[HELD:])

    async def _agent_talks(self, scene: Scene) -> None:
        agent, visitor = self._taker(scene), self.phones[scene.chat.visitor.name]
        await agent.wait_text(plan.agent_card(scene.chat))
        await trio.sleep(self.tempo.writing / 2)
        await self._talk(scene, agent, visitor, scene.chat.answers)

    async def _talk(self, scene: Scene, writer: Phone, reader: Phone, lines: Sequence[str]) -> None:
        written = []
        for line in lines:
            await trio.sleep(self.tempo.writing)
            written.append(self.clock())
            await self._write(writer, scene, line)
        for line, at in zip(lines, written, strict=True):
            arrival = await reader.wait_text(line)
            scene.relayed.append((arrival.at - at).total_seconds())

    async def _write(self, phone: Phone, scene: Scene, text: str) -> None:
        wamid = await phone.write(scene.created.channel.phone, text)
        await self.ticks.wait(wamid, f"“{text}” from {phone.person.name}")

    async def _end(self, scene: Scene) -> None:
        visitor, agent = self.phones[scene.chat.visitor.name], self._taker(scene)
        known = len(agent.arrivals)
        await trio.sleep(self.tempo.answering)
        if scene.chat.ending is Ending.AGENT:
            self.screen.acts(scene.chat.taker, "writes /close")
            await self._write(agent, scene, "/close")
        else:
            self.screen.acts(scene.chat.visitor, "is closed over the API")
            await self.relay.close(scene.created.id)
        await visitor.wait_text(plan.closed_visitor(scene.chat.visitor))
        scene.ended.set()
        await agent.wait_text(plan.closed_agent(scene.chat), known)

    # --- the agents, and what everybody hears

    async def _answer_offers(self, agent: Person, button: int) -> None:
        phone, answered = self.phones[agent.name], 0
        while True:
            offer = await phone.wait_for(_is_offer, answered)
            answered = offer.index
            await trio.sleep(self.tempo.answering)
            await phone.tap(offer, button)
            self.screen.acts(agent, f"taps [{offer.buttons[button].label}]")

    def _heard(self, person: Person, arrival: Arrival) -> None:
        if _is_offer(arrival):
            self._offered(plan.reading(arrival, self.visitors), arrival.at)
        self.screen.heard(self._writer(arrival.text), person, arrival)

    def _offered(self, offer: str, at: datetime) -> None:
        for scene in self.scenes:
            if offer == plan.offer_for(scene.chat.visitor) and scene.offered_at is None:
                scene.offered_at = at

    def _writer(self, text: str) -> Person | None:
        for scene in self.scenes:
            if text in scene.chat.says:
                return scene.chat.visitor
            if text in scene.chat.answers:
                return scene.chat.taker
        return None

    # --- afterwards

    async def _settle(self) -> None:
        """Return when nothing arrives any more and every message has its last status."""
        with trio.move_on_after(SETTLED_WITHIN):
            for scene in self.scenes:
                while not _settled(await self.witness(scene)):  # noqa: ASYNC110 - another process
                    await trio.sleep(LOOK_AGAIN)
            known = -1
            while known != (known := await self._arrived()):  # noqa: ASYNC110 - another process
                await trio.sleep(QUIET)

    async def _arrived(self) -> int:
        return sum((await self.simulator.counts()).values())

    async def witness(self, scene: Scene) -> Heard:
        """Return what the phones and the relay show of a scene."""
        id, visitor = scene.created.id, scene.chat.visitor
        channel = self.channels[scene.created.channel.phone]
        shown = self.shown()
        return Heard(
            to_visitor=shown.get((visitor.name, channel), ()),
            to_agent=shown.get((scene.chat.taker.name, channel), ()),
            transcript=await self.relay.messages(id),
            events=await self.relay.events(id),
            status=(await self.relay.conversation(id)).status,
        )

    def shown(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """Return what each phone shows, by (person, phone_number_id), in order."""
        shown: dict[tuple[str, str], tuple[str, ...]] = {}
        for name, phone in self.phones.items():
            for arrival in phone.arrivals:
                before = shown.get((name, arrival.channel), ())
                text = plan.reading(arrival, self.visitors)
                shown[name, arrival.channel] = (*before, text)
        return shown


def _is_offer(arrival: Arrival) -> bool:
    return len(arrival.buttons) == 2


def _settled(heard: Heard) -> bool:
    ended = heard.status == "closed"
    return ended and all(each.status in ARRIVED for each in spoken(heard.transcript))
