"""A courier that only puts sends into the outbox; what becomes of them, a test says."""

from attrs import define, evolve, field

from kaisa_relay.domain.ids import MessageId, WorkspaceId
from kaisa_relay.domain.sending import Purpose, Rank
from kaisa_relay.ports import Leg, NewSend, StoreUnavailable
from kaisa_relay.ports.outreach import Declined, NotHandedOver, Order
from tests.contracts.world import World


@define(eq=False)
class OutboxCourier:
    """Takes every order unless told to refuse."""

    world: World
    orders: list[Order] = field(factory=list)
    refusal: str | None = None
    unwanted: bool = False
    later: bool = False
    away: int = 0
    """How often the store is away before it is there."""
    declined: list[Declined] = field(factory=list)

    async def hand_over(self, workspace: WorkspaceId, order: Order) -> NotHandedOver | None:
        """Write the send down, once by its id."""
        if self.away:
            self.away -= 1
            raise StoreUnavailable
        if self.refusal is not None:
            return NotHandedOver(self.refusal, self.unwanted, self.later)
        self.orders.append(order)
        plain = self.world.outgoing(Purpose.NOTICE)
        send = evolve(
            plain, id=order.send, message=MessageId(order.send), outgoing=order.template,
            conversation=None,
        )  # fmt: skip
        await self.world.change(NewSend(send))
        return None

    async def note_declined(self, workspace: WorkspaceId, declined: Declined) -> None:
        """Remember who wants no more."""
        self.declined.append(declined)

    async def becomes(self, rank: Rank, code: int | None = None) -> None:
        """WhatsApp says how far the last order has come."""
        leg = Leg(self.orders[-1].send, rank, self.world.clock(), code)
        await self.world.store.sends.settle(self.world.workspace, [leg], [])
