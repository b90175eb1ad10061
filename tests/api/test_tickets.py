"""What opens the feed's door: once, and not for long."""

from kaisa_relay.api.feed.tickets import LIVES, MOST, Pass, Tickets
from kaisa_relay.ports.keys import ApiKey
from tests.api.rows import OURS


async def still_valid() -> bool:
    return True


HOLDER = Pass(ApiKey(7, OURS, frozenset()), still_valid)


def test_a_ticket_opens_once_within_its_time() -> None:
    now = 0.0
    tickets = Tickets(lambda: now)
    ticket, late = tickets.issue(HOLDER), tickets.issue(HOLDER)
    now += LIVES - 1
    assert tickets.redeem(ticket) is HOLDER
    assert tickets.redeem(ticket) is None
    now += 1
    assert tickets.redeem(late) is None
    assert tickets.redeem("kt_made_up") is None


def test_the_oldest_go_first() -> None:
    tickets = Tickets(lambda: 0.0)
    first, *others = [tickets.issue(HOLDER) for _ in range(MOST + 1)]
    assert tickets.redeem(first) is None
    assert all(tickets.redeem(each) is HOLDER for each in others)
