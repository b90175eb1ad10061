"""What people do to messages that are there already: react, edit, delete.

Rule 1: a person may edit for 15 minutes and delete for two days; the phone refuses later.
Rule 2: a pure Cloud API number hears of an edit as `unsupported` and of a deletion not at all; a
number in coexistence hears of both in full. Which of the two can be asked for.
"""

from typing import Any

from attrs import define, frozen

from ..errors import GraphError
from ..media.store import DAY
from ..world import Heard
from .chat import ME, Bubble
from .handset import Handsets
from .inbound import Written, read_text
from .person import Person

Payload = dict[str, Any]

EDIT_SECONDS = 15 * 60.0
DELETE_SECONDS = 2 * DAY
_REACTION_SECONDS = 30 * DAY
SHAPES = ("edit", "revoke", "unsupported", "nothing")


@frozen
class Changed:
    """What came of it: `wamid` is that of the webhook's message, None if there is none."""

    wamid: str | None
    channel: str


@define
class SecondThoughts:
    """Acts on messages of a chat; a refusal is a text that says why."""

    handsets: Handsets

    def react(self, person: Person, wamid: str, emoji: str) -> Changed | str:
        """React to a message of either side; without emoji the reaction goes."""
        world = self.handsets.world
        sent, heard = world.sent.get(wamid), world.heard.get(wamid)
        theirs = sent if sent is not None and sent.person is person else None
        own = heard if heard is not None and heard.wa_id == person.wa_id else None
        target = theirs or own
        if target is None:
            return f"there is no message {wamid} in a chat of theirs"
        world.chats.of(target.channel, person.wa_id).react(wamid, ME, emoji)
        world.feed.tell("reaction", person.wa_id, target.channel, wamid=wamid, by=ME, emoji=emoji)
        late = world.clock.time() - target.at > _REACTION_SECONDS
        if theirs is None or late:
            return Changed(None, target.channel)
        reaction = {"message_id": wamid}
        if emoji or self.handsets.faults.switches.reaction_removal == "empty":
            reaction["emoji"] = emoji
        return self._announce(person, target.channel, {"type": "reaction", "reaction": reaction})

    def edit(self, person: Person, wamid: str, text: str, shape: str | None) -> Changed | str:
        """Put another text, or caption, into a message of one's own."""
        found = self._own(person, wamid, EDIT_SECONDS, "edited")
        if isinstance(found, str):
            return found
        heard, bubble = found
        name = "body" if bubble.kind == "text" else "caption"
        if bubble.kind not in ("text", "image", "video", "document"):
            return f"a message of type {bubble.kind} cannot be edited"
        bubble.body = (bubble.body or {}) | {name: text}
        bubble.text, bubble.edited = read_text(bubble.kind, bubble.body), True
        self.handsets.world.feed.tell("edit", person.wa_id, heard.channel, wamid=wamid)
        shape = shape or ("edit" if self._coexists(heard) else "unsupported")
        message = unsupported_message("edit") if shape == "unsupported" else _edited(bubble)
        return self._announce(person, heard.channel, message if shape != "nothing" else None)

    def delete(self, person: Person, wamid: str, shape: str | None) -> Changed | str:
        """Delete a message of one's own for everyone."""
        found = self._own(person, wamid, DELETE_SECONDS, "deleted")
        if isinstance(found, str):
            return found
        heard, bubble = found
        bubble.body, bubble.text, bubble.medium, bubble.deleted = None, "", None, True
        self.handsets.world.feed.tell("delete", person.wa_id, heard.channel, wamid=wamid)
        shape = shape or ("revoke" if self._coexists(heard) else "nothing")
        message: Payload | None = None
        if shape == "unsupported":
            message = unsupported_message("revoke")
        elif shape == "revoke":
            message = {"type": "revoke", "revoke": {"original_message_id": wamid}}
        return self._announce(person, heard.channel, message)

    def _own(
        self, person: Person, wamid: str, longest: float, done: str
    ) -> tuple[Heard, Bubble] | str:
        world = self.handsets.world
        heard = world.heard.get(wamid)
        if heard is None or heard.wa_id != person.wa_id:
            return f"there is no message {wamid} of theirs"
        bubble = world.chats.of(heard.channel, person.wa_id).bubbles.get(wamid)
        if bubble is None or bubble.deleted:
            return f"message {wamid} is not on the phone any more"
        if world.clock.time() - heard.at > longest:
            return f"message {wamid} is too old to be {done}"
        return heard, bubble

    def _coexists(self, heard: Heard) -> bool:
        channel = self.handsets.world.channels.get(heard.channel)
        return channel is not None and channel.coexistence

    def _announce(self, person: Person, channel_id: str, message: Payload | None) -> Changed:
        channel = self.handsets.world.channels.get(channel_id)
        if message is None or channel is None:
            return Changed(None, channel_id)
        wamid = self.handsets.write(person, channel, Written(message, shown=False))
        return Changed(wamid, channel_id)


def _edited(bubble: Bubble) -> Payload:
    inner: Payload = {"type": bubble.kind, bubble.kind: bubble.body}
    if bubble.quoted is not None:
        inner = {"context": {"id": bubble.quoted}} | inner
    return {"type": "edit", "edit": {"original_message_id": bubble.wamid, "message": inner}}


def unsupported_message(what: str) -> Payload:
    """A message that the Cloud API cannot carry."""
    error = GraphError(131051, "Message type is currently not supported.").in_status()
    return {"type": "unsupported", "unsupported": {"type": what}, "errors": [error]}
