"""What random schedules are made of: people who talk, what they may do, houses that restart."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from random import Random
from typing import Final

from attrs import define, evolve, field

from kaisa_relay.domain.content import Content, Location, Reaction, Text
from kaisa_relay.domain.conversation import created
from kaisa_relay.domain.conversation import evolve as folded
from kaisa_relay.domain.conversation.events import ConversationCreated
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.ids import ContactId, MessageId
from kaisa_relay.domain.outgoing import Joined, Labelled, Outgoing, Quoting
from kaisa_relay.domain.sending import Deferred, Rank
from kaisa_relay.ports import FormPerson, NewItem, Reservation
from tests import fakes
from tests.actors.house import House, Plan, form, is_offer, open_house

PAIRS: Final = 3
WORD: Final = re.compile(r"^<(\w+-\d+)>$", re.MULTILINE)
"""What people write here, on a line of its own: where it is shown again, a name is before it."""


@define(eq=False)
class Talk:
    """A visitor and the agents who may take them, and what each has said so far."""

    number: int
    visitor: FormPerson
    agents: tuple[FormPerson, ...]
    reservation: Reservation | None = None
    said: int = 0

    def word(self, side: str) -> str:
        """Return the next text, one of a kind."""
        self.said += 1
        return f"<{side}{self.number}-{self.said}>"


Deed = Callable[[House, Talk], Awaitable[None]]


@define(eq=False)
class Schedule:
    """One random run over as many houses as it restarts, all on one store and one WhatsApp."""

    rng: Random
    plan: Plan
    talks: list[Talk] = field(factory=list)
    sent: list[NewItem] = field(factory=list)
    steps: int = 60

    async def step(self, house: House) -> None:
        """Let something happen."""
        talk = self.rng.choice(self.talks)
        deeds, weights = zip(*self.deeds(), strict=True)
        await self.rng.choices(deeds, weights)[0](house, talk)
        if self.rng.random() < 0.7:
            await house.quiet()

    def deeds(self) -> Sequence[tuple[Deed, int]]:
        """Return what can happen, and how often."""
        return (
            (self.speak, 12),
            (self.answer_offer, 5),
            (self.report, 4),
            (self.wait, 3),
            (self.repeat, 2),
            (self.react, 2),
            (self.refuse, 2),
        )

    async def speak(self, house: House, talk: Talk) -> None:
        """Somebody writes: a text, sometimes about an earlier one, sometimes a place."""
        agent = self.agent_of(house, talk)
        who = agent if agent is not None and self.rng.random() < 0.5 else talk.visitor
        word = talk.word("a" if who is agent else "v")
        content: Content = Text(word) if self.rng.random() < 0.9 else Location(1.0, 2.0, word)
        quotes = None
        if self.rng.random() < 0.3 and house.gateway.accepted:
            quotes = self.rng.choice(house.gateway.accepted).wamid
        await self.arrive(house, talk, house.item(who, content, self.channel(talk), quotes))

    async def answer_offer(self, house: House, talk: Talk) -> None:
        """Somebody taps a button of the last offer that they got, however old."""
        asked = [each for each in talk.agents if any(map(is_offer, house.sent(each)))]
        if asked:
            agent = self.rng.choice(asked)
            tapped = house.button(agent, self.rng.choice(("Accept", "Accept", "Decline")))
            await self.arrive(house, talk, house.item(agent, tapped, self.channel(talk)))

    async def repeat(self, house: House, talk: Talk) -> None:
        """WhatsApp delivers something again."""
        if self.sent:
            await house.arrive(self.rng.choice(self.sent))

    async def react(self, house: House, talk: Talk) -> None:
        """Somebody reacts to something."""
        if house.gateway.accepted:
            target = self.rng.choice(house.gateway.accepted).wamid
            who = self.rng.choice((talk.visitor, *talk.agents))
            await self.arrive(
                house, talk, house.item(who, Reaction(target, "x"), self.channel(talk))
            )

    async def report(self, house: House, talk: Talk) -> None:
        """Statuses come, late, twice, in any order."""
        taken = house.gateway.accepted[-20:]
        if taken:
            ranks = [self.rng.choice((Rank.SENT, Rank.DELIVERED, Rank.READ)) for _ in range(3)]
            indices = [-self.rng.randint(1, len(taken)) for _ in ranks]
            updates = [house.update(rank, at) for rank, at in zip(ranks, indices, strict=True)]
            first = house.batch(updates[0]).channel
            others = [each for each in updates if house.batch(each).channel != first]
            here = [each for each in updates if each not in others]
            rows = [house.batch(*each) for each in (here, others) if each]
            await house.arrive(*rows)

    async def refuse(self, house: House, talk: Talk) -> None:
        """WhatsApp will put off the next send to somebody, or lose its answer."""
        who = self.rng.choice((talk.visitor, *talk.agents))
        answers = (fakes.Lost(), Deferred(131056, "pair"), Deferred(130429, "rate"))
        house.gateway.answer_next(who.phone, self.rng.choice(answers))

    async def wait(self, house: House, talk: Talk) -> None:
        """Time passes: seconds or the better part of a day."""
        await house.pass_time(self.rng.choice((1.0, 20.0, 200.0, 10_000.0)))

    async def arrive(self, house: House, talk: Talk, item: NewItem) -> None:
        """Let a message come in."""
        self.sent.append(item)
        await house.arrive(item)

    def agent_of(self, house: House, talk: Talk) -> FormPerson | None:
        """Return who has the conversation."""
        assert talk.reservation is not None
        state = state_of(house, talk.reservation)
        phone = phone_of(house, state.agent) if state.agent is not None else None
        return next((agent for agent in talk.agents if agent.phone == phone), None)

    def channel(self, talk: Talk) -> int:
        """Return the number that they talk on."""
        assert talk.reservation is not None
        return int(talk.reservation.channel)


def state_of(house: House, reservation: Reservation) -> State:
    """Return a conversation as its journal tells it, from the beginning."""
    first, *rest = house.events(reservation.conversation)
    assert isinstance(first, ConversationCreated)
    state = created(first)
    for event in rest:
        state = folded(state, event)
    return state


def phone_of(house: House, contact: ContactId) -> str | None:
    """Return somebody's number."""
    return house.store.rows.people[fakes.WORKSPACE, contact].phone


def words(outgoing: Outgoing) -> list[str]:
    """Return what people's own words a send holds, in order; none for automatic texts."""
    match outgoing:
        case Quoting(outgoing=inner):
            return words(inner)
        case Text(body=body) | Joined(body=body) | Labelled(body=body):
            return WORD.findall(body)
        case Location(name=name):
            return WORD.findall(name or "")
        case _:
            return []


def words_of(house: House, message: MessageId) -> list[str]:
    """Return the words of a message that was kept."""
    said = house.store.rows.contents[fakes.WORKSPACE, message].content
    return words(said) if isinstance(said, Text | Location) else []


def talks(pairs: int = PAIRS, agents: int = 2) -> list[Talk]:
    """Return people for so many conversations, each with agents of its own."""
    return [
        Talk(at, form(100 + at), tuple(form(200 + 10 * at + n) for n in range(agents)))
        for at in range(pairs)
    ]


@asynccontextmanager
async def last_house(schedule: Schedule) -> AsyncIterator[House]:
    """Restart until the schedule is through, with everything done that is due; then look."""
    left = schedule.steps
    while left > 0:
        async with open_house(schedule.plan) as house:
            schedule.plan = evolve(schedule.plan, store=house.store, gateway=house.gateway)
            house.gateway.latency = 0.05
            await begin(house, schedule.talks)
            for _ in range(min(left, schedule.rng.randint(5, 30))):
                await schedule.step(house)
                left -= 1
    async with open_house(schedule.plan) as house:
        yield house


async def begin(house: House, talks: list[Talk]) -> None:
    """Have every visitor scan a link, once."""
    for talk in talks:
        if talk.reservation is None:
            talk.reservation = await house.reserved(*talk.agents, visitor=talk.visitor)
            await house.scan(talk.reservation, talk.visitor)
