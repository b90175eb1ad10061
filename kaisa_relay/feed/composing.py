"""Frames of events, each made once for all who stand at the same number and want the same.

Rule 1: watchers of a workspace are served at the same instants, so that most of them do.
"""

from collections.abc import Sequence
from typing import Final

from attrs import define, evolve, field, frozen

from kaisa_relay.feed.choosing import Chooser, Known, Wanted
from kaisa_relay.feed.frames import events_frame
from kaisa_relay.feed.positions import write_position
from kaisa_relay.feed.ring import Entry

MOST_SHARED: Final = 8
"""Frames that are kept for others: each is up to some 300 KB, and one is the usual."""


@frozen
class Composed:
    """A frame that carries so many events up to number `last`; no text when none is wanted."""

    last: int
    events: int
    text: str | None


async def compose(
    chooser: Chooser, entries: Sequence[Entry], wanted: Wanted, known: Known
) -> Composed:
    """Make the frame of these events, of which there is at least one."""
    texts = [each.text for each in await chooser.chosen(entries, wanted, known)]
    last = entries[-1].seq
    position = write_position(chooser.workspace, last)
    return Composed(last, len(texts), events_frame(position, texts) if texts else None)


@define(eq=False)
class Shared:
    """The frames that were made since the latest event, by who wants them."""

    _last: int = 0
    _frames: dict[tuple[int, Wanted], Composed] = field(factory=dict)

    def find(self, seq: int, last: int, wanted: Wanted) -> Composed | None:
        """Return the frame after number `seq`, if it was made since `last` came."""
        return self._frames.get((seq, _filters(wanted))) if last == self._last else None

    def keep(self, seq: int, last: int, wanted: Wanted, frame: Composed) -> None:
        """Keep what was made while `last` was the latest."""
        if last != self._last or len(self._frames) >= MOST_SHARED:
            self._frames.clear()
        self._last = last
        self._frames[seq, _filters(wanted)] = frame


def _filters(wanted: Wanted) -> Wanted:
    return evolve(wanted, after=None)
