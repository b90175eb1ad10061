"""Numbers that were taken from their owner while something was on its way to them.

Rule 1: the rows are right from the commit on; this is for what actors have in memory already.
Rule 2: a number that was left is noted before the commit that takes it away, so whoever commits
after that one has heard of it.
"""

from collections.abc import Iterable

from attrs import define, evolve, field, frozen

from kaisa_relay.actors.recent import Recent
from kaisa_relay.domain.ids import ContactId
from kaisa_relay.domain.outgoing import Recipient
from kaisa_relay.domain.phone import Phone
from kaisa_relay.ports import Change, SaveContact, Send


@frozen
class _Left:
    phones: frozenset[Phone] = field(repr=False)
    now: Recipient = field(repr=False)
    at: int
    """An id of that moment: what was read of them before it is older."""


@define(eq=False)
class Addresses:
    """Where people are reached who left a number of late."""

    _left: Recent[ContactId, _Left] = field(factory=Recent)

    def left(self, contact: ContactId, phones: Iterable[Phone], now: Recipient, at: int) -> None:
        """Somebody left these numbers and is reached elsewhere, or nowhere; `at` is a new id."""
        known = self._left.get(contact)
        before = known.phones if known is not None else frozenset()
        self._left.put(contact, _Left(before | frozenset(phones), now, at))

    def still(self, changes: Iterable[Change], read_at: int) -> tuple[Change, ...]:
        """Return changes without the numbers that their people left after these were read.

        `read_at` is an id from before the reading. A number that is written back would lead to
        whoever has it next.
        """
        return tuple(
            self._still(each, read_at) if isinstance(each, SaveContact) else each
            for each in changes
        )

    def _still(self, save: SaveContact, read_at: int) -> SaveContact:
        known = self._left.get(save.person.contact)
        if known is None or known.at < read_at or save.person.phone not in known.phones:
            return save
        person = evolve(save.person, phone=known.now.phone)
        phones = tuple(each for each in save.phones if each not in known.phones)
        return evolve(save, person=person, phones=phones, wa_id=None)

    def saved(self, changes: Iterable[Change]) -> None:
        """Somebody may have a number again that they had left."""
        for change in changes:
            if isinstance(change, SaveContact) and (phone := change.person.phone) is not None:
                known = self._left.get(change.person.contact)
                if known is not None and phone in known.phones:
                    again = evolve(known, phones=known.phones - {phone})
                    self._left.put(change.person.contact, again)

    def of(self, send: Send) -> Recipient:
        """Return where a send goes by now."""
        known = self._left.get(send.contact)
        stale = known is not None and send.recipient.phone in known.phones
        return known.now if known is not None and stale else send.recipient
