"""How much a text may do when it is written, whatever it is made of.

Rule 1: at every step of a loop and every filter it is asked how long it has taken already.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import local
from time import thread_time
from typing import Any, Final

from attrs import frozen
from jinja2 import nodes
from jinja2.filters import do_round
from jinja2.visitor import NodeTransformer

MOST_WRITTEN: Final = 100_000
"""Characters of a text with its facts."""
MOST_ITEMS: Final = 50
"""Of a list or an object among the facts; later ones are left out."""
MOST_WORK: Final = 0.5
"""Seconds of a processor for one text; those that people write take a few thousandths."""
MOST_DIGITS: Final = 15
"""Of a number that is rounded."""
ITEMS: Final = "_items"
"""The filter of every loop."""
DIGITS: Final = f"may round to {MOST_DIGITS} digits at most"


@frozen
class BadBody(Exception):
    """A text that cannot be written with these facts."""

    reason: str


class _Work(local):
    """Until when, by its processor's clock, a thread may write; a text is written in one go."""

    until: float = math.inf


_work: Final = _Work()


@contextmanager
def bounded_work() -> Iterator[None]:
    """Give one text, which this thread writes in one go, its time."""
    _work.until = thread_time() + MOST_WORK
    try:
        yield
    finally:
        _work.until = math.inf


def go_on() -> None:
    """Raise `BadBody` where there is no time left."""
    if thread_time() > _work.until:
        raise BadBody("takes too long to write")


def items(fact: Any) -> Iterator[Any]:
    """Return what a loop goes over; a text is one item, not its letters."""
    every = [fact] if isinstance(fact, str) else list(fact)
    for each in every[:MOST_ITEMS]:
        go_on()
        yield each


def watched(filter: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that ends with its text's time, and takes nothing larger than a text."""

    @wraps(filter)  # also the mark by which Jinja knows that it wants its environment
    def bounded(*given: Any) -> Any:
        go_on()
        if any(isinstance(each, str) and len(each) > MOST_WRITTEN for each in given):
            raise BadBody(f"is longer than {MOST_WRITTEN} characters")
        return filter(*given)

    return bounded


def rounded(value: float, digits: int = 0, method: str = "common") -> Any:
    """Round as Jinja does, which raises ten to any power to do so."""
    if not -MOST_DIGITS <= digits <= MOST_DIGITS:
        raise BadBody(DIGITS)
    return do_round(value, digits, method)  # type: ignore[arg-type]  # it judges the method itself


class BoundedLoops(NodeTransformer):
    """Has every loop go over `items`."""

    def visit_For(self, node: nodes.For) -> nodes.For:
        """Filter what it goes over."""
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, ITEMS, [], [], None, None, lineno=node.lineno)
        return node
