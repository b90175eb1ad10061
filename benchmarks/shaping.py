"""The shapes that load comes in: evenly, in bursts, all to one conversation, more than goes."""

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Final

from attrs import define

from benchmarks import pace, processes
from benchmarks.pace import Times
from benchmarks.running import Running
from benchmarks.templates import MESSAGES, posted
from benchmarks.traffic import Lane, Talk, Traffic

Figures = Mapping[str, float]
Shape = Callable[[float, float], Times]
SHAPES: Final[Mapping[str, Shape]] = {"constant": pace.evenly, "bursts": pace.in_bursts}
"""How a rate becomes the times of turns."""
NAMES: Final = (*SHAPES, "hot-conversation", "hot-channel")
"""What `part` knows; for a hot channel, all conversations must be on one."""
IN_ONE_POST: Final = 10
"""Texts of the hot conversation that Meta delivers together."""
OVERLOAD: Final = 2.0
"""How much more is offered than goes through."""
CROWD: Final = 1_200
"""Connections of an overload: more than the relay's listener takes, which is 1,000."""


@define(eq=False)
class Hot:
    """Somebody who writes without end: the next POST as soon as the one before was answered."""

    traffic: Traffic
    lane: Lane
    end: float
    accepted: int = 0

    def start(self) -> None:
        """Begin."""
        self._post()

    def acked(self) -> None:
        """A POST's texts are stored."""
        self.accepted += IN_ONE_POST
        if perf_counter() < self.end:
            self._post()

    def _post(self) -> None:
        person = self.lane.sender
        texts = [self.traffic.words(self.lane) for _ in range(IN_ONE_POST)]
        self.traffic.poster.post(posted(MESSAGES, [person], texts), self)


def part(run: Running, name: str, rate: float, seconds: float) -> Figures:
    """Return how so many turns a second fare in a shape."""
    if name == "hot-conversation":
        return hot_conversation(run, next(run.asleep), rate, seconds)
    return run.timed(SHAPES.get(name, pace.evenly)(rate, seconds))


def hot_conversation(run: Running, talk: Talk, rate: float, seconds: float) -> Figures:
    """Return what one endless writer gets accepted, and how all others fare at this rate.

    CPU is per message accepted. What comes out of the hot conversation is watched like all else,
    once and in order; most of it waits in the relay, for the pair limit lets 45 out at once and
    one every 6 s after them.
    """
    hot = Hot(run.traffic, run.traffic.hold(talk), perf_counter() + seconds)
    hot.start()
    figures = run.timed(pace.evenly(rate, seconds))
    others = figures["messages_per_second"] * figures["seconds"] - hot.lane.arrived
    messages = others + hot.accepted
    return {
        **figures,
        "cpu_us_per_message": figures["relay_core_share"] * figures["seconds"] * 1e6 / messages,
        "hot_accepted_per_second": hot.accepted / figures["seconds"],
        "hot_accepted": hot.accepted,
        "hot_relayed": hot.lane.arrived,
    }


def overload(run: Running, rate: float, seconds: float) -> Figures:
    """Return how the relay bears twice the `rate` that goes through, and what it refused.

    All that was answered 200 has arrived when this returns, or it raises.
    """
    before = processes.resident_bytes(run.serve.pid)
    poster = run.traffic.poster
    refusals, usual, poster.connections = poster.refusals, poster.connections, CROWD
    figures = run.timed(pace.evenly(OVERLOAD * rate, seconds))
    poster.connections = usual
    run.traffic.check()
    return {
        **figures,
        "offered_per_second": round(OVERLOAD * rate, 1),
        "refused_with_503": poster.refusals - refusals,
        "memory_before_megabytes": round(before / 1e6, 1),
        "memory_most_megabytes": round(processes.most_resident_bytes(run.serve.pid) / 1e6, 1),
    }
