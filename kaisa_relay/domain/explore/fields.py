"""The fields of a conversation by which Explore finds, orders and shows it.

Rule 1: a name here is the name of the column, of the parameter and of the member in answers.
"""

from enum import Enum
from typing import Final

from attrs import frozen

from kaisa_relay.domain.ids import CHANNEL, CONTACT, CONVERSATION


class Kind(Enum):
    """What the values of a field are, and how they are written."""

    WORD = "a word"
    ID = "an id"
    COUNT = "a whole number"
    AMOUNT = "a number"
    INSTANT = "an instant with its zone, such as 2026-11-22T08:00:00Z"
    SPAN = "a number of seconds"


@frozen
class Field:
    """One field; `prefix` is that of the ids in it."""

    name: str
    kind: Kind
    prefix: str = ""


@frozen
class MetadataKey:
    """A member of a conversation's metadata, nested ones with dots: `car.model`."""

    key: str

    @property
    def name(self) -> str:
        """Return its name in filters."""
        return f"{METADATA}{self.key}"


METADATA: Final = "metadata."

_WORDS: Final = ("status", "reason", "outcome", "currency", "language", "strategy")
_INSTANTS: Final = (
    "created_at", "started_at", "offered_at", "queued_at", "accepted_at", "replied_at",
    "ended_at", "last_at",
)  # fmt: skip
_COUNTS: Final = (
    "offers", "declined", "missed", "unreached", "transfers", "resumed", "links", "recovered",
    "from_visitor", "from_agent", "from_team", "undelivered",
)  # fmt: skip

SPANS: Final = {
    "to_message": ("created_at", "started_at"),
    "to_accept": ("started_at", "accepted_at"),
    "to_reply": ("accepted_at", "replied_at"),
    "duration": ("started_at", "ended_at"),
}
"""The instants from which and to which each span runs. None where either is missing."""

FIELDS: Final = {
    field.name: field
    for field in (
        Field("id", Kind.ID, CONVERSATION),
        *(Field(name, Kind.WORD) for name in _WORDS),
        Field("value", Kind.AMOUNT),
        Field("channel", Kind.ID, CHANNEL),
        *(Field(name, Kind.ID, CONTACT) for name in ("visitor", "form", "agent")),
        *(Field(name, Kind.INSTANT) for name in _INSTANTS),
        *(Field(name, Kind.COUNT) for name in _COUNTS),
        *(Field(name, Kind.SPAN) for name in SPANS),
    )
}

SORTABLE: Final = ("created_at", "started_at", "accepted_at", "ended_at", "last_at", "value")
"""Those that an index keeps in order."""
