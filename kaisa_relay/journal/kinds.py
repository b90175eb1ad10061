"""The names by which events and contents are stored.

Rule 1: a name that was given out is never given to another class.
"""

from typing import Final

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
    Reaction,
    Revocation,
    Text,
    Unknown,
    Unsupported,
)
from kaisa_relay.domain.outgoing import (
    AskNumber,
    Buttons,
    Emoji,
    File,
    Joined,
    Labelled,
    Outgoing,
    Quoting,
    Template,
)
from kaisa_relay.domain.public_events import TYPES

KINDS: Final = TYPES
"""What outsiders call an event is what it is stored as."""

CONTENT_KINDS: Final[dict[type[Content | Outgoing], str]] = {
    Text: "text",
    Media: "media",
    Location: "location",
    ContactCards: "contacts",
    ButtonTap: "button",
    Choice: "choice",
    FormAnswer: "form",
    Reaction: "reaction",
    Order: "order",
    Edit: "edit",
    Revocation: "revocation",
    Unsupported: "unsupported",
    Unknown: "unknown",
    Empty: "empty",
    Buttons: "buttons",
    Template: "template",
    File: "file",
    Emoji: "emoji",
    AskNumber: "ask_number",
    Quoting: "quoting",
    Joined: "joined",
    Labelled: "labelled",
}
