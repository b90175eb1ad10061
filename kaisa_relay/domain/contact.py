"""A person as WhatsApp shows them, and as we know them.

Rule 1: a person is a `ContactId` of ours; phone numbers, wa_ids and BSUIDs are what finds it.
Rule 2: a BSUID belongs to one business portfolio and is stored and sent whole, never normalised.
"""

from enum import StrEnum

from attrs import frozen

from kaisa_relay.domain.ids import ContactId
from kaisa_relay.domain.phone import Phone


class Side(StrEnum):
    """Which end of a conversation a message comes from or goes to."""

    VISITOR = "visitor"
    AGENT = "agent"

    @property
    def other(self) -> "Side":
        """The end across the relay."""
        return Side.AGENT if self is Side.VISITOR else Side.VISITOR


class Team(StrEnum):
    """Whoever writes from outside the chats: a supervisor, or a program of theirs."""

    TEAM = "team"


@frozen
class Sender:
    """Who wrote, in WhatsApp's words; since usernames exist either id may be absent, never both."""

    wa_id: str | None
    bsuid: str | None
    name: str | None = None


@frozen
class Person:
    """A contact with what is needed to address and name them; holds personal data, never logged."""

    contact: ContactId
    name: str
    language: str
    phone: Phone | None = None
    bsuid: str | None = None

    @property
    def first_name(self) -> str:
        """The part of the name that the other side may see."""
        return self.name.split()[0] if self.name.split() else ""
