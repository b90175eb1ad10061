"""The whole house of actors on a store in memory and a WhatsApp that answers at once."""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import trio
from attrs import define, evolve, field, frozen

from kaisa_relay.actors.bounds import Bounds
from kaisa_relay.actors.conversation.slots import Slots
from kaisa_relay.actors.desk import ActorsDesk
from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.outages import Outages
from kaisa_relay.actors.tree import Actors
from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.content import ButtonTap, Choice, Content, Text
from kaisa_relay.domain.conversation.events import Event
from kaisa_relay.domain.conversation.terms import Terms
from kaisa_relay.domain.ids import ChannelId, ConversationId, MessageId
from kaisa_relay.domain.inbound import StatusBatch, StatusUpdate
from kaisa_relay.domain.outage import Outage
from kaisa_relay.domain.outgoing import AskNumber, Buttons, Outgoing, Template
from kaisa_relay.domain.payloads import OfferAnswer, decode
from kaisa_relay.domain.sending import Rank
from kaisa_relay.journal.memory import MemoryStore
from kaisa_relay.journal.memory.rows import InboxState
from kaisa_relay.ports import (
    FormPerson,
    ItemKind,
    NewConversation,
    NewItem,
    Reservation,
    ReserveRefusal,
)
from kaisa_relay.runtime.clock import WallClock
from tests import fakes
from tests.actors.carrier import FakeCarrier
from tests.actors.faults import TrappedDirectory, TrappedJournal, TrappedSends, Traps


def form(id: int, name: str = "", language: str = "en") -> FormPerson:
    """Return somebody as a form names them."""
    return FormPerson(name or f"Person {id}", fakes.phone(id), language)


SPOKEN = Text | Buttons | AskNumber
VISITOR = form(100, "Vera Visitor")
AGENT = form(200, "Anna Agent")
BRUNO = form(201, "Bruno Agent")


@frozen
class Plan:
    """What a house is built with; `last_alive` is when the process before this one was last up."""

    store: MemoryStore | None = None
    gateway: fakes.FakeGateway | None = None
    carrier: FakeCarrier | None = None
    terms: Terms | None = None
    channels: int = 1
    seed: int = 1
    bounds: Bounds = field(factory=Bounds)
    last_alive: datetime | None = None


@define(eq=False)
class House:
    """A running relay without faces: what a test does to it, and what it sees come out."""

    wall: WallClock
    store: MemoryStore
    gateway: fakes.FakeGateway
    accounts: fakes.FakeAccounts
    context: Context
    actors: Actors
    desk: ActorsDesk
    traps: Traps

    @property
    def slots(self) -> Slots:
        """The conversations in memory."""
        return self.actors.router.slots

    # --- what people and programs do

    async def reserve(
        self, *agents: FormPerson, visitor: FormPerson = VISITOR, **fields: Any
    ) -> Reservation | ReserveRefusal:
        """Ask for a conversation."""
        request = NewConversation(visitor, agents or (AGENT,))
        return await self.desk.reserve(fakes.WORKSPACE, evolve(request, **fields))

    async def reserved(
        self, *agents: FormPerson, visitor: FormPerson = VISITOR, **fields: Any
    ) -> Reservation:
        """Ask for a conversation and get one."""
        answer = await self.reserve(*agents, visitor=visitor, **fields)
        assert isinstance(answer, Reservation)
        return answer

    async def talking(
        self, agent: FormPerson = AGENT, visitor: FormPerson = VISITOR, **fields: Any
    ) -> Reservation:
        """Bring a visitor and an agent together."""
        reservation = await self.reserved(agent, visitor=visitor, **fields)
        await self.scan(reservation, visitor)
        await self.tap(agent, "Accept", int(reservation.channel))
        assert await self.phase(reservation.conversation) == "active"
        return reservation

    def item(
        self,
        who: FormPerson | Sender,
        content: Content | str,
        channel: int = 1,
        quotes: str | None = None,
    ) -> NewItem:
        """Return the inbox row of a message by somebody, which may quote another (by wamid)."""
        wamid = f"wamid.in.{self.store.new_id()}"
        sender = who if isinstance(who, Sender) else sender_of(who)
        message = evolve(fakes.inbound(sender, content, wamid, self.wall()), quotes=quotes)
        return fakes.new_item(message, self.accounts.numbers[ChannelId(channel)])

    async def arrive(self, *items: NewItem) -> None:
        """Let webhook items come in at one instant."""
        await self.store.inbox.store(items)

    async def write(
        self, who: FormPerson | Sender, content: Content | str, channel: int = 1
    ) -> None:
        """Somebody writes; returns once nothing more happens by itself."""
        await self.arrive(self.item(who, content, channel))
        await self.quiet()

    async def scan(
        self, reservation: Reservation, who: FormPerson | Sender = VISITOR, channel: int = 0
    ) -> None:
        """Somebody scans the code and sends the prefilled text."""
        await self.write(who, reservation.url, channel or int(reservation.channel))

    async def tap(self, who: FormPerson, label: str, channel: int = 1) -> None:
        """Somebody taps a button of the last message that had any."""
        await self.write(who, self.button(who, label), channel)

    async def status(self, rank: Rank, index: int = -1, code: int | None = None) -> None:
        """WhatsApp reports on something that it took."""
        await self.statuses(self.update(rank, index, code))

    def update(self, rank: Rank, index: int = -1, code: int | None = None) -> StatusUpdate:
        """Return a status of something that WhatsApp took."""
        taken = self.gateway.accepted[index]
        return StatusUpdate(taken.wamid, rank, self.wall(), taken.opaque, code=code)

    async def statuses(self, *updates: StatusUpdate) -> None:
        """A POST with statuses comes in."""
        await self.arrive(self.batch(*updates))
        await self.quiet()

    def batch(self, *updates: StatusUpdate) -> NewItem:
        """Return the inbox row of a POST with statuses, for the channel that sent the first."""
        opaque, batch = updates[0].opaque, StatusBatch(updates)
        channel = ChannelId(int(opaque.split(".")[1]) if opaque else 1)
        return NewItem(fakes.WORKSPACE, channel, ItemKind.STATUSES, None, b"[]", batch)

    # --- what is seen

    def button(self, who: FormPerson, label: str) -> Content:
        """Return what a tap on such a button sends: the first one of a template is Accept."""
        for outgoing in reversed(self.sent(who)):
            if isinstance(outgoing, Template) and is_offer(outgoing):
                index = {"Accept": 0, "Decline": 1}[label]
                return ButtonTap(outgoing.payloads[index], label)
            buttons = outgoing.buttons if isinstance(outgoing, Buttons) else ()
            found = next((each for each in buttons if each.title == label), None)
            if found is not None:
                return Choice(found.payload, label)
        raise AssertionError(f"{who.name} has no button {label}")

    def sent(self, who: FormPerson) -> list[Outgoing]:
        """Return what somebody's phone got, in order."""
        return self.gateway.sent_to(who.phone)

    def texts(self, who: FormPerson | str) -> list[str]:
        """Return the texts that somebody's phone (or BSUID) got."""
        sent = self.sent(who) if isinstance(who, FormPerson) else self.gateway.sent_to(who)
        return [each.body for each in sent if isinstance(each, SPOKEN) and not is_offer(each)]

    def offered(self, who: FormPerson) -> int:
        """Return how many offers somebody's phone got."""
        return sum(is_offer(each) for each in self.sent(who))

    def events(self, conversation: ConversationId) -> list[Event]:
        """Return what happened in a conversation."""
        key = (fakes.WORKSPACE, f"conversation/{conversation}")
        return [recorded.event for recorded in self.store.rows.streams[key]]

    async def phase(self, conversation: ConversationId) -> str:
        """Return the API's status of a conversation."""
        view = await self.store.archive.conversation(fakes.WORKSPACE, conversation)
        assert view is not None
        return view.phase.value

    def waiting(self, state: InboxState = InboxState.NEW) -> list[MessageId]:
        """Return the inbox rows in this state, in order."""
        return [id for id, row in sorted(self.store.rows.inbox.items()) if row.state is state]

    def check_finished(self) -> None:
        """Nothing is left undecided, unsent, queued or counted."""
        assert not self.waiting()
        assert not self.store.rows.sends
        statistics = self.actors.router.statistics()
        assert (statistics["in_flight"], statistics["queued"]) == (0, 0)
        assert self.context.exchange.calls == 0
        assert all(not post.statuses for post in self.context.exchange.channels.values())

    # --- time

    async def quiet(self) -> None:
        """Wait until nothing happens by itself."""
        await trio.testing.wait_all_tasks_blocked(0.001)

    async def pass_time(self, time: timedelta | float) -> None:
        """Let time pass."""
        await trio.sleep(time.total_seconds() if isinstance(time, timedelta) else time)
        await self.quiet()


def is_offer(outgoing: Outgoing) -> bool:
    """Say whether somebody is asked to take a conversation."""
    match outgoing:
        case Buttons(buttons=buttons):
            return isinstance(decode(buttons[0].payload), OfferAnswer)
        case Template(payloads=payloads):
            return isinstance(decode(payloads[0]), OfferAnswer)
        case _:
            return False


def sender_of(who: FormPerson) -> Sender:
    """Return somebody as WhatsApp shows them: by their number."""
    return Sender(who.phone.removeprefix("+"), None, who.name)


def unnumbered(name: str, bsuid: str) -> Sender:
    """Return somebody who hides their number."""
    return Sender(None, bsuid, name)


def appends(stream: ConversationId | str) -> Callable[[object], bool]:
    """Match commits of one conversation, or of every stream whose name begins so."""
    name = stream if isinstance(stream, str) else f"conversation/{stream}"

    def matches(call: object) -> bool:
        found = getattr(call, "stream", "")
        return bool(found == name if name[-1].isdigit() else found.startswith(name))

    return matches


@asynccontextmanager
async def open_house(plan: Plan | None = None) -> AsyncIterator[House]:
    """Run the actors until the block ends; a store may be that of an earlier house."""
    plan = plan or Plan()
    wall = fakes.wall_clock()
    store = plan.store or fakes.memory_store(wall)
    gateway = plan.gateway or fakes.FakeGateway()
    accounts = fakes.FakeAccounts()
    numbers = [fakes.channel(index + 1) for index in range(plan.channels)]
    accounts.add(fakes.workspace(terms=plan.terms), *numbers)
    traps = Traps()
    context = Context(
        inbox=store.inbox,
        journal=TrappedJournal(store, traps),
        sends=TrappedSends(store, traps),
        files=store.files,
        carrier=plan.carrier or FakeCarrier(),
        directory=TrappedDirectory(store, traps),
        boards=store.boards,
        accounts=accounts,
        gateway=gateway,
        wall=wall,
        new_id=store.new_id,
        rng=random.Random(plan.seed),
        link=lambda phone, text: text,
        outages=Outages(wall),
        button_key=b"known to nobody else",
        bounds=plan.bounds,
    )
    if plan.last_alive is not None:
        context.outages.record(None, Outage(plan.last_alive, wall()))
    actors = Actors(context)
    async with trio.open_nursery() as nursery:
        await nursery.start(actors.run)
        house = House(wall, store, gateway, accounts, context, actors, ActorsDesk(context), traps)
        await house.quiet()
        yield house
        nursery.cancel_scope.cancel()
