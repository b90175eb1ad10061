"""Where an inbound message goes, once it is known whose it is."""

from attrs import field, frozen

from kaisa_relay.actors.messages import Deliver
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.chat_commands import PresenceCommand
from kaisa_relay.domain.contact import Person
from kaisa_relay.domain.conversation.events import Event
from kaisa_relay.domain.ids import ContactId, ConversationId
from kaisa_relay.domain.inbound import Inbound
from kaisa_relay.domain.routing import Answer
from kaisa_relay.ports import Change, InboxItem


@frozen
class Addressed:
    """A message for a conversation."""

    conversation: ConversationId
    deliver: Deliver


@frozen
class Homeless:
    """A message that belongs to no conversation, and how its writer is answered.

    `changes` save who they are as far as that is news; `url` is the right link, if there is one.
    `events` is what else they did by it, which is always answered.
    """

    answer: Answer
    person: Person = field(repr=False)
    changes: tuple[Change, ...] = field(repr=False)
    url: str = field(repr=False)
    events: tuple[Event, ...] = ()


@frozen
class FromAgent:
    """A command of an agent's that concerns themselves; `changes` as of `Homeless`."""

    command: PresenceCommand
    person: Person = field(repr=False)
    changes: tuple[Change, ...] = field(repr=False)


@frozen
class TurnedAway:
    """A message of somebody on the block list; `changes` as of `Homeless`.

    `conversation` is what they are in although they are blocked; `scanned` says that they came by
    a link, and `person` is who they are known to be.
    """

    contact: ContactId
    person: Person = field(repr=False)
    changes: tuple[Change, ...] = field(repr=False)
    conversation: ConversationId | None = None
    scanned: bool = False


@frozen
class Letter:
    """One inbound message with where it came in."""

    item: InboxItem
    inbound: Inbound
    channel: Channel
