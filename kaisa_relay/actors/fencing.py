"""A lost workspace, told to supervision as what it is, also out of a nursery's group."""

from collections.abc import Iterator
from contextlib import contextmanager

from kaisa_relay.ports import Fenced


@contextmanager
def fenced_alone() -> Iterator[None]:
    """Raise `Fenced` itself where a group holds it: `supervise` knows it by its class."""
    lost = False
    try:
        yield
    except* Fenced:
        lost = True
    if lost:
        raise Fenced
