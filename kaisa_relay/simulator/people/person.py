"""People and their phones: who they are, what has arrived there, and what a channel may learn
about them.
"""

import hashlib
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import trio
from attrs import define, evolve, field, frozen

from ..templates.rendering import Button
from .numbers import country, digits, spellings

_LONGEST_INBOX = 10_000

# A business that wrote to a number this recently is shown it, even if a username hides it.
SHARING_SECONDS = 30 * 24 * 3600.0


@frozen
class Arrival:
    """One message on a person's phone; `index` counts from 1 in the order of arrival."""

    wamid: str
    channel: str
    kind: str
    body: Any
    text: str
    at: datetime
    buttons: tuple[Button, ...] = ()
    template: tuple[str, str] | None = None
    quoted: str | None = None
    medium: str | None = None
    index: int = 0


@frozen
class Identity:
    """What one channel may learn about a person."""

    name: str
    wa_id: str | None
    user_id: str | None
    username: str | None


@define
class Person:
    """A person with a phone; `wa_id` is WhatsApp's own spelling of the number, digits only.

    `open_chat` is the channel whose chat they look at: what comes from it is read at once.
    `generation` counts the BSUIDs they have had.
    """

    wa_id: str
    name: str
    user_id: str | None = None
    username: str | None = None
    online: bool = True
    auto_read: bool = True
    blocked: set[str] = field(factory=set)
    open_chat: str | None = None
    marketing: bool = True
    generation: int = 0
    received: int = 0
    inbox: deque[Arrival] = field(factory=lambda: deque(maxlen=_LONGEST_INBOX))
    unread: list[str] = field(factory=list)
    undelivered: list[Arrival] = field(factory=list)
    arrived: trio.Event = field(factory=trio.Event)

    def user_id_in(self, portfolio: str) -> str | None:
        """The BSUID that a business portfolio knows this person by, or None for a person who has
        none.
        """
        if self.user_id is not None:
            return self.user_id or None
        times = f"/{self.generation}" if self.generation else ""
        seed = hashlib.sha256(f"{portfolio}/{self.wa_id}{times}".encode()).hexdigest()
        return f"{country(self.wa_id)}.{int(seed[:16], 16) % 10**20:020d}"

    def seen_by(self, portfolio: str, shared: bool) -> Identity:
        """Their identity; the number is in it unless a username hides it and it was not shared
        lately.
        """
        shown = self.wa_id if self.username is None or shared else None
        return Identity(self.name, shown, self.user_id_in(portfolio), self.username)

    def receive(self, arrival: Arrival) -> None:
        """Put a message into the inbox and wake whoever waits for it."""
        self.received += 1
        self.inbox.append(evolve(arrival, index=self.received))
        self.arrived.set()
        self.arrived = trio.Event()

    async def wait_arrival(self, after: int) -> None:
        """Return once more than `after` messages have come; the deadline is the caller's."""
        while self.received <= after:
            await self.arrived.wait()

    def arrived_after(self, index: int) -> list[Arrival]:
        """What arrived after number `index`, as far as the phone still has it."""
        missed = self.received - index
        return list(self.inbox)[-missed:] if missed > 0 else []


class People:
    """Everyone there is, found by any spelling of their number, their BSUID or their username."""

    def __init__(self) -> None:
        self._by_number: dict[str, Person] = {}

    def __iter__(self) -> Iterator[Person]:
        return iter(self._by_number.values())

    def add(self, person: Person) -> None:
        """Add a person under their own number."""
        self._by_number[person.wa_id] = person

    def by_number(self, number: str) -> Person | None:
        """The person with this number (digits) in one of its spellings."""
        for spelling in spellings(number):
            if spelling in self._by_number:
                return self._by_number[spelling]
        return None

    def by_user_id(self, user_id: str, portfolio: str) -> Person | None:
        """The person whom this portfolio knows by this BSUID."""
        return next((person for person in self if person.user_id_in(portfolio) == user_id), None)

    def find(self, name: str) -> Person | None:
        """The person meant in a control call: a number in any spelling, a username, or a BSUID
        of their own.
        """
        found = self.by_number(digits(name)) if digits(name) else None
        return found or next(
            (person for person in self if name in (person.username, person.user_id)), None
        )

    def renumber(self, person: Person, number: str) -> None:
        """Give a person another number (digits), and with it another BSUID if they have one."""
        del self._by_number[person.wa_id]
        person.wa_id = number
        person.user_id = None if person.user_id is None or person.user_id else ""
        self.add(person)

    def clear(self) -> None:
        """Remove everyone."""
        self._by_number.clear()
