"""What people's messages hold, as webhooks write it and as their own phone shows it."""

from typing import Any

from attrs import define, frozen

from ..errors import GraphError
from ..faults import Faults
from ..media.kinds import is_animated
from ..media.store import Medium
from ..world import World
from .person import Person

Payload = dict[str, Any]


@frozen
class Written:
    """What a person sends: `message` has `type` and the object of that type; `wamid` None is a
    fresh one. What is not `shown` is told to the business and makes no bubble.
    """

    message: Payload
    wamid: str | None = None
    medium: Medium | None = None
    shown: bool = True


@define
class MediaObjects:
    """Words the object under `image`, `audio` and so on."""

    world: World
    faults: Faults

    def fill(self, written: Written, about: tuple[str, ...]) -> Payload:
        """The message with its medium in it, or with error 131052 if that is wanted."""
        message, medium = written.message, written.medium
        kind = message["type"]
        if medium is None:
            return message
        if self.faults.strikes("lost_media", *about) is not None:
            error = GraphError(131052, "The file is too large or could not be fetched").in_status()
            without = {name: value for name, value in message.items() if name != kind}
            return without | {"errors": [error]}
        return message | {kind: self._object(kind, message[kind], medium, about)}

    def _object(self, kind: str, given: Payload, medium: Medium, about: tuple[str, ...]) -> Payload:
        made = {"mime_type": medium.mime_type, "sha256": medium.sha256_base64, "id": medium.id}
        if kind == "document" and medium.filename is not None:
            made["filename"] = medium.filename
        if kind == "audio":
            given = {"voice": False} | given
        if kind == "sticker":
            given = {"animated": is_animated(self.world.media.data(medium) or b"")} | given
        hidden = self.faults.strikes("missing_media_url", *about) is not None
        if self.world.base_url is not None and not hidden:
            made["url"] = self.world.media.link(self.world.base_url, medium)
        return made | given


def read_text(kind: str, content: Any) -> str:
    """The words of a person's own message."""
    match kind, content:
        case "text", {"body": str(text)}:
            return text
        case "button", {"text": str(text)}:
            return text
        case "interactive", {"type": str(name)}:
            reply = content.get(name)
            return str(reply.get("title", "")) if isinstance(reply, dict) else ""
        case "contacts", list():
            names = [card.get("name", {}) for card in content if isinstance(card, dict)]
            return ", ".join(str(one.get("formatted_name", "")) for one in names)
        case "location", {"name": str(name)}:
            return name
        case _, {"caption": str(text)}:
            return text
        case _:
            return ""


def card_of(person: Person) -> Payload:
    """A person's own contact card, as they share it when asked for it."""
    phone = {"phone": f"+{person.wa_id}", "wa_id": person.wa_id, "type": "CELL"}
    return {
        "name": {"formatted_name": person.name, "first_name": person.name.split(" ")[0]},
        "phones": [phone],
        "origin": "contact_request",
    }
