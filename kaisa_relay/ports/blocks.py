"""The block list: whose messages reach nobody.

Rule 1: it names contacts, so that every number and BSUID of theirs is blocked, and a merger keeps
the block.
Rule 2: it concerns somebody as a visitor; whoever is an agent here is heard as one.
"""

from datetime import datetime

from attrs import field, frozen

from kaisa_relay.domain.contact_events import BlockedBy
from kaisa_relay.domain.ids import ContactId, ConversationId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.ports.views import PersonView


@frozen
class BlockContact:
    """Put this person on the block list; who is on it already stays as they are."""

    contact: ContactId
    by: BlockedBy
    at: datetime
    agent: ContactId | None = None
    conversation: ConversationId | None = None


@frozen
class UnblockContact:
    """Take this person off the block list."""

    contact: ContactId


BlockChange = BlockContact | UnblockContact


@frozen
class BlockView:
    """Somebody on the block list: since when, and who put them there."""

    person: PersonView
    by: BlockedBy
    at: datetime
    agent: ContactId | None = None
    conversation: ConversationId | None = None


Whom = ContactId | Phone
"""A contact, or whoever is known by a number; a number that is nobody's yet becomes somebody's."""


@frozen
class ListBlocked:
    """These contacts are on the block list now; `news` says whether any was not before."""

    contacts: tuple[ContactId, ...]
    news: bool


@frozen
class ListUnblocked:
    """These contacts were taken off the block list."""

    contacts: tuple[ContactId, ...] = field(factory=tuple)
