"""A chat as it looks on a person's phone: bubbles of both sides, with their ticks and reactions.

Rule 1: what the person sees is decided here; what the business is told is decided elsewhere.
Rule 2: a chat is bounded; the oldest bubbles go first.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from attrs import define, field

from ..recent import Recent
from ..templates.rendering import Button

MOST_BUBBLES = 500
ME, BUSINESS = "me", "business"


@define
class Bubble:
    """One message. `ticks` is sent or read, seen from its writer; `medium` is a media id."""

    wamid: str
    writer: str
    kind: str
    body: Any
    text: str
    at: datetime
    quoted: str | None = None
    buttons: tuple[Button, ...] = ()
    template: str | None = None
    medium: str | None = None
    forwarded: bool = False
    edited: bool = False
    deleted: bool = False
    ticks: str = "sent"
    reactions: dict[str, str] = field(factory=dict)


@define
class Chat:
    """The bubbles between a person and a channel; `typing_until` is on the simulator's clock."""

    bubbles: Recent[Bubble] = field(factory=lambda: Recent(MOST_BUBBLES))
    typing_until: float = 0.0

    def react(self, wamid: str, who: str, emoji: str) -> None:
        """Set, change or (with an empty emoji) remove somebody's reaction."""
        bubble = self.bubbles.get(wamid)
        if bubble is None:
            return
        if emoji:
            bubble.reactions[who] = emoji
        else:
            bubble.reactions.pop(who, None)

    def marked_read(self, wamid: str) -> list[str]:
        """The business has read a message of the person, and with it those before."""
        if wamid not in self.bubbles:
            return []
        done = []
        for bubble in self.bubbles.values():
            if bubble.writer == ME and bubble.ticks != "read":
                bubble.ticks = "read"
                done.append(bubble.wamid)
            if bubble.wamid == wamid:
                break
        return done


class Chats:
    """Every chat, by phone_number_id and wa_id."""

    def __init__(self) -> None:
        self._chats: dict[tuple[str, str], Chat] = {}

    def of(self, channel: str, wa_id: str) -> Chat:
        """The chat of a channel and a person, made when it is first asked for."""
        chat = self._chats.get((channel, wa_id))
        if chat is None:
            chat = self._chats[channel, wa_id] = Chat()
        return chat

    def with_person(self, wa_id: str) -> Iterator[tuple[str, Chat]]:
        """The chats of a person, with their channels."""
        return ((key[0], chat) for key, chat in self._chats.items() if key[1] == wa_id)

    def move(self, old: str, new: str) -> None:
        """A person has a new number; their chats stay on the phone."""
        for key in [key for key in self._chats if key[1] == old]:
            self._chats[key[0], new] = self._chats.pop(key)

    def clear(self) -> None:
        """Forget everything."""
        self._chats.clear()
