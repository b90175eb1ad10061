"""WhatsApp's 24-hour windows of the two sides, and messages that wait for one to open."""

from datetime import datetime

from attrs import frozen

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.ids import ContactId, MessageId, SendId


@frozen
class WindowClosing:
    """A side has been silent for long: from `closes_at` on only a template reaches them."""

    side: Side
    closes_at: datetime
    at: datetime


@frozen
class WindowClosed:
    """Only a template reaches this side until they write."""

    side: Side
    at: datetime


@frozen
class WindowOpened:
    """A side wrote what is no message for the other (a command, a button), at `sent_at`."""

    side: Side
    sent_at: datetime
    at: datetime


@frozen
class MessageHeld:
    """A message waits for the window of its reader; `asked` is the tap that wanted it again."""

    message: MessageId
    to: Side
    at: datetime
    asked: MessageId | None = None


@frozen
class ReopenAsked:
    """A template on its way asks a side to open their window; `moved`: on another number now."""

    side: Side
    message: MessageId
    send: SendId
    contact: ContactId
    at: datetime
    moved: bool = False


@frozen
class ReopenFailed:
    """The template did not reach them; `code` is Meta's, where it gave one."""

    side: Side
    code: int | None
    at: datetime


@frozen
class MessagesFlushed:
    """The window is open: so many messages that waited for it are on their way."""

    to: Side
    count: int
    at: datetime
