"""Numbers that were taken from their owner while something was on its way to them.

Rule 1: the rows are right from the commit on; this is for what channels have in memory already.
"""

from collections.abc import Iterable

from attrs import define, field, frozen

from kaisa_relay.actors.recent import Recent
from kaisa_relay.domain.ids import ContactId
from kaisa_relay.domain.outgoing import Recipient
from kaisa_relay.domain.phone import Phone
from kaisa_relay.ports import Change, SaveContact, Send


@frozen
class _Left:
    phones: frozenset[Phone] = field(repr=False)
    now: Recipient = field(repr=False)


@define(eq=False)
class Addresses:
    """Where people are reached who left a number of late."""

    _left: Recent[ContactId, _Left] = field(factory=Recent)

    def left(self, contact: ContactId, phones: Iterable[Phone], now: Recipient) -> None:
        """Somebody left these numbers and is reached elsewhere, or nowhere."""
        known = self._left.get(contact)
        before = known.phones if known is not None else frozenset()
        self._left.put(contact, _Left(before | frozenset(phones), now))

    def saved(self, changes: Iterable[Change]) -> None:
        """Somebody may have a number again that they had left."""
        for change in changes:
            if isinstance(change, SaveContact) and (phone := change.person.phone) is not None:
                known = self._left.get(change.person.contact)
                if known is not None and phone in known.phones:
                    self._left.drop(change.person.contact)

    def of(self, send: Send) -> Recipient:
        """Return where a send goes by now."""
        known = self._left.get(send.contact)
        stale = known is not None and send.recipient.phone in known.phones
        return known.now if known is not None and stale else send.recipient
