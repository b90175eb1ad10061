"""What we send: the shapes of an outbound message, in our words.

Rule 1: whatever WhatsApp limits (lengths, counts) is kept where it is encoded, not here.
Rule 2: an outgoing message holds personal data; it lives in send rows and is never logged.
"""

from attrs import frozen

from kaisa_relay.domain.content import ContactCards, Location, MediaKind, Text
from kaisa_relay.domain.ids import MessageId
from kaisa_relay.domain.phone import Phone


@frozen
class Button:
    """A quick reply: what we get back, and what the person reads (at most 20 characters)."""

    payload: str
    title: str


@frozen
class Buttons:
    """A text with up to three quick replies; only inside the recipient's 24-hour window."""

    body: str
    buttons: tuple[Button, ...]


@frozen
class Template:
    """An approved template: the only thing that opens a closed window.

    `parameters` fill the body in order; `payloads` are those of its quick replies, in order.
    """

    name: str
    language: str
    parameters: tuple[str, ...] = ()
    payloads: tuple[str, ...] = ()


@frozen
class File:
    """The file of `message`; `media_id` is WhatsApp's name for our copy, once there is one."""

    message: MessageId
    kind: MediaKind
    mime_type: str
    caption: str | None = None
    filename: str | None = None
    voice: bool = False
    media_id: str | None = None


@frozen
class Emoji:
    """A reaction to `message`; None takes it back.

    `wamid` is what the recipient's chat calls that message, once it has been looked up.
    """

    message: MessageId
    emoji: str | None
    wamid: str | None = None


@frozen
class Quoting:
    """Something said about `message`, which stands above it; `wamid` as for `Emoji`.

    Where the recipient's chat has no such message it goes without.
    """

    message: MessageId
    outgoing: Text | Location | ContactCards | File
    wamid: str | None = None


@frozen
class AskNumber:
    """Asks for the person's own number, which they share with one tap (reference, section 3)."""

    body: str


@frozen
class Joined:
    """Several short texts to one person in one message, in order; `messages` are whose they are."""

    messages: tuple[MessageId, ...]
    body: str


@frozen
class Labelled:
    """A text with a line above that says who it is from: it shares no message with others."""

    body: str


Outgoing = (
    Text
    | Labelled
    | Joined
    | Buttons
    | AskNumber
    | Template
    | Location
    | ContactCards
    | File
    | Emoji
    | Quoting
)


@frozen
class Recipient:
    """Where a send goes: the BSUID only when there is no phone, so statuses stay predictable."""

    phone: Phone | None
    bsuid: str | None


def messages_of(message: MessageId, outgoing: Outgoing) -> tuple[MessageId, ...]:
    """Return the messages that a send of `message` carries, the last first."""
    if not isinstance(outgoing, Joined):
        return (message,)
    return tuple(sorted(outgoing.messages, reverse=True))
