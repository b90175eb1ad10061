"""The watch that the relay's benchmark keeps over what passes."""

import pytest

from benchmarks.bodies import Person
from benchmarks.graph import Sent
from benchmarks.talks import Talk
from benchmarks.traffic import NotOnceInOrder, Passage, Traffic

VISITOR = Person("Vera", "46700000001", "2001")
AGENT = Person("Anna", "46730000001", "2001")


def sent(text: str, to: Person = AGENT) -> Sent:
    """What the relay sends for a message."""
    return Sent(to.phone, text, None, "1.2.3", "wamid.out")


@pytest.fixture
async def traffic() -> Traffic:
    """Two messages of the visitor (lane 0) are under way."""
    traffic = Traffic(with_statuses=False, in_a_row=2)
    traffic.open([Talk(VISITOR, AGENT)], {VISITOR.phone: 2, AGENT.phone: 2})
    lane = traffic.lanes[0]
    lane.said, lane.waiting = 2, {1: Passage(0.0), 2: Passage(0.0)}
    return traffic


async def test_what_comes_once_in_order_is_right(traffic: Traffic) -> None:
    traffic.take(sent("0:1:hello"))
    traffic.take(sent("0:2:hello"))
    traffic.check()
    assert traffic.total == 2


@pytest.mark.parametrize(
    "came",
    [
        [sent("0:2:hello")],
        [sent("0:1:hello"), sent("0:1:hello")],
        [sent("0:1:hello", to=VISITOR)],
        [sent("Sorry, I cannot pass that on.")],
    ],
    ids=["late", "twice", "to the wrong person", "a notice"],
)
async def test_what_does_not_ends_the_benchmark(traffic: Traffic, came: list[Sent]) -> None:
    *before, last = came
    for each in before:
        traffic.take(each)
    with pytest.raises(NotOnceInOrder):
        traffic.take(last)


async def test_what_does_not_come_ends_it_too(traffic: Traffic) -> None:
    traffic.take(sent("0:1:hello"))
    with pytest.raises(NotOnceInOrder, match="1 messages did not arrive"):
        traffic.check()
