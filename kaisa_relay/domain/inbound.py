"""What a webhook tells us, in our words: messages, changes of identity, statuses.

Rule 1: these are facts from outside; nothing here decides what they mean.
Rule 2: anything that cannot be read becomes an item that says so, never an exception.
"""

from datetime import datetime

from attrs import evolve, frozen

from kaisa_relay.domain.channel_health import Report
from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.content import ContactCards, Content, Edit, Reaction, Revocation
from kaisa_relay.domain.sending import Rank


@frozen
class Inbound:
    """One message by a person; `sent_at` is WhatsApp's time and opens the 24-hour window."""

    wamid: str
    sender: Sender
    sent_at: datetime
    content: Content
    quotes: str | None = None
    forwarded: bool = False


def refers_to(inbound: Inbound) -> str | None:
    """Return the wamid of the earlier message that this one is about."""
    match inbound.content:
        case Reaction(target=wamid) | Edit(original=wamid) | Revocation(original=wamid):
            return wamid
        case _:
            return inbound.quotes


def showing_number(inbound: Inbound) -> Inbound:
    """Return the message with its sender's number, where it is the answer to our request for it.

    Only WhatsApp marks a card as that (reference, section 3); one shared by hand says nothing.
    """
    if inbound.sender.wa_id is not None or not isinstance(inbound.content, ContactCards):
        return inbound
    shared = [wa_id for card in inbound.content.cards if card.requested for wa_id in card.wa_ids]
    if len(shared) != 1 or not shared[0]:
        return inbound
    return evolve(inbound, sender=evolve(inbound.sender, wa_id=shared[0]))


@frozen
class IdentityChange:
    """A `system` item: somebody's number or BSUID moved from `before` to `after`."""

    wamid: str
    before: Sender
    after: Sender
    sent_at: datetime


@frozen
class StatusUpdate:
    """How far one of our sends has come; `opaque` is our own id where Meta echoes it.

    `code` is Meta's error code for `failed` and None otherwise.
    """

    wamid: str
    rank: Rank
    at: datetime
    opaque: str | None = None
    recipient_wa_id: str | None = None
    recipient_bsuid: str | None = None
    code: int | None = None


@frozen
class StatusBatch:
    """The statuses of one POST for one channel, in the order they stood in."""

    updates: tuple[StatusUpdate, ...]


@frozen
class ChannelNotice:
    """An error that Meta reports for the number itself (`value.errors`), by code."""

    code: int
    details: str


@frozen
class MarketingChoice:
    """A person told WhatsApp that they want no marketing messages of ours, or want them again."""

    sender: Sender
    wanted: bool


@frozen
class AccountReport:
    """What Meta tells of a number, its account or its templates, outside the field `messages`."""

    report: Report
