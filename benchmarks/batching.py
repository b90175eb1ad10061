"""Items of several people on one number in one POST, as Meta may deliver them.

Rule 1: nothing waits longer than `AT_LATEST` for its batch to become full.
"""

from time import perf_counter
from typing import Final

from attrs import define, field

from benchmarks.posting import Acked, Poster
from benchmarks.templates import Party, posted

AT_LATEST: Final = 0.02
"""Seconds."""


@define(eq=False)
class Together:
    """One POST's items while they gather; all are told of its 200."""

    people: list[Party] = field(factory=list)
    items: list[bytes] = field(factory=list)
    waiting: list[Acked] = field(factory=list)

    def acked(self) -> None:
        """Tell everybody."""
        for each in self.waiting:
            each.acked()


@define(eq=False)
class Batches:
    """Posts messages or statuses (`kind`) so many at a time."""

    poster: Poster
    kind: bytes
    size: int
    _gathering: dict[bytes, Together] = field(factory=dict)

    def put(self, person: Party, item: bytes, waiting: Acked) -> None:
        """Post this item, at once or with others on the same number."""
        if self.size == 1:
            self.poster.post(posted(self.kind, (person,), (item,)), waiting)
            return
        together = self._gathering.get(person.number) or self._open(person.number)
        together.people.append(person)
        together.items.append(item)
        together.waiting.append(waiting)
        if len(together.items) >= self.size:
            self._close(person.number, together)

    def _open(self, number: bytes) -> Together:
        together = self._gathering[number] = Together()
        self.poster.loop.at(perf_counter() + AT_LATEST, lambda: self._close(number, together))
        return together

    def _close(self, number: bytes, together: Together) -> None:
        if self._gathering.get(number) is together:
            del self._gathering[number]
            self.poster.post(posted(self.kind, together.people, together.items), together)
