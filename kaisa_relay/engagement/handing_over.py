"""A template on its way: put into its channel's outbox once, then looked after.

Rule 1: the id of its send is written down before it is handed over, so that a crash in between
hands it over under the same id, and none later sends it again.
Rule 2: WhatsApp often refuses what it took before (131049, 131050), so it is taken only when it
arrived, or when nothing has been heard for a while.
"""

from datetime import datetime
from functools import partial
from typing import Final

from attrs import field, frozen
from sqlalchemy import Connection, select, update

from kaisa_relay.domain.conversation.links import LinkOrigin
from kaisa_relay.domain.engagement.quota import Quotas, until_tomorrow
from kaisa_relay.domain.engagement.suppression import STOPPED_MARKETING, Way
from kaisa_relay.domain.ids import MESSAGE, EventSeq, SendId, to_text
from kaisa_relay.domain.outgoing import Template
from kaisa_relay.domain.sending import Rank
from kaisa_relay.engagement.content import TemplateMessage
from kaisa_relay.engagement.delivery_rows import Waiting
from kaisa_relay.engagement.posting import Reply
from kaisa_relay.engagement.quota_rows import left_today
from kaisa_relay.ports.outreach import Courier, NotHandedOver, Order
from kaisa_relay.store import Store
from kaisa_relay.store.engagement_table import delivery
from kaisa_relay.store.tables import leg

OK: Final = 200
LOOKS: Final = 5
"""Tries after which a message that WhatsApp has, and of which nothing more is heard, counts as
taken: about ten minutes. A telephone may be off for days."""


@frozen
class Progress:
    """How far a send has come; `code` says why it failed."""

    rank: Rank
    code: int | None


@frozen
class Handover:
    """Hands templates over and says what became of them."""

    store: Store
    courier: Courier
    quotas: Quotas = field(factory=Quotas)

    async def send(self, of: Waiting, message: TemplateMessage, at: datetime) -> Reply:
        """Return what is known now; what is `pending` is looked at again."""
        send = await self.store.write(partial(_named, of=of, fresh=SendId(self.store.new_id())))
        progress = await self.store.browse(partial(_progress, of=of, send=send))
        if progress is not None:
            return _said(progress, send, last=of.attempts + 1 >= LOOKS)
        left = partial(left_today, of=of.workspace, way=Way.WHATSAPP, at=at)
        if await self.store.browse(left) >= self.quotas.whatsapp:
            why = self.quotas.used_up(Way.WHATSAPP)
            return Reply(why=why, retry_after=until_tomorrow(at), pending=True)
        template = Template(message.name, message.language, message.parameters)
        place = of.action
        origin = LinkOrigin(place.trigger, place.version, place.step, EventSeq(of.seq))
        order = Order(send, message.conversation, origin, template)
        refused = await self.courier.hand_over(of.workspace, order)
        if isinstance(refused, NotHandedOver) and refused.later:
            return Reply(why=refused.why, pending=True)
        if isinstance(refused, NotHandedOver):
            return Reply(why=refused.why, final=True, unwanted=refused.unwanted)
        return Reply(why=_WAITING[Rank.READY], answer=_name(send), pending=True, left=True)


_WAITING: Final = {
    Rank.READY: "it was handed to its channel",
    Rank.PARKED: "whether WhatsApp has it is not known yet",
    Rank.SENT: "WhatsApp has it, and it has not arrived yet",
}


def _said(progress: Progress, send: SendId, last: bool) -> Reply:
    if progress.rank is Rank.FAILED:
        why, stopped = f"WhatsApp refused it: {progress.code}", progress.code == STOPPED_MARKETING
        return Reply(why=why, answer=_name(send), final=True, declined=stopped)
    arrived = progress.rank >= Rank.DELIVERED
    if arrived or (progress.rank is Rank.SENT and last):
        return Reply(OK, answer=_name(send))
    return Reply(why=_WAITING[progress.rank], answer=_name(send), pending=True)


def _name(send: SendId) -> str:
    """Return by what `message.status` events call the message."""
    return to_text(MESSAGE, send)


def _named(connection: Connection, of: Waiting, fresh: SendId) -> SendId:
    """Return the id of a delivery's send; the first time it is written down."""
    mine = (delivery.c.workspace == of.workspace, delivery.c.id == of.id)
    known = connection.scalar(select(delivery.c.send).where(*mine))
    if known is not None:
        return SendId(known)
    connection.execute(update(delivery).where(*mine).values(send=fresh))
    return fresh


def _progress(connection: Connection, of: Waiting, send: SendId) -> Progress | None:
    query = select(leg.c.rank, leg.c.code).where(
        leg.c.workspace == of.workspace, leg.c.send == send
    )
    row = connection.execute(query).first()
    return None if row is None else Progress(Rank(row.rank), row.code)
