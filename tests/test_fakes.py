"""The fake WhatsApp does what actors are tested against: it takes, refuses, loses and is away."""

import trio
from trio.testing import MockClock

from kaisa_relay.domain.content import Text
from kaisa_relay.domain.outgoing import Recipient
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.sending import Accepted, Answer, Deferred, Rejected, Uncertain
from kaisa_relay.ports import ChannelAccess
from tests import fakes
from tests.fakes import FakeGateway, Lost

ACCESS = ChannelAccess("2000", "token")
ANA, BO = fakes.phone(1), fakes.phone(2)


async def send(gateway: FakeGateway, to: Phone, body: str) -> Answer:
    recipient = Recipient(to, None)
    return await gateway.send(ACCESS, recipient, Text(body), f"1.2.{body}")


async def test_what_is_accepted_is_remembered_in_order(autojump_clock: MockClock) -> None:
    gateway = FakeGateway(latency=0.5)
    answers = [await send(gateway, to, body) for to, body in ((ANA, "1"), (BO, "2"), (ANA, "3"))]
    assert answers == [Accepted(each.wamid) for each in gateway.accepted]
    assert len({each.wamid for each in gateway.accepted}) == 3
    assert [each.at for each in gateway.accepted] == [0.5, 1.0, 1.5]
    assert [each.opaque for each in gateway.accepted] == ["1.2.1", "1.2.2", "1.2.3"]
    assert gateway.sent_to(ANA) == [Text("1"), Text("3")]


async def test_a_script_answers_one_recipient_in_turn() -> None:
    gateway = FakeGateway()
    no = Rejected(131026, "undeliverable")
    gateway.answer_next(ANA, no, None, Uncertain("reset"))
    assert isinstance(await send(gateway, BO, "0"), Accepted)
    assert await send(gateway, ANA, "1") == no
    assert isinstance(await send(gateway, ANA, "2"), Accepted)
    assert await send(gateway, ANA, "3") == Uncertain("reset")
    assert isinstance(await send(gateway, ANA, "4"), Accepted)
    assert gateway.sent_to(ANA) == [Text("2"), Text("4")]


async def test_an_answer_can_be_lost_after_the_message_was_taken() -> None:
    gateway = FakeGateway()
    gateway.answer_next(ANA, Lost())
    assert isinstance(await send(gateway, ANA, "1"), Uncertain)
    assert gateway.sent_to(ANA) == [Text("1")]


async def test_nothing_gets_through_while_it_is_away() -> None:
    gateway = FakeGateway(away=True)
    answers = [
        await send(gateway, ANA, "1"),
        await gateway.probe(ACCESS),
        await gateway.mark_read(ACCESS, "wamid-1"),
    ]
    assert all(isinstance(answer, Deferred) and answer.whole_channel for answer in answers)
    assert (gateway.accepted, gateway.read) == ([], [])
    gateway.away = False
    assert await gateway.probe(ACCESS) == Accepted("")


async def test_calls_under_way_at_once_are_counted(autojump_clock: MockClock) -> None:
    gateway = FakeGateway(latency=1.0)
    async with trio.open_nursery() as nursery:
        for body in ("1", "2"):
            nursery.start_soon(send, gateway, ANA, body)
        nursery.start_soon(send, gateway, BO, "3")
    most = {to.phone: count for to, count in gateway.most_in_flight.items()}
    assert most == {ANA: 2, BO: 1}


def test_accounts_answer_for_what_was_put_into_them() -> None:
    accounts = fakes.FakeAccounts()
    mine, theirs = fakes.channel(1), fakes.channel(2, of=9)
    accounts.add(fakes.workspace(), mine)
    accounts.add(fakes.workspace(9), theirs)
    assert accounts.workspaces() == [1, 9]
    assert accounts.channels(fakes.WORKSPACE) == [mine]
    assert accounts.channel(fakes.WORKSPACE, mine.id) == mine
    assert accounts.channel(fakes.WORKSPACE, theirs.id) is None
    assert accounts.by_phone(fakes.WORKSPACE, [theirs.phone, mine.phone]) == mine
    assert accounts.by_phone(fakes.WORKSPACE, [theirs.phone]) is None
    assert accounts.by_phone_number_id("", theirs.phone_number_id) == theirs
    assert accounts.by_phone_number_id("another", theirs.phone_number_id) is None
    assert accounts.access(mine.id).phone_number_id == mine.phone_number_id
