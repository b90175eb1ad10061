"""Random schedules of people, webhooks, time and restarts: what was taken in is what arrives.

The oracle is the journal and the phones: every message that was taken in reaches its one reader
once, in order, and nobody else; one agent wins; whatever still waits has a deadline.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random
from typing import Final

import pytest
from attrs import define, evolve, field
from trio.testing import MockClock

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import Content, Location, Reaction, Text
from kaisa_relay.domain.conversation.deadlines import next_deadline
from kaisa_relay.domain.conversation.events import (
    AgentAccepted,
    MessageReceived,
    MessageUnconfirmed,
)
from kaisa_relay.domain.conversation.terms import Terms
from kaisa_relay.domain.ids import ConversationId, MessageId
from kaisa_relay.domain.outgoing import Outgoing, Quoting
from kaisa_relay.domain.sending import Deferred, Rank
from kaisa_relay.ports import FormPerson, NewItem, Reservation
from tests import fakes
from tests.actors.house import House, Plan, form, is_offer, open_house

TERMS: Final = Terms(
    expires_after=timedelta(days=9),
    queue_time=timedelta(days=1),
    first_reply_time=timedelta(days=9),
    resume_time=timedelta(0),
)
PAIRS: Final = 3
STEPS: Final = 60
WORD: Final = re.compile(r"<(\w+-\d+)>")
"""What people write here; no automatic text holds one."""


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


@define(eq=False)
class Schedule:
    """One random run over as many houses as it restarts, all on one store and one WhatsApp."""

    rng: Random
    plan: Plan
    talks: list[Talk] = field(factory=list)
    sent: list[NewItem] = field(factory=list)

    async def step(self, house: House) -> None:
        """Let something happen."""
        talk = self.rng.choice(self.talks)
        often = (
            (self.speak, 12),
            (self.answer_offer, 5),
            (self.report, 4),
            (self.wait, 3),
            (self.repeat, 2),
            (self.react, 2),
            (self.refuse, 2),
        )
        deeds, weights = zip(*often, strict=True)
        await self.rng.choices(deeds, weights)[0](house, talk)
        if self.rng.random() < 0.7:
            await house.quiet()

    async def speak(self, house: House, talk: Talk) -> None:
        """Somebody writes: a text, sometimes about an earlier one, sometimes a place."""
        agent = winner(house, talk)
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
            await house.arrive(house.batch(*updates))

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

    def channel(self, talk: Talk) -> int:
        """Return the number that they talk on."""
        assert talk.reservation is not None
        return int(talk.reservation.channel)


def winner(house: House, talk: Talk) -> FormPerson | None:
    """Return the agent who has the conversation."""
    won = accepted(house, talk)
    if not won:
        return None
    phone = house.store.rows.people[fakes.WORKSPACE, won[-1].agent].phone
    return next(agent for agent in talk.agents if agent.phone == phone)


def accepted(house: House, talk: Talk) -> list[AgentAccepted]:
    """Return who accepted."""
    assert talk.reservation is not None
    events = house.events(talk.reservation.conversation)
    return [each for each in events if isinstance(each, AgentAccepted)]


def words(outgoing: Outgoing) -> list[str]:
    """Return what people's own words a send holds, in order; none for automatic texts."""
    match outgoing:
        case Quoting(outgoing=inner):
            return words(inner)
        case Text(body=body):
            return WORD.findall(body)
        case Location(name=name):
            return WORD.findall(name or "")
        case _:
            return []


def taken_in(house: House, conversation: ConversationId, side: Side) -> list[str]:
    """Return what the journal took in from one side, but for what nobody knows the fate of."""
    events = house.events(conversation)
    lost = {each.message for each in events if isinstance(each, MessageUnconfirmed)}
    found: list[str] = []
    for event in events:
        if isinstance(event, MessageReceived) and event.side is side and event.message not in lost:
            found += words_of(house, event.message)
    return found


def words_of(house: House, message: MessageId) -> list[str]:
    """Return the words of a message that was kept."""
    said = house.store.rows.contents[fakes.WORKSPACE, message].content
    return words(said) if isinstance(said, Text | Location) else []


def check(house: House, talk: Talk) -> None:
    """Everything taken in arrived once, in order, at its one reader; one agent won."""
    assert talk.reservation is not None
    conversation = talk.reservation.conversation
    assert len(accepted(house, talk)) <= 1
    agent = winner(house, talk)
    got = [word for each in house.sent(talk.visitor) for word in words(each)]
    assert settled(got, house, talk, Side.AGENT) == taken_in(house, conversation, Side.AGENT)
    for each in talk.agents:
        read = [word for sent in house.sent(each) for word in words(sent)]
        mine = taken_in(house, conversation, Side.VISITOR) if each is agent else []
        assert settled(read, house, talk, Side.VISITOR) == mine


def settled(got: list[str], house: House, talk: Talk, side: Side) -> list[str]:
    """Return what arrived without what may have been sent before a crash and is in doubt."""
    assert talk.reservation is not None
    sure = set(taken_in(house, talk.reservation.conversation, side))
    events = house.events(talk.reservation.conversation)
    doubtful = {
        word
        for each in events
        if isinstance(each, MessageUnconfirmed)
        for word in words_of(house, each.message)
    }
    return [word for word in got if word in sure or word not in doubtful]


@asynccontextmanager
async def last_house(schedule: Schedule) -> AsyncIterator[House]:
    """Restart until the schedule is through, with everything done that is due; then look."""
    left = STEPS
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


async def everybody_is_back(house: House, schedule: Schedule) -> None:
    """All offers are taken, all windows opened, all limits waited for."""
    await house.pass_time(200)
    for talk in schedule.talks:
        for agent in talk.agents:
            if not accepted(house, talk) and any(map(is_offer, house.sent(agent))):
                tapped = house.button(agent, "Accept")
                await house.write(agent, tapped, schedule.channel(talk))
        await house.write(talk.visitor, "I am back", schedule.channel(talk))
        won = winner(house, talk)
        if won is not None:
            await house.write(won, "so am I", schedule.channel(talk))
    await house.pass_time(1000)


@pytest.mark.parametrize("seed", range(10))
async def test_what_was_taken_in_arrives(autojump_clock: MockClock, seed: int) -> None:
    schedule = Schedule(Random(seed), Plan(channels=2, terms=TERMS, seed=seed))
    for number in range(PAIRS):
        agents = tuple(form(200 + 10 * number + n) for n in range(2))
        schedule.talks.append(Talk(number, form(100 + number), agents))
    async with last_house(schedule) as house:
        await everybody_is_back(house, schedule)
        for talk in schedule.talks:
            check(house, talk)
            assert talk.reservation is not None
            snapshot = await house.store.journal.snapshot(
                fakes.WORKSPACE, talk.reservation.conversation
            )
            assert snapshot is not None
            assert not snapshot[0].phase.live or next_deadline(snapshot[0]) is not None
        others = {talk.visitor.phone for talk in schedule.talks}
        others |= {agent.phone for talk in schedule.talks for agent in talk.agents}
        assert {each.recipient.phone for each in house.gateway.accepted} <= others
