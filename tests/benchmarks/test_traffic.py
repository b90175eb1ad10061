"""The watch that the relay's benchmark keeps over what passes."""

from collections.abc import Iterator

import pytest

from benchmarks.bodies import Person
from benchmarks.eventloop import EventLoop
from benchmarks.posting import Poster
from benchmarks.sink import Message, Words
from benchmarks.templates import Party
from benchmarks.traffic import Manner, NotOnceInOrder, Talk, Traffic

VISITOR = Person("Vera", "46700000001", "2001")
AGENT = Person("Anna", "46730000001", "2001")


def sent(text: str, to: Person = AGENT) -> Message:
    """What the relay sends for a message."""
    return Message(to.phone, Words(text), "1.2.3", b"wamid.out")


@pytest.fixture
def traffic() -> Iterator[Traffic]:
    """Two messages of the visitor (lane 0) are under way."""
    loop = EventLoop()
    traffic = Traffic(Poster(loop, port=1, connections=1), Manner(statuses=False))
    traffic.open([Talk(Party.of(VISITOR), Party.of(AGENT))])
    lane = traffic.lanes[0]
    lane.said = lane.open = 2
    lane.began.update({1: 0.0, 2: 0.0})
    yield traffic
    loop.close()


def test_what_comes_once_in_order_is_right(traffic: Traffic) -> None:
    traffic.take(sent("0:1:hello"))
    traffic.take(sent("0:2:hello"))
    traffic.check()
    assert traffic.arrived == len(traffic.relays) == 2


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
def test_what_does_not_ends_the_benchmark(traffic: Traffic, came: list[Message]) -> None:
    *before, last = came
    for each in before:
        traffic.take(each)
    with pytest.raises(NotOnceInOrder):
        traffic.take(last)


def test_what_does_not_come_ends_it_too(traffic: Traffic) -> None:
    traffic.take(sent("0:1:hello"))
    with pytest.raises(NotOnceInOrder, match="1 messages did not arrive"):
        traffic.check()
