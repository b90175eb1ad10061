"""What a trigger is tried out on: a conversation with its last event of a kind, or an example.

Rule 1: an example has every fact that a text may ask for.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from attrs import frozen

from kaisa_relay.domain.conversation.events import (
    ConversationAbandoned,
    ConversationClosed,
    ConversationFailed,
    Event,
)
from kaisa_relay.domain.conversation.terms import AbandonReason, EndedBy, FailReason
from kaisa_relay.domain.engagement.conditions import Facts
from kaisa_relay.domain.engagement.trigger import named
from kaisa_relay.domain.ids import (
    CHANNEL,
    CONTACT,
    CONVERSATION,
    ConversationId,
    WorkspaceId,
    to_text,
)
from kaisa_relay.domain.public_events import TYPES, cloud_event
from kaisa_relay.engagement.content import Written
from kaisa_relay.engagement.facts import facts, language_of, people, written_out
from kaisa_relay.engagement.leading_back import EXAMPLE
from kaisa_relay.ports import Archive, ConversationView, Recorded
from kaisa_relay.ports.rehearsing import Scene
from kaisa_relay.store import Store

PAGE: Final = 500
NOBODY: Final = 0
"""The number of an example's event, and the id of whatever it names."""

_VISITOR: Final = {"name": "Vera Holm", "first_name": "Vera", "phone": "+46701740641"}
_AGENT: Final = {"name": "Anna Berg", "first_name": "Anna"}


@frozen
class Set:
    """A scene with everything that is known in it."""

    known: Facts
    language: str | None
    conversation: ConversationId

    @property
    def written(self) -> Written:
        """How words are written here."""
        told = {**written_out(self.known), **EXAMPLE}
        return Written(self.language, told, self.conversation)


@frozen
class Scenery:
    """Where scenes are read from."""

    store: Store
    archive: Archive

    async def set(
        self, workspace: WorkspaceId, scene: Scene, on: Sequence[str], at: datetime
    ) -> Set | None:
        """Return what is known for a trigger of these types; None without such a conversation."""
        if scene.conversation is None:
            return _example(workspace, scene, on, at)
        view = await self.archive.conversation(workspace, scene.conversation)
        if view is None:
            return None
        language = scene.language or await self._language(workspace, view)
        last = await self._last(workspace, view, on)
        if last is None:
            known = {**facts(None, view), "event": example_event(workspace, on, at, view)}
        else:
            known = dict(facts(last, view))
        return Set({**known, **people(view, language)}, language, view.id)

    async def _language(self, workspace: WorkspaceId, view: ConversationView) -> str | None:
        return await self.store.browse(partial(language_of, of=workspace, who=view.form.contact))

    async def _last(
        self, workspace: WorkspaceId, view: ConversationView, on: Sequence[str]
    ) -> Recorded | None:
        """Return the conversation's last event of these types."""
        last, after = None, 0
        while True:
            page = await self.archive.events(workspace, view.id, after, PAGE)
            wanted = [each for each in page if named(on, TYPES[type(each.event)])]
            last = wanted[-1] if wanted else last
            if len(page) < PAGE:
                return last
            after = page[-1].version


def _example(workspace: WorkspaceId, scene: Scene, on: Sequence[str], at: datetime) -> Set:
    language = scene.language or "en"
    conversation = {
        "id": to_text(CONVERSATION, NOBODY),
        "status": "abandoned",
        "reason": AbandonReason.UNSCANNED.value,
        "outcome": "sold",
        "value": 12000,
        "currency": "SEK",
        "channel": to_text(CHANNEL, NOBODY),
        "agent": to_text(CONTACT, NOBODY),
        "created_at": at,
        "started_at": at,
        "accepted_at": at,
        "ended_at": at,
    }
    known = {
        "event": example_event(workspace, on, at),
        "conversation": conversation,
        "metadata": scene.metadata,
        "visitor": {**_VISITOR, "language": language},
        "agent": _AGENT,
    }
    return Set(known, language, ConversationId(NOBODY))


def example_event(
    workspace: WorkspaceId,
    on: Sequence[str],
    at: datetime,
    view: ConversationView | None = None,
) -> Mapping[str, Any]:
    """Return an event of the first type that `on` names; few have any data."""
    conversation = None if view is None else view.id
    wanted = next(of for of, type in TYPES.items() if named(on[:1], type))
    event = next((each for each in _events(at) if type(each) is wanted), _events(at)[0])
    made = cloud_event(workspace, NOBODY, conversation, event)
    if type(event) is not wanted:
        made |= {"type": TYPES[wanted], "data": {}}
    return {"subject": to_text(CONVERSATION, NOBODY), **made}


def _events(at: datetime) -> tuple[Event, ...]:
    return (
        ConversationAbandoned(AbandonReason.UNSCANNED, at),
        ConversationFailed(FailReason.NO_AGENT, at),
        ConversationClosed(EndedBy.AGENT, at),
    )
