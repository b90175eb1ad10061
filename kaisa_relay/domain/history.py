"""What was said of late, as one text for an agent: one line for each message.

Rule 1: a file is named by a picture that every language reads, with its words if it has any.
Rule 2: what nobody can read in a line (reactions, deletions, taps on our buttons) is left out.
"""

from typing import Final

from kaisa_relay.domain.content import (
    ButtonTap,
    Choice,
    ContactCards,
    Content,
    Edit,
    FormAnswer,
    Location,
    Media,
    MediaKind,
    Order,
    Text,
)
from kaisa_relay.domain.payloads import of_content

MOST_SHOWN: Final = 12
"""Messages of a history."""
LONGEST_LINE: Final = 250
"""Characters of one message in it; so that all of them fit into one text (4,096)."""

_PICTURES: Final = {
    MediaKind.IMAGE: "📷",
    MediaKind.VIDEO: "🎬",
    MediaKind.AUDIO: "🎵",
    MediaKind.DOCUMENT: "📄",
    MediaKind.STICKER: "🖼",
}


def line(name: str, content: Content) -> str | None:
    """Return a message with its writer's name before it; None for what has no line."""
    said = _said(content)
    if said is None:
        return None
    shown = said if len(said) <= LONGEST_LINE else said[: LONGEST_LINE - 1].rstrip() + "…"
    return f"{name}: {shown}" if name else shown


def _said(content: Content) -> str | None:
    match content:
        case Text(body=body):
            return body.strip() or None
        case Media(kind=kind, caption=caption, filename=filename, voice=voice):
            picture = "🎤" if voice else _PICTURES[kind]
            return " ".join(filter(None, (picture, filename, caption)))
        case Location(name=name, address=address):
            return " ".join(filter(None, ("📍", name, address)))
        case ContactCards(cards=cards):
            return "👤 " + ", ".join(card.name for card in cards)
        case ButtonTap(text=title) | Choice(title=title):
            return (title or None) if of_content(content) is None else None
        case FormAnswer():
            return "📝"
        case Order(note=note):
            return " ".join(filter(None, ("🛒", note)))
        case Edit(content=version):
            said = _said(version)
            return f"✏️ {said}" if said else None
        case _:
            return None
