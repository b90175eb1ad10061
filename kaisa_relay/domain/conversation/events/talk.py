"""Messages of people, and our own."""

from datetime import datetime

from attrs import frozen

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.crossing import Marks
from kaisa_relay.domain.engagement.ids import TriggerId
from kaisa_relay.domain.ids import ContactId, MessageId, SendId
from kaisa_relay.domain.requester import Requester
from kaisa_relay.domain.texts import TextKey


@frozen
class MessageReceived:
    """A message was taken in; `kind` as in `content.kind_of`; `held` until there is an agent.

    `opens_window` is false for what WhatsApp may not count as a message.
    """

    message: MessageId
    side: Side
    kind: str
    sent_at: datetime
    at: datetime
    held: bool = False
    marks: Marks | None = None
    opens_window: bool = True


@frozen
class MessageRelayed:
    """A message is on its way across; `asked` is the tap that wanted it sent once more, if any.

    `more` are the sends of its further parts, as many as there may be.
    """

    message: MessageId
    send: SendId
    to: Side
    contact: ContactId
    at: datetime
    asked: MessageId | None = None
    more: tuple[SendId, ...] = ()


@frozen
class Notified:
    """An automatic text is on its way.

    `about` is the message it speaks of and `who` the person, if any.
    """

    message: MessageId
    send: SendId
    contact: ContactId
    text: TextKey
    at: datetime
    about: MessageId | None = None
    who: ContactId | None = None


@frozen
class NoteKept:
    """A note was kept, which nobody is sent; by the agent `contact`, or from outside by `by`."""

    message: MessageId
    at: datetime
    contact: ContactId | None = None
    by: Requester | None = None


@frozen
class OutreachSent:
    """A trigger had a template sent to the visitor: which, and by which of its steps (from 0).

    Its parameters are content. It is no part of the talk until somebody answers.
    """

    message: MessageId
    send: SendId
    contact: ContactId
    template: str
    language: str
    trigger: TriggerId
    trigger_version: int
    step: int
    at: datetime


@frozen
class TeamWrote:
    """Somebody outside wrote a text for one side, which is on its way there or held."""

    message: MessageId
    to: Side
    at: datetime
    by: Requester


@frozen
class MessageFailed:
    """A relayed message will not arrive; `code` is Meta's."""

    message: MessageId
    send: SendId
    to: Side
    code: int | None
    at: datetime


@frozen
class MessageUnconfirmed:
    """Nobody knows whether a relayed message arrived; a person may ask for it again."""

    message: MessageId
    send: SendId
    to: Side
    at: datetime


@frozen
class MessageSettled:
    """An unconfirmed message turned out to have been sent."""

    message: MessageId
    send: SendId
    at: datetime


@frozen
class AgentNudged:
    """The agent was reminded of a silent conversation."""

    at: datetime
