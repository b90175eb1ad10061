"""What became of contacts: the events of a stream `contact/<contact>`.

Rule 1: what an agent does to a contact in a conversation is in that conversation's stream.
"""

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from kaisa_relay.domain.engagement.suppression import Source, Way
from kaisa_relay.domain.ids import ContactId, ConversationId, ErasureId


class BlockedBy(StrEnum):
    """Who put somebody on the block list, or took them off."""

    AGENT = "agent"
    API = "api"
    OPERATOR = "operator"


@frozen
class ContactMerged:
    """Two contacts turned out to be one person: `absorbed` is found as `contact` from now on."""

    contact: ContactId
    absorbed: ContactId
    at: datetime


@frozen
class ContactBlocked:
    """Nothing that this person writes as a visitor reaches anybody any more.

    `agent` and `conversation` say where it was done, if an agent did it.
    """

    contact: ContactId
    by: BlockedBy
    at: datetime
    agent: ContactId | None = None
    conversation: ConversationId | None = None


@frozen
class ContactUnblocked:
    """This person may write to us again."""

    contact: ContactId
    by: BlockedBy
    at: datetime


@frozen
class ContactErased:
    """Whatever was personal of this contact is gone; `erasure` is the receipt.

    Whoever keeps a copy of anything of theirs drops it: nothing of it can be read again here.
    """

    contact: ContactId
    erasure: ErasureId
    at: datetime


@frozen
class ContactOptedOut:
    """Triggers do not write to this person by these ways any more; `source` says how we know.

    `contact` is None where we do not know who it is; `conversation` is where it was said.
    """

    contact: ContactId | None
    ways: tuple[Way, ...]
    source: Source
    at: datetime
    conversation: ConversationId | None = None


@frozen
class ContactOptedIn:
    """Triggers may write to this person by these ways again; members as of `ContactOptedOut`."""

    contact: ContactId | None
    ways: tuple[Way, ...]
    source: Source
    at: datetime
    conversation: ConversationId | None = None
