"""What we send: the shapes of an outbound message, in our words.

Rule 1: whatever WhatsApp limits (lengths, counts) is kept where it is encoded, not here.
Rule 2: an outgoing message holds personal data; it lives in send rows and is never logged.
"""

from attrs import frozen

from kaisa_relay.domain.content import Text
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


Outgoing = Text | Buttons | Template


@frozen
class Recipient:
    """Where a send goes: the BSUID only when there is no phone, so statuses stay predictable."""

    phone: Phone | None
    bsuid: str | None
