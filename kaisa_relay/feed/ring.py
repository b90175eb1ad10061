"""The latest events of a workspace, each encoded once for everybody who watches.

Rule 1: the numbers in the ring follow each other without a gap, or it begins anew.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
from attrs import define, field

from kaisa_relay.domain.ids import ConversationId
from kaisa_relay.domain.public_events import TYPES, cloud_event
from kaisa_relay.ports import Recorded

MOST: Final = 10_000
"""Events; some 8 MB where a workspace is watched."""


@define(eq=False)
class Entry:
    """One event, encoded when the first watcher wants it."""

    recorded: Recorded
    type: str
    conversation: ConversationId | None
    _text: str | None = None

    @classmethod
    def of(cls, recorded: Recorded) -> "Entry":
        """Return the entry of an event."""
        return cls(recorded, TYPES[type(recorded.event)], recorded.conversation)

    @property
    def seq(self) -> int:
        """The event's number in its workspace."""
        return self.recorded.seq

    @property
    def text(self) -> str:
        """The event as JSON."""
        if self._text is None:
            of = self.recorded
            told = cloud_event(of.workspace, of.seq, self.conversation, of.event)
            self._text = msgspec.json.encode(told).decode()
        return self._text


@define(eq=False)
class Ring:
    """Keeps the latest `most` events."""

    most: int = MOST
    _entries: list[Entry] = field(factory=list)
    """Up to a quarter more than that, so that the oldest go many at a time."""

    @property
    def last(self) -> int:
        """The number of the latest event in here; 0 before the first."""
        return self._entries[-1].seq if self._entries else 0

    def add(self, recorded: Recorded) -> None:
        """Keep one more event."""
        if self._entries and recorded.seq != self.last + 1:
            self._entries.clear()
        self._entries.append(Entry.of(recorded))
        if len(self._entries) > self.most + self.most // 4:
            del self._entries[: -self.most]

    def after(self, seq: int, most: int) -> Sequence[Entry] | None:
        """Return up to `most` entries above a number; None when the next of them is not kept."""
        if not self._entries or seq >= self.last:
            return ()
        begin = seq + 1 - self._entries[0].seq
        oldest = max(0, len(self._entries) - self.most)
        return None if begin < oldest else self._entries[begin : begin + most]
