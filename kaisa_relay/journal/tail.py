"""Who is told of every commit, in order: the in-memory tail of events and of inbox items."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Tail(Generic[T]):
    """Calls every subscriber with what was committed; they must not wait."""

    def __init__(self) -> None:
        self._takers: list[Callable[[Sequence[T]], None]] = []

    def subscribe(self, take: Callable[[Sequence[T]], None]) -> None:
        """Have `take` called from now on."""
        self._takers.append(take)

    def tell(self, committed: Sequence[T]) -> None:
        """Call the subscribers, if anything was committed."""
        if committed:
            for take in self._takers:
                take(committed)
