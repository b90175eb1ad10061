"""The conversations in memory: opened on demand, supervised one by one, quarantined alone.

Rule 1: the nursery is the router's; a conversation's crash never reaches another one.
Rule 2: what was queued when a conversation crashed is fed from its rows again, in order.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Final

import structlog
import trio
from attrs import define, field

from kaisa_relay.actors.conversation.committing import Unsure
from kaisa_relay.actors.conversation.farewell import tell_agent_stuck
from kaisa_relay.actors.conversation.recovery import run_conversation
from kaisa_relay.actors.conversation.slot import Slot, stream_of
from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.messages import Deliver, NotNeeded, ToConversation
from kaisa_relay.domain.conversation.messages import Receive
from kaisa_relay.domain.ids import CONVERSATION, ConversationId, MessageId, WorkspaceId, to_text
from kaisa_relay.ports import Append, Fenced, InboxItem, ParkItem
from kaisa_relay.runtime.mailbox import Mailbox
from kaisa_relay.runtime.supervise import GaveUp, RestartPolicy, supervise

logger = structlog.get_logger()

ONCE: Final = RestartPolicy(intensity=0, period=1.0, first_delay=0.0, max_delay=0.0)
POLICY: Final = RestartPolicy(
    intensity=5, period=60.0, first_delay=0.1, max_delay=10.0, fatal=(Fenced,)
)
"""How often a conversation may crash before it is quarantined."""
QUARANTINED: Final = "quarantined"
"""Why the rows of a conversation that gave up are parked."""


@define(eq=False)
class Slots:
    """Every live conversation. `nursery` is set while the router runs."""

    context: Context
    on_done: Callable[[MessageId], None]
    readdress: Callable[[Slot, InboxItem], Awaitable[Deliver | None]]
    left: Callable[[Slot], None]
    """Told of every conversation that is no longer in memory."""
    policy: RestartPolicy = POLICY
    quarantined: set[str] = field(factory=set)
    nursery: trio.Nursery | None = None
    _live: dict[ConversationId, Slot] = field(factory=dict)

    def open(self, workspace: WorkspaceId, conversation: ConversationId) -> Slot | None:
        """Return the conversation's slot, starting it if need be.

        None while it is quarantined, and while the router is not running.
        """
        slot = self._live.get(conversation)
        absent = slot is None and stream_of(conversation) not in self.quarantined
        if absent and self.nursery is not None:
            mailbox = Mailbox[ToConversation](self.context.bounds.conversation)
            slot = Slot(workspace, conversation, self.on_done, mailbox)
            self._live[conversation] = slot
            self.nursery.start_soon(self._keep, slot, name=slot.stream)
        return slot

    def tell(
        self, workspace: WorkspaceId, conversation: ConversationId, message: ToConversation
    ) -> bool:
        """Tell a conversation something, waking it if it is not in memory."""
        slot = self.open(workspace, conversation)
        return slot is not None and slot.mailbox.tell(message)

    def tell_duplicate(
        self, workspace: WorkspaceId, conversation: ConversationId, deliver: Deliver
    ) -> None:
        """Tell the conversation of another link that its visitor came by this one."""
        command = deliver.command
        if isinstance(command, Receive) and command.duplicate is not None:
            self.tell(workspace, command.duplicate, NotNeeded(conversation))

    def set_aside(self) -> frozenset[str]:
        """Return the quarantined whose rows are all parked: the others are just being so.

        To let go of one of those would have newer messages decided before what is parked next.
        """
        live = {stream_of(conversation) for conversation in self._live}
        return frozenset(self.quarantined - live)

    @property
    def known(self) -> int:
        """How many conversations are in memory or quarantined: opening those changes nothing."""
        return len(self._live) + len(self.quarantined)

    def statistics(self) -> dict[str, int]:
        """Live and quarantined conversations, and the messages in their mailboxes."""
        queued = sum(slot.mailbox.queued for slot in self._live.values())
        return {"live": len(self._live), "quarantined": len(self.quarantined), "queued": queued}

    async def _keep(self, slot: Slot) -> None:
        run, crashed = partial(self._run, slot), partial(self._crashed, slot)
        try:
            await supervise(slot.stream, run, self.policy, self.context.rng, crashed)
        except GaveUp:
            await self._quarantine(slot)
        finally:
            del self._live[slot.conversation]
            slot.mailbox.close()
            self.left(slot)

    async def _run(self, slot: Slot) -> None:
        """Run it; each outage may leave a commit in doubt, and that is no crash."""
        while True:
            try:
                return await run_conversation(slot, self.context, partial(self.readdress, slot))
            except Unsure:
                id = to_text(CONVERSATION, slot.conversation)
                logger.warning("conversation read again", conversation=id)
                self._fall_behind(slot)

    def _crashed(self, slot: Slot) -> None:
        self.context.meter.crashed("conversation")
        self._fall_behind(slot)

    def _fall_behind(self, slot: Slot) -> None:
        slot.fall_behind()
        for post in self.context.exchange.channels.values():
            post.fall_behind()  # a send may have been committed and not rung for

    async def _quarantine(self, slot: Slot) -> None:
        self.context.meter.quarantined()
        self.quarantined.add(slot.stream)
        logger.error(
            "conversation quarantined",
            conversation=to_text(CONVERSATION, slot.conversation),
            waiting=len(slot.pending),
        )
        with suppress(GaveUp):  # whatever broke the conversation may break this too
            tell = partial(tell_agent_stuck, self.context, slot.workspace, slot.conversation)
            await supervise(f"farewell of {slot.stream}", tell, ONCE, self.context.rng)
        while waiting := list(slot.pending):  # more may be handed over while these are parked
            await park(self.context, slot.workspace, slot.stream, waiting, QUARANTINED)
            for item in waiting:
                slot.done(item)


async def park(
    context: Context,
    workspace: WorkspaceId,
    stream: str,
    items: Sequence[MessageId],
    reason: str,
) -> None:
    """Set rows aside until an operator releases them."""
    change = ParkItem(tuple(items), stream, reason)
    append = Append(workspace, stream, 0, (), (change,))
    await context.patiently(partial(context.journal.append, append))
