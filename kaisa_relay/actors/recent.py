"""A bounded memory, and what senders are remembered by."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from attrs import define, field

from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.ids import WorkspaceId

REMEMBERED: Final = 100_000
"""Entries kept in memory: senders, pairs, answers, each."""

K = TypeVar("K")
V = TypeVar("V")
SenderKey = tuple[WorkspaceId, str, str | None, str | None]


@define(eq=False)
class Recent(Generic[K, V]):
    """The most recently used entries, bounded."""

    limit: int = REMEMBERED
    _entries: OrderedDict[K, V] = field(factory=OrderedDict)

    def get(self, key: K) -> V | None:
        """Return an entry and keep it a while longer."""
        value = self._entries.get(key)
        if value is not None:
            self._entries.move_to_end(key)
        return value

    def put(self, key: K, value: V) -> None:
        """Remember an entry."""
        self._entries[key] = value
        if len(self._entries) > self.limit:
            self._entries.popitem(last=False)

    def drop_where(self, holds: Callable[[K], bool]) -> None:
        """Forget the entries whose keys are such."""
        for key in [key for key in self._entries if holds(key)]:
            del self._entries[key]

    def drop(self, key: K) -> None:
        """Forget an entry."""
        self._entries.pop(key, None)


def sender_key(channel: Channel, sender: Sender) -> SenderKey:
    """Return what a sender is remembered by; another combination of ids is another key."""
    return (channel.workspace, channel.portfolio, sender.bsuid, sender.wa_id)
