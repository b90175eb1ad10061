"""Where people are reached, and what was taken from them while something was on its way there.

Rule 1: the rows are right from the commit on; this is for what actors have in memory already.
Rule 2: what is left is noted before the commit that takes it away, so whoever commits after that
one has heard of it; until it is through, whatever was read is too old.
"""

from collections.abc import Iterable

from attrs import define, evolve, field, frozen

from kaisa_relay.actors.recent import Recent
from kaisa_relay.domain.contact import Person
from kaisa_relay.domain.ids import ContactId
from kaisa_relay.domain.outgoing import Recipient
from kaisa_relay.domain.phone import Phone
from kaisa_relay.ports import Change, SaveContact, Send


def recipient(person: Person | None) -> Recipient:
    """Return where sends to this person go; the phone where there is one."""
    if person is None:
        return Recipient(None, None)
    return Recipient(person.phone, None if person.phone else person.bsuid)


@frozen
class Left:
    """What led to a person and does so no more; a BSUID is None while it is the same."""

    phones: frozenset[Phone] = field(repr=False)
    bsuid: str | None = field(repr=False, default=None)


@frozen
class _Known:
    phones: frozenset[Phone] = field(repr=False)
    bsuids: frozenset[str] = field(repr=False)
    now: Person = field(repr=False)
    at: int | None = None
    """An id from after the commit: what was read of them before it is older. None until then."""

    def stale(self, phone: Phone | None, bsuid: str | None) -> bool:
        """Say whether one of these leads to somebody else, or nowhere."""
        return phone in self.phones or bsuid in self.bsuids


@define(eq=False)
class Addresses:
    """Where people are reached who left a number or a BSUID of late."""

    _left: Recent[ContactId, _Known] = field(factory=Recent)

    def leaving(self, left: Left, now: Person) -> None:
        """Somebody is reached as `now`, or not at all; this is about to be committed."""
        known = self._left.get(now.contact)
        phones = left.phones | (known.phones if known is not None else frozenset())
        bsuids = known.bsuids if known is not None else frozenset()
        if left.bsuid is not None:
            bsuids |= {left.bsuid}
        self._left.put(now.contact, _Known(phones, bsuids - {now.bsuid}, now))

    def gone(self, contact: ContactId, at: int) -> None:
        """That was committed; `at` is a new id."""
        known = self._left.get(contact)
        if known is not None:
            self._left.put(contact, evolve(known, at=at))

    def still(self, changes: Iterable[Change], read_at: int) -> tuple[Change, ...]:
        """Return changes without what their people left after these were read.

        `read_at` is an id from before the reading. A number that is written back would lead to
        whoever has it next.
        """
        return tuple(
            self._still(each, read_at) if isinstance(each, SaveContact) else each
            for each in changes
        )

    def _still(self, save: SaveContact, read_at: int) -> SaveContact:
        known, person = self._left.get(save.person.contact), save.person
        if known is None or not known.stale(person.phone, person.bsuid):
            return save
        if known.at is not None and known.at < read_at:
            return save
        person = evolve(person, phone=known.now.phone, bsuid=known.now.bsuid)
        phones = tuple(each for each in save.phones if each not in known.phones)
        return evolve(save, person=person, phones=phones, wa_id=None)

    def saved(self, changes: Iterable[Change]) -> None:
        """Somebody may have a number again that they had left; a BSUID does not come back."""
        for person in (each.person for each in changes if isinstance(each, SaveContact)):
            known = self._left.get(person.contact)
            if known is not None and person.phone in known.phones:
                self._left.put(person.contact, evolve(known, phones=known.phones - {person.phone}))

    def of(self, send: Send) -> Recipient:
        """Return where a send goes by now."""
        known, to = self._left.get(send.contact), send.recipient
        stale = known is not None and known.stale(to.phone, to.bsuid)
        return recipient(known.now) if known is not None and stale else to
