"""One endpoint's deliveries: how many at once, how they are tried, and when it rests.

Rule 1: what an endpoint does or fails to do costs no other endpoint anything.
Rule 2: a try is written down before the next one of the same delivery.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from random import Random
from typing import Final, Protocol

import structlog
import trio
from attrs import Factory, define, field, frozen
from sqlalchemy import Connection

from kaisa_relay.domain.engagement.actions import Kind
from kaisa_relay.domain.engagement.ids import DELIVERY, ENDPOINT
from kaisa_relay.domain.engagement.quota import Quotas
from kaisa_relay.domain.engagement.retrying import TRIED_FOR, Breaker, next_attempt
from kaisa_relay.domain.engagement.suppression import Way, read_address
from kaisa_relay.domain.engagement.trigger import quiet_for
from kaisa_relay.domain.ids import to_text
from kaisa_relay.engagement import delivery_rows, endpoint_rows, trigger_rows
from kaisa_relay.engagement.content import (
    Composer,
    Content,
    Posted,
    TemplateMessage,
    Unsendable,
    posted,
    way_of,
)
from kaisa_relay.engagement.delivery_rows import Tried, Waiting
from kaisa_relay.engagement.ending_rows import OVER
from kaisa_relay.engagement.endpoint_rows import GONE, Target
from kaisa_relay.engagement.events import Events
from kaisa_relay.engagement.handing_over import Handover
from kaisa_relay.engagement.leading_back import LeadingBack
from kaisa_relay.engagement.outlets import Outlets
from kaisa_relay.engagement.posting import Reply, kept
from kaisa_relay.engagement.recording import Recorder
from kaisa_relay.engagement.texting import TextMessage
from kaisa_relay.engagement.unsubscribing import Unsubscribing
from kaisa_relay.ports import Archive, Following, StoreUnavailable
from kaisa_relay.ports.engagement import DeliveryState
from kaisa_relay.ports.outreach import Declined
from kaisa_relay.runtime.clock import WallClock
from kaisa_relay.runtime.supervise import GaveUp, RestartPolicy, supervise
from kaisa_relay.store import Store

logger = structlog.get_logger()

AT_ONCE: Final = 8
"""Deliveries under way at one endpoint."""
ROUNDS: Final = 20
"""After so many the endpoint is read anew: its address or its secret may have changed."""
PAUSE: Final = 0.5
"""Seconds before a try is written down again while the store is away."""
_GONE: Final = 410
_QUIET: Final = "it is their quiet hours"
_ERASED: Final = "the event is not kept any more"
_OUR_FAULT: Final = "it failed here, by a fault of the relay that its log names"
_ONCE: Final = RestartPolicy(0, 1.0, 0.0, 0.0, fatal=(StoreUnavailable,))
_NO_WAIT: Final = Random(0)


class Chance(Protocol):
    """What spreads retries."""

    def random(self) -> float:
        """Return a number from 0 to 1."""
        ...


@frozen
class Tools:
    """What every lane uses."""

    store: Store
    following: Following
    archive: Archive
    outlets: Outlets
    unsubscribing: Unsubscribing
    leading_back: LeadingBack
    handover: Handover
    wall: WallClock
    rng: Chance
    recorder: Recorder = field(
        init=False, default=Factory(lambda mine: Recorder(mine.store), takes_self=True)
    )
    events: Events = field(
        init=False, default=Factory(lambda mine: Events(mine.following), takes_self=True)
    )
    quotas: Quotas = field(factory=Quotas)
    on_try: Callable[[str], None] = lambda state: None
    """Hears what each delivery is after a try."""


@define(eq=False)
class Lane:
    """Works off what is due at one endpoint; there as long as something is."""

    tools: Tools
    target: Target
    breaker: Breaker = field(factory=Breaker)
    over: bool = False
    """Whether the endpoint takes nothing any more."""

    async def work(self) -> None:
        """Try whatever is due now, until nothing is, or the endpoint rests."""
        for _ in range(ROUNDS):
            if self.over or self.resting():
                return
            most = 1 if self.breaker.open else AT_ONCE
            of, to, now = self.target.workspace, self.target.id, self.tools.wall()
            read = partial(delivery_rows.due, of=of, to=to, now=now, most=most)
            due = await self.tools.store.browse(read)
            if not due:
                return
            await self._try_all(due)
            if len(due) < most:
                return  # that was all; whatever came meanwhile has rung

    def resting(self) -> bool:
        """Whether it failed so often that it is left alone for now."""
        return self.breaker.until is not None and self.tools.wall() < self.breaker.until

    async def _try_all(self, due: Sequence[Waiting]) -> None:
        tried: list[Tried] = []

        away: list[StoreUnavailable] = []

        async def attempt(of: Waiting) -> None:
            try:
                tried.append(await self._supervised(of))
            except StoreUnavailable as outage:  # what the others have sent is not forgotten for it
                away.append(outage)

        async with trio.open_nursery() as nursery:
            for each in due:
                nursery.start_soon(attempt, each, name="delivery")
        await self.tools.recorder.record(tried)
        for made in tried:
            self.tools.on_try(made.state.value)
        if self.over:
            gone = endpoint_rows.switched(enabled=False, at=self.tools.wall(), by=GONE)
            of, id = self.target.workspace, self.target.id
            await self._patiently(partial(endpoint_rows.change, of=of, id=id, values=gone))
            logger.warning("endpoint disabled", endpoint=to_text(ENDPOINT, id), status=_GONE)
        if away:
            raise away[0]

    async def _patiently(self, work: Callable[[Connection], object]) -> None:
        """Write what has happened already, for as long as the store is away."""
        while True:
            try:
                await self.tools.store.write(work)
                return
            except StoreUnavailable:
                await trio.sleep(PAUSE)

    async def _supervised(self, of: Waiting) -> Tried:
        """A mistake of ours, which the log has, is a failure of this delivery and of no other."""
        made: list[Tried] = []

        async def once() -> None:
            made.append(await self._try(of))

        try:
            await supervise(f"delivery {to_text(DELIVERY, of.id)}", once, _ONCE, _NO_WAIT)
        except GaveUp:
            return self._not_sent(of, Unsendable(_OUR_FAULT, later=True), self.tools.wall())
        return made[0]

    async def _try(self, of: Waiting) -> Tried:
        at, began = self.tools.wall(), time.perf_counter()
        content = await self._content(of)
        if isinstance(content, Unsendable):
            return self._not_sent(of, content, at)
        id = to_text(DELIVERY, of.id)
        if isinstance(content, TemplateMessage):
            reply = await self.tools.handover.send(of, content, at)
        else:
            reply = await self.tools.outlets.send(self.target, content, id, at)
        took = int((time.perf_counter() - began) * 1_000_000)
        if reply.declined:
            await self._note_declined(of, content)
        self._learn(reply)
        state, due_at = self._outcome(of, reply)
        answer = kept(reply.answer)
        way = way_of(content)
        by = way if reply.left or (reply.taken and way is not Way.WHATSAPP) else None
        return Tried(of, at, took, reply.status, why(reply), answer, state, due_at, by)

    def _not_sent(self, of: Waiting, content: Unsendable, at: datetime) -> Tried:
        state, due_at = DeliveryState.DEAD, at
        if content.unwanted:
            state = DeliveryState.CANCELLED
        elif content.later:
            state, due_at = self._outcome(of, Reply(why=content.why, retry_after=content.after))
        return Tried(of, at, 0, None, content.why, None, state, due_at)

    async def _note_declined(self, of: Waiting, content: Content) -> None:
        """Before the try is recorded: after a crash it is made, and heard of, once more."""
        address = read_address(Way.SMS, content.to) if isinstance(content, TextMessage) else None
        if not isinstance(address, str):
            declined = Declined(of.conversation, address)
            await self.tools.handover.courier.note_declined(of.workspace, declined)

    async def _content(self, of: Waiting) -> Content | Unsendable:
        if self.tools.wall() > of.first_due_at + TRIED_FOR:
            return Unsendable(OVER)  # it waited for an endpoint that was switched off, or for us
        event = await self.tools.events.at(of.workspace, of.seq)
        if event is None:
            return Unsendable(_ERASED)
        if self.target.kind is Kind.WEBHOOK:
            return Posted(posted(event))  # it needs nothing of its trigger
        read = partial(trigger_rows.definition_at, of=of.workspace, place=of.action)
        tools = self.tools
        definition = await tools.store.browse(read)
        quiet = quiet_for(definition, tools.wall())
        if quiet:
            return Unsendable(_QUIET, later=True, after=quiet)
        composer = Composer(
            tools.store,
            tools.archive,
            tools.unsubscribing,
            tools.leading_back,
            tools.quotas,
            tools.wall(),
        )
        action = of.action.action_of(definition)
        return await composer.compose(action, of.action, self.target, event)

    def _learn(self, reply: Reply) -> None:
        """A receiver that answers with a refusal of this one message is not ill."""
        if reply.pending:
            return
        if reply.status == _GONE:
            self.over = True
        elif reply.taken or reply.final:
            self.breaker = Breaker()
        elif reply.status is None or reply.status == 429 or reply.status >= 500:
            self.breaker = self.breaker.failed(self.tools.wall())

    def _outcome(self, of: Waiting, reply: Reply) -> tuple[DeliveryState, datetime]:
        now = self.tools.wall()
        if reply.taken:
            return DeliveryState.DELIVERED, now
        if reply.final:
            return DeliveryState.CANCELLED if reply.unwanted else DeliveryState.DEAD, now
        chance = self.tools.rng.random()
        again = next_attempt(of.first_due_at, now, of.attempts + 1, chance, reply.retry_after)
        if again is None:
            return DeliveryState.DEAD, now
        return DeliveryState.WAITING, again


def why(reply: Reply) -> str | None:
    """Say in a few words why a receiver does not have it; None when it has."""
    if reply.taken or reply.status is None or reply.why is not None:
        return reply.why
    if reply.status == _GONE:
        return "it is gone: the endpoint was disabled"
    redirect = 300 <= reply.status < 400
    return "redirects are not followed" if redirect else f"it answered {reply.status}"
