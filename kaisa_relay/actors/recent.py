"""A bounded memory, and what senders are remembered by."""

from collections.abc import Callable
from itertools import islice
from typing import Final, Generic, TypeVar

from attrs import define, field

from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.ids import WorkspaceId

REMEMBERED: Final = 100_000
"""Entries kept in memory of what no conversation takes along when it leaves."""
IN_CONVERSATION: Final = 1_000_000
"""Entries of people in live conversations; they go with these."""

K = TypeVar("K")
V = TypeVar("V")
SenderKey = tuple[WorkspaceId, str, str | None, str | None]


@define(eq=False)
class Recent(Generic[K, V]):
    """The entries put in last, bounded: the oldest go, some at a time.

    A plain dict: an ordered one takes 75 bytes more per entry, and conversations have four.
    """

    limit: int = REMEMBERED
    _entries: dict[K, V] = field(factory=dict)

    def get(self, key: K) -> V | None:
        """Return an entry."""
        return self._entries.get(key)

    def put(self, key: K, value: V) -> None:
        """Remember an entry, as the newest if it is new."""
        self._entries[key] = value
        if len(self._entries) > self.limit:
            # A dict finds its first entry slowly once many before it are gone: rarely, then.
            for oldest in list(islice(self._entries, self.limit // 16 + 1)):
                del self._entries[oldest]

    def drop_where(self, holds: Callable[[K], bool]) -> None:
        """Forget the entries whose keys are such."""
        for key in [key for key in self._entries if holds(key)]:
            del self._entries[key]

    def pop(self, key: K) -> V | None:
        """Forget an entry and return it."""
        return self._entries.pop(key, None)

    def __len__(self) -> int:
        """How many entries there are."""
        return len(self._entries)

    def drop(self, key: K) -> None:
        """Forget an entry."""
        self._entries.pop(key, None)


def sender_key(channel: Channel, sender: Sender) -> SenderKey:
    """Return what a sender is remembered by; another combination of ids is another key."""
    return (channel.workspace, channel.portfolio, sender.bsuid, sender.wa_id)
