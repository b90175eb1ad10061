"""What of a message crosses to the other side, and in which parts.

Rule 1: nothing is cut: what is longer than WhatsApp takes goes in several parts, in order.
Rule 2: how many parts there are is known before the words that stand around them.
"""

import json
from typing import Final

from attrs import evolve, frozen

from kaisa_relay.domain.content import (
    ButtonTap,
    Choice,
    ContactCards,
    Content,
    Edit,
    Empty,
    FormAnswer,
    Location,
    Media,
    Order,
    OrderLine,
    Reaction,
    Revocation,
    Text,
    Unknown,
    Unsupported,
)
from kaisa_relay.domain.ids import MessageId
from kaisa_relay.domain.outgoing import Emoji, File, Outgoing, Quoting

LONGEST_TEXT: Final = 4096
LONGEST_CAPTION: Final = 1024
"""Characters (Cloud API, "Text messages" and "Media")."""
LONGEST_MARK: Final = 80
"""Characters that a mark may take, its line end included."""
MOST_CARDS: Final = 5
"""Contacts in one message (reference, section 4.2)."""
_LEAST: Final = LONGEST_TEXT * 3 // 4
"""Characters that each part of a long text has at least: a boundary before that is not used."""


@frozen
class Marks:
    """What goes with a message beside its content.

    `quotes` is the message that it speaks of, answers or reacts to; `parts` is how many sends it
    may need.
    """

    quotes: MessageId | None = None
    forwarded: bool = False
    parts: int = 1


PLAIN: Final = Marks()


@frozen
class Labels:
    """The marks in the recipient's language, each a line at most."""

    forwarded: str
    edited: str
    deleted: str


def crosses(content: Content, quotes: MessageId | None) -> bool:
    """Say whether anything of this reaches the other side."""
    match content:
        case Reaction() | Revocation():
            return quotes is not None  # otherwise it was about a text of ours, or an unknown one
        case Edit(content=version):
            return bool((_text(version) or "").strip())
        case ContactCards() if _is_own_number(content):
            return False  # it was told to us, and the other side is never to learn it
        case Location() | ContactCards() | Media():
            return True
        case Unsupported() | Unknown() | Empty():
            return False
        case _:
            return bool((_text(content) or "").strip())


def is_silent(content: Content) -> bool:
    """Say whether its writer needs no word when it does not cross."""
    return isinstance(content, Reaction | Revocation) or _is_own_number(content)


def _is_own_number(content: Content) -> bool:
    """Say whether it answers our request for the writer's number."""
    return isinstance(content, ContactCards) and any(card.requested for card in content.cards)


def opens_window(content: Content) -> bool:
    """Say whether WhatsApp surely counts it as a message (reference, section 4.9)."""
    silent = Reaction | Revocation | Edit | Unsupported | Unknown | Empty
    return not isinstance(content, silent)


def marks_of(content: Content, quotes: MessageId | None, forwarded: bool) -> Marks:
    """Return the marks of a message, with the number of parts that its content may need."""
    return Marks(quotes, forwarded, _most_parts(content))


def _most_parts(content: Content) -> int:
    if isinstance(content, ContactCards):
        return -(-len(content.cards) // MOST_CARDS)
    text = _text(content.content if isinstance(content, Edit) else content) or ""
    length = len(text) + LONGEST_MARK
    if isinstance(content, Media):
        return 1 if length <= LONGEST_CAPTION else 1 + _most_texts(length)
    return _most_texts(length)


def _most_texts(length: int) -> int:
    return 1 if length <= LONGEST_TEXT else -(-length // _LEAST)


def outgoing(
    message: MessageId, content: Content, marks: Marks, labels: Labels
) -> tuple[Outgoing, ...]:
    """Return what is sent for a message, in order; at most `marks.parts`, and none for nothing."""
    match content:
        case Reaction(emoji=emoji):
            return (Emoji(marks.quotes, emoji),) if marks.quotes is not None else ()
        case Revocation():
            parts: tuple[Text | Location | ContactCards | File, ...] = (Text(labels.deleted),)
        case Edit(content=version):
            parts = _texts(labels.edited, _text(version) or "")
        case Location():
            parts = (content,)
        case ContactCards(cards=cards):
            starts = range(0, len(cards), MOST_CARDS)
            parts = tuple(ContactCards(cards[at : at + MOST_CARDS]) for at in starts)
        case Media():
            parts = _file(message, content, labels.forwarded if marks.forwarded else "")
        case Unsupported() | Unknown() | Empty():
            return ()
        case _:
            parts = _texts(labels.forwarded if marks.forwarded else "", _text(content) or "")
    if marks.quotes is None or not parts:
        return parts
    return (Quoting(marks.quotes, parts[0]), *parts[1:])


def _text(content: Content) -> str | None:
    """Return what a content says in words, None where it says nothing."""
    match content:
        case Text(body=body):
            return body
        case Media(caption=caption):
            return caption
        case ButtonTap(text=title) | Choice(title=title):
            return title or None
        case Order(lines=lines, note=note):
            return "\n".join([*map(_line, lines), *([note] if note else [])]) or None
        case FormAnswer(response_json=answer):
            return _fields(answer)
        case _:
            return None


def _line(line: OrderLine) -> str:
    price = f", {line.price:.2f} {line.currency}" if line.currency else ""
    return f"{line.quantity} × {line.product}{price}"


def _fields(answer: str) -> str | None:
    """Return a form's answers, one on a line; its JSON as it is where it is no object."""
    try:
        fields = json.loads(answer)
    except (ValueError, RecursionError):
        return answer or None
    if not isinstance(fields, dict):
        return answer
    shown = {key: value for key, value in fields.items() if key != "flow_token"}
    said = "\n".join(f"{key}: {value}" for key, value in shown.items())
    # JSON may escape half of a character, which no message can hold.
    return said.encode("utf-8", "replace").decode() or None


def _file(message: MessageId, media: Media, mark: str) -> tuple[Text | File, ...]:
    """Return a file with its caption, or before it where that is too long for one."""
    file = File(message, media.kind, media.mime_type, None, media.filename, media.voice)
    caption = "\n".join(filter(None, (mark, media.caption)))
    if not caption.strip() or media.kind.captionless:
        return (file,)
    if len(caption) <= LONGEST_CAPTION:
        return (evolve(file, caption=caption),)
    return (file, *_texts("", caption))


def _texts(mark: str, body: str) -> tuple[Text, ...]:
    whole = "\n".join(filter(None, (mark, body)))
    parts = []
    while len(whole) > LONGEST_TEXT:
        at = _boundary(whole)
        parts.append(Text(whole[:at].rstrip()))
        whole = whole[at:].lstrip()
    return (*parts, Text(whole)) if whole.strip() else tuple(parts)


def _boundary(text: str) -> int:
    """Return where the first part of a long text best ends."""
    for end in ("\n\n", "\n", ". ", " "):
        at = text.rfind(end, _LEAST, LONGEST_TEXT - len(end))
        if at >= 0:
            return at + len(end)
    return LONGEST_TEXT
