"""Which events a subscription is given.

Rule 1: an event is chosen by itself and by what its conversation was created with, never by how
things stand when it is read: so live and after a reconnect, the same events are chosen.
Rule 2: what conversations were created with is personal: of it only hashes are kept here.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec
from attrs import define, field, frozen

from kaisa_relay.domain.conversation.events import ConversationClosed, OutcomeNamed
from kaisa_relay.domain.ids import ConversationId, MessageId, WorkspaceId
from kaisa_relay.feed.ring import Entry

MOST_KNOWN: Final = 5_000
"""Conversations of a watched workspace whose metadata is remembered; some 4 MB."""


@frozen
class Wanted:
    """A subscription that was understood; `after` is an event's number, all else narrows."""

    after: int | None = None
    types: frozenset[str] = frozenset()
    conversation: ConversationId | None = None
    outcome: str | None = None
    metadata: frozenset[int] = frozenset()
    """Facets, all of which the conversation must have."""

    def takes(self, type: str, conversation: ConversationId | None) -> bool:
        """Say whether an event may be asked for, by what it shows on its face."""
        if self.types and type not in self.types:
            return False
        return self.conversation is None or conversation == self.conversation


class Particulars(Protocol):
    """Reads what events do not hold (`ports.Following`). Raises `StoreUnavailable`."""

    async def metadata(
        self, workspace: WorkspaceId, conversations: Sequence[ConversationId]
    ) -> Mapping[ConversationId, bytes]:
        """Return what these were created with, as JSON; nothing for what is erased."""
        ...

    async def outcomes(
        self, workspace: WorkspaceId, messages: Sequence[MessageId]
    ) -> Mapping[MessageId, str]:
        """Return the outcomes that these closing messages name."""
        ...


def facet(key: str, value: str) -> int:
    """Return what stands for one entry of metadata in this process."""
    return hash((key, value))


def facets(metadata: bytes) -> frozenset[int]:
    """Return the entries that can be asked for: texts, numbers, true and false at the top."""
    entries: dict[str, Any] = msgspec.json.decode(metadata, type=dict[str, Any])
    return frozenset(
        facet(key, value if isinstance(value, str) else msgspec.json.encode(value).decode())
        for key, value in entries.items()
        if isinstance(value, str | int | float)
    )


@define(eq=False)
class Known:
    """The facets of the conversations that were looked up last, for all watchers of a workspace."""

    most: int = MOST_KNOWN
    _facets: dict[ConversationId, frozenset[int]] = field(factory=dict)

    async def of(
        self, read: Particulars, workspace: WorkspaceId, conversations: Iterable[ConversationId]
    ) -> Mapping[ConversationId, frozenset[int]]:
        """Return the facets of these, read together where they are not remembered."""
        asked = set(conversations)
        missing = [each for each in asked if each not in self._facets]
        if missing:
            found = await read.metadata(workspace, missing)
            self._facets |= {each: facets(found.get(each, b"{}")) for each in missing}
        told = {each: self._facets[each] for each in asked}
        for oldest in list(self._facets)[: max(0, len(self._facets) - self.most)]:
            del self._facets[oldest]
        return told


@frozen
class Chooser:
    """Chooses among the events of one workspace."""

    read: Particulars
    workspace: WorkspaceId

    async def chosen(
        self, entries: Sequence[Entry], wanted: Wanted, known: Known
    ) -> Sequence[Entry]:
        """Return those that the subscription is given, in order."""
        found = [each for each in entries if wanted.takes(each.type, each.conversation)]
        if found and wanted.outcome is not None:
            found = await self._ended_so(found, wanted.outcome)
        if found and wanted.metadata:
            found = await self._created_so(found, wanted.metadata, known)
        return found

    async def _ended_so(self, entries: Sequence[Entry], outcome: str) -> list[Entry]:
        named = {each.seq: message for each in entries if (message := _outcome(each)) is not None}
        words = await self.read.outcomes(self.workspace, list(named.values())) if named else {}
        ended = {seq for seq, message in named.items() if _same(words.get(message), outcome)}
        return [each for each in entries if each.seq in ended]

    async def _created_so(
        self, entries: Sequence[Entry], wanted: frozenset[int], known: Known
    ) -> list[Entry]:
        mentioned = [each.conversation for each in entries if each.conversation is not None]
        have = await known.of(self.read, self.workspace, mentioned)
        return [
            each for each in entries
            if each.conversation is not None and wanted <= have[each.conversation]
        ]  # fmt: skip


def _outcome(entry: Entry) -> MessageId | None:
    match entry.recorded.event:
        case ConversationClosed(outcome=message) | OutcomeNamed(message=message):
            return message
        case _:
            return None


def _same(word: str | None, wanted: str) -> bool:
    return word is not None and word.casefold() == wanted.casefold()
