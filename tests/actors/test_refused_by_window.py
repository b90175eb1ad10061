"""WhatsApp calls a window closed while more waits for its reader: all of it keeps its order."""

import pytest
from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.domain.content import Text
from kaisa_relay.domain.inbound import StatusUpdate
from kaisa_relay.domain.outgoing import Outgoing, Template
from kaisa_relay.domain.sending import Rank, Rejected
from kaisa_relay.ports import FormPerson
from tests.actors.house import AGENT, VISITOR, House, Plan, appends, open_house

CLOSED = Rejected(131047, "re-engagement message")
WORDS = ["one", "two", "three", "four"]


@pytest.mark.parametrize(("writer", "reader"), [(VISITOR, AGENT), (AGENT, VISITOR)])
@pytest.mark.parametrize("before", [0, 1])
async def test_what_is_behind_a_refused_message_stays_behind_it(
    autojump_clock: MockClock, writer: FormPerson, reader: FormPerson, before: int
) -> None:
    """One refusal, and by the next call the window would be open."""
    async with open_house() as house:
        await house.talking()
        house.gateway.latency = 5.0
        house.gateway.answer_next(reader.phone, *[None] * before, CLOSED)
        await house.arrive(*(house.item(writer, word) for word in WORDS))
        await house.pass_time(60)
        templates = [each.name for each in house.sent(reader) if isinstance(each, Template)]
        assert sum(name.startswith("kaisa_reopen") for name in templates) == 1
        assert [text for text in house.texts(reader) if text in WORDS] == WORDS[:before]
        await house.write(reader, "I am back")
        await house.pass_time(60)
        heard = "\n".join(house.texts(reader)).split("\n")
        assert [line for line in heard if line in WORDS] == WORDS
        house.check_finished()


@pytest.mark.parametrize(("writer", "reader"), [(VISITOR, AGENT), (AGENT, VISITOR)])
@pytest.mark.parametrize("restarts", [False, True])
async def test_a_refusal_that_comes_as_a_status_holds_them_as_well(
    autojump_clock: MockClock, writer: FormPerson, reader: FormPerson, restarts: bool
) -> None:
    """WhatsApp took all of them first; one template, and on the reader's word all in order."""
    plan = Plan()
    async with open_house(plan) as house:
        await house.talking()
        await house.arrive(*(house.item(writer, word) for word in WORDS))
        await house.pass_time(60)
        taken = [each for each in house.gateway.accepted if _said(each.outgoing) in WORDS]
        assert len(taken) == len(WORDS)
        refusals = [
            StatusUpdate(each.wamid, Rank.FAILED, house.wall(), each.opaque, code=131047)
            for each in taken
        ]
        await house.statuses(*refusals)
        store, gateway = house.store.restart() if restarts else house.store, house.gateway
        if not restarts:
            await heard_in_order(house, reader)
    if restarts:
        async with open_house(evolve(plan, store=store, gateway=gateway)) as house:
            await heard_in_order(house, reader)


@pytest.mark.parametrize(("writer", "reader"), [(VISITOR, AGENT), (AGENT, VISITOR)])
async def test_a_restart_before_anybody_has_heard_of_the_refusal(
    autojump_clock: MockClock, writer: FormPerson, reader: FormPerson
) -> None:
    """It is in the conversation's inbox by then, and so is that what was behind it turned back."""
    plan = Plan()
    async with open_house(plan) as house:
        talk = await house.talking()
        house.gateway.latency = 5.0
        house.gateway.answer_next(reader.phone, CLOSED)
        await house.arrive(*(house.item(writer, word) for word in WORDS))
        await house.pass_time(4)
        deaf = house.traps.set(appends(talk.conversation), times=100)
        await house.pass_time(1.1)
        assert deaf.sprung > 0
        store, gateway = house.store.restart(), house.gateway
    async with open_house(evolve(plan, store=store, gateway=gateway)) as house:
        await heard_in_order(house, reader)


async def heard_in_order(house: House, reader: FormPerson) -> None:
    """The reader comes back: everything, once, behind one template."""
    await house.pass_time(60)
    templates = [each.name for each in house.sent(reader) if isinstance(each, Template)]
    assert sum(name.startswith("kaisa_reopen") for name in templates) == 1
    before = len(house.texts(reader))
    await house.write(reader, "I am back")
    await house.pass_time(60)
    heard = "\n".join(house.texts(reader)[before:]).split("\n")
    assert [line for line in heard if line in WORDS] == WORDS
    house.check_finished()


def _said(outgoing: Outgoing) -> str | None:
    return outgoing.body if isinstance(outgoing, Text) else None
