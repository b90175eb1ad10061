"""Random schedules of people, webhooks, time and restarts: what was taken in is what arrives.

The oracle is the journal and the phones: every message that was taken in reaches its one reader
once, in order, and nobody else; one agent wins; whatever still waits has a deadline.
"""

from datetime import timedelta
from random import Random
from typing import Final

import pytest
from trio.testing import MockClock

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.deadlines import next_deadline
from kaisa_relay.domain.conversation.events import (
    AgentAccepted,
    MessageReceived,
    MessageUnconfirmed,
)
from kaisa_relay.domain.conversation.terms import Terms
from kaisa_relay.domain.ids import ConversationId
from kaisa_relay.ports import FormPerson
from tests import fakes
from tests.actors.house import House, Plan, is_offer
from tests.actors.schedules import Schedule, Talk, last_house, talks, words, words_of

TERMS: Final = Terms(
    expires_after=timedelta(days=9),
    queue_time=timedelta(days=1),
    first_reply_time=timedelta(days=9),
    resume_time=timedelta(0),
)


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


def taken_in(house: House, conversation: ConversationId, side: Side) -> list[str]:
    """Return what the journal took in from one side, but for what nobody knows the fate of."""
    events = house.events(conversation)
    lost = {each.message for each in events if isinstance(each, MessageUnconfirmed)}
    found: list[str] = []
    for event in events:
        if isinstance(event, MessageReceived) and event.side is side and event.message not in lost:
            found += words_of(house, event.message)
    return found


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
    plan = Plan(channels=2, terms=TERMS, seed=seed)
    schedule = Schedule(Random(seed), plan, talks())
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
