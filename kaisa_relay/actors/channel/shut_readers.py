"""Readers whose window WhatsApp has just called closed: what was on its way to them turns back.

Rule 1: what is behind a refused message fails like it, in order, and waits in its conversation.
Rule 2: that ends with the template by which the conversation shows that it has heard.
"""

from attrs import define, field

from kaisa_relay.actors.recent import Recent
from kaisa_relay.domain.conversation.windows import CLOSED_CODES
from kaisa_relay.domain.ids import ContactId, ConversationId
from kaisa_relay.domain.outgoing import Template
from kaisa_relay.domain.sending import Answer, Purpose, Rejected
from kaisa_relay.ports import Send


@define(eq=False)
class ShutReaders:
    """Whose conversation has not heard of it yet; bounded, and lost with the process."""

    _shut: Recent[ContactId, tuple[ConversationId, Rejected]] = field(
        factory=lambda: Recent(10_000)
    )

    def turned_back(self, send: Send) -> Rejected | None:
        """Return what a send is refused by without a call, now that its turn has come."""
        found = self._shut.get(send.contact)
        if found is None or found[0] != send.conversation or send.purpose is Purpose.NOTICE:
            return None
        if send.purpose is Purpose.OFFER or isinstance(send.outgoing, Template):
            self._shut.drop(send.contact)  # whatever comes after it was decided knowing
            return None
        return found[1]

    def note(self, send: Send, answer: Answer) -> None:
        """Note WhatsApp's word on a send."""
        if not isinstance(answer, Rejected) or answer.code not in CLOSED_CODES:
            return
        if send.conversation is not None and send.purpose is Purpose.RELAY:
            self._shut.put(send.contact, (send.conversation, answer))
