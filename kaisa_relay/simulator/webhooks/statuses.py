"""The life of a send as webhooks tell it: sent, delivered, read, or failed.

Rule 1: a status only moves forward, and each is told once.
Rule 2: `failed` stands alone: nothing comes after it, and it comes after nothing but `sent`.
"""

from functools import partial

from attrs import define

from ..agenda import Agenda
from ..config import Timing
from ..errors import GraphError
from ..faults import Faults
from ..people.person import Person
from ..pricing import Charge
from ..world import Sent, World
from .courier import Courier
from .payloads import StatusFacts, Update, status_value
from .spoil import spoil

RANKS = {"sent": 1, "delivered": 2, "read": 3, "played": 4, "failed": 5}


@define
class Statuses:
    """Plans and tells the statuses of sends."""

    world: World
    agenda: Agenda
    courier: Courier
    faults: Faults
    timing: Timing

    def plan_sent(self, sent: Sent) -> None:
        """Tell `sent` soon."""
        self.agenda.after(self.timing.sent_after, partial(self.tell, sent, "sent"))

    def plan_failed(self, sent: Sent, error: GraphError) -> None:
        """Tell `failed` soon."""
        self.agenda.after(self.timing.sent_after, partial(self.tell, sent, "failed", error))

    def plan_delivery(self, sent: Sent, person: Person) -> None:
        """Tell `delivered` soon, and `read` after it if the person reads at once; in an open chat
        there is no `delivered`.
        """
        looking = person.open_chat == sent.channel
        if not looking:
            self.agenda.after(self.timing.delivered_after, partial(self.tell, sent, "delivered"))
        if person.auto_read or looking:
            self.agenda.after(self.timing.read_after, partial(self.tell, sent, "read"))
        else:
            person.unread.append(sent.wamid)

    def tell(self, sent: Sent, status: str, error: GraphError | None = None) -> None:
        """Submit the webhook for one status now, unless the send has got as far already."""
        if sent.rank == 0 and status in ("delivered", "read", "played"):
            self.tell(sent, "sent")
        for update in self.updates(sent, status, error):
            self.courier.submit(update)

    def updates(self, sent: Sent, status: str, error: GraphError | None = None) -> list[Update]:
        """Move the send to `status` and word the webhook; empty if it has got as far already."""
        if sent.rank >= RANKS[status] or (status == "failed" and sent.rank > RANKS["sent"]):
            return []
        first = sent.rank == 0
        sent.rank = RANKS[status]
        if first and status != "failed":
            sent.charge = self._charge(sent)
        self._note(sent, status)
        channel = self.world.channels.get(sent.channel)
        if channel is None:
            return []
        facts = StatusFacts(
            wamid=sent.wamid,
            status=status,
            at=self.world.clock.now(),
            to_phone=sent.to_phone,
            opaque=sent.opaque,
            pricing=sent.charge.pricing() if first and sent.charge is not None else None,
            error=error,
        )
        who = self.world.identity(channel, sent.person) if sent.person is not None else None
        value = status_value(channel, who, sent.addressed, facts)
        update = Update(
            channel.waba, channel.phone_number_id, "statuses", value, f"{status} {sent.wamid}"
        )
        return spoil(update, channel, self.faults, channel.phone_number_id, sent.addressed)

    def _note(self, sent: Sent, status: str) -> None:
        if sent.charge is not None and not sent.delivered and RANKS[status] in (2, 3, 4):
            sent.delivered = True
            self.world.ledger.delivered[sent.charge] += 1
        if sent.person is None:
            return
        chat = self.world.chats.of(sent.channel, sent.person.wa_id)
        if status in ("read", "played") and sent.wamid in chat.bubbles:
            chat.bubbles[sent.wamid].ticks = "read"
        self.world.feed.tell(
            "status", sent.person.wa_id, sent.channel, wamid=sent.wamid, status=status
        )

    def _charge(self, sent: Sent) -> Charge:
        ledger, clock = self.world.ledger, self.world.clock
        who = sent.person.wa_id if sent.person is not None else sent.addressed
        free = ledger.enters_free(sent.channel, who, clock.time())
        return ledger.price(sent.channel, clock.now().strftime("%Y-%m"), sent.category, free)
