"""The whole house of actors on a store in memory and a WhatsApp that answers at once."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import trio
from attrs import define, evolve, field

from kaisa_relay.actors.desk import ActorsDesk
from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.outages import Outages
from kaisa_relay.actors.tree import Actors
from kaisa_relay.domain.content import ButtonTap, Choice, Content, Text
from kaisa_relay.domain.conversation.terms import Terms
from kaisa_relay.domain.ids import ConversationId
from kaisa_relay.domain.inbound import StatusBatch, StatusUpdate
from kaisa_relay.domain.outgoing import Buttons, Outgoing, Template
from kaisa_relay.domain.sending import Rank
from kaisa_relay.journal.memory import MemoryStore
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

VISITOR = FormPerson("Vera Visitor", fakes.phone(100), "en")
AGENT = FormPerson("Anna Agent", fakes.phone(200), "en")
BRUNO = FormPerson("Bruno Agent", fakes.phone(201), "en")


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
    _wamids: int = 0
    _settled: dict[str, int] = field(factory=dict)

    async def reserve(
        self, *agents: FormPerson, visitor: FormPerson = VISITOR, **fields: object
    ) -> Reservation | ReserveRefusal:
        """Ask for a conversation."""
        request = NewConversation(visitor, agents or (AGENT,))
        return await self.desk.reserve(fakes.WORKSPACE, evolve(request, **fields))

    async def reserved(
        self, *agents: FormPerson, visitor: FormPerson = VISITOR, **fields: object
    ) -> Reservation:
        """Ask for a conversation and get one."""
        answer = await self.reserve(*agents, visitor=visitor, **fields)
        assert isinstance(answer, Reservation)
        return answer

    def item(self, who: FormPerson, content: Content | str, channel: int = 1) -> NewItem:
        """Return the inbox row of a message by somebody."""
        self._wamids += 1
        wamid = f"wamid.in.{self._wamids}"
        person = fakes.person(0, who.name)
        sender = fakes.sender(evolve(person, phone=who.phone))
        message = fakes.inbound(sender, content, wamid, self.wall())
        return fakes.new_item(message, self.accounts.numbers[fakes.ChannelId(channel)])

    async def write(self, who: FormPerson, content: Content | str, channel: int = 1) -> None:
        """Somebody writes; returns once nothing more happens by itself."""
        await self.store.inbox.store([self.item(who, content, channel)])
        await self.quiet()

    async def scan(self, reservation: Reservation, who: FormPerson = VISITOR) -> None:
        """Somebody scans the code and sends the prefilled text."""
        await self.write(who, reservation.url, int(reservation.channel))

    async def tap(self, who: FormPerson, label: str, channel: int = 1) -> None:
        """Somebody taps a button of the last message that had any."""
        await self.write(who, self.button(who, label), channel)

    def button(self, who: FormPerson, label: str) -> Content:
        """Return what a tap on such a button sends: the first one of a template is Accept."""
        for outgoing in reversed(self.sent(who)):
            if isinstance(outgoing, Template):
                index = {"Accept": 0, "Decline": 1}[label]
                return ButtonTap(outgoing.payloads[index], label)
            if isinstance(outgoing, Buttons):
                [found] = [each for each in outgoing.buttons if each.title == label]
                return Choice(found.payload, label)
        raise AssertionError(f"{who.name} has no button {label}")

    def sent(self, who: FormPerson) -> list[Outgoing]:
        """Return what somebody's phone got, in order."""
        return self.gateway.sent_to(who.phone)

    def texts(self, who: FormPerson) -> list[str]:
        """Return the texts that somebody's phone got."""
        return [each.body for each in self.sent(who) if isinstance(each, Text)]

    async def status(self, rank: Rank, index: int = -1, code: int | None = None) -> None:
        """WhatsApp reports on something that it took."""
        taken = self.gateway.accepted[index]
        update = StatusUpdate(taken.wamid, rank, self.wall(), taken.opaque, code=code)
        item = NewItem(
            fakes.WORKSPACE,
            fakes.ChannelId(1),
            ItemKind.STATUSES,
            None,
            b"[]",
            StatusBatch((update,)),
        )
        await self.store.inbox.store([item])
        await self.quiet()

    async def phase(self, conversation: ConversationId) -> str:
        """Return the API's status of a conversation."""
        view = await self.store.archive.conversation(fakes.WORKSPACE, conversation)
        assert view is not None
        return view.phase.value

    async def quiet(self) -> None:
        """Wait until nothing happens by itself."""
        await trio.testing.wait_all_tasks_blocked(0.001)

    async def pass_time(self, time: timedelta | float) -> None:
        """Let time pass."""
        await trio.sleep(time.total_seconds() if isinstance(time, timedelta) else time)
        await self.quiet()


@asynccontextmanager
async def open_house(
    store: MemoryStore | None = None,
    gateway: fakes.FakeGateway | None = None,
    terms: Terms | None = None,
    channels: int = 1,
    seed: int = 1,
) -> AsyncIterator[House]:
    """Run the actors until the block ends; a store may be that of an earlier house."""
    wall = fakes.wall_clock()
    store = store or fakes.memory_store(wall)
    gateway = gateway or fakes.FakeGateway()
    accounts = fakes.FakeAccounts()
    numbers = [fakes.channel(index + 1) for index in range(channels)]
    accounts.add(fakes.workspace(terms=terms), *numbers)
    context = Context(
        inbox=store.inbox,
        journal=store.journal,
        sends=store.sends,
        directory=store.directory,
        accounts=accounts,
        gateway=gateway,
        wall=wall,
        new_id=store.new_id,
        rng=random.Random(seed),
        link=lambda phone, text: text,
        outages=Outages(wall),
    )
    actors = Actors(context)
    async with trio.open_nursery() as nursery:
        await nursery.start(actors.run)
        house = House(wall, store, gateway, accounts, context, actors, ActorsDesk(context))
        await house.quiet()
        yield house
        nursery.cancel_scope.cancel()
