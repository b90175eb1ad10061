"""The Engagement Builder behind its faces: `ports.engagement.Engagement` over the tables."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from attrs import evolve, frozen
from sqlalchemy import Connection

from kaisa_relay.domain.engagement.actions import Kind
from kaisa_relay.domain.engagement.ids import (
    DELIVERY,
    DeliveryId,
    EndpointId,
    TriggerId,
)
from kaisa_relay.domain.engagement.quota import QuotaReached
from kaisa_relay.domain.engagement.retrying import Breaker
from kaisa_relay.domain.engagement.trigger import Trigger
from kaisa_relay.domain.ids import WorkspaceId, to_text
from kaisa_relay.engagement import (
    delivery_rows,
    ending_rows,
    endpoint_rows,
    recovery_rows,
    trigger_rows,
)
from kaisa_relay.engagement.bodies import fault
from kaisa_relay.engagement.endpoint_checks import bad_move, judge, names_of, signs_in, wanted
from kaisa_relay.engagement.endpoint_rows import Cipher, Target
from kaisa_relay.engagement.endpoint_secrets import write_credentials
from kaisa_relay.engagement.examples import example
from kaisa_relay.engagement.leaving_alone import LeavingAlone
from kaisa_relay.engagement.rehearsing import Rehearsal
from kaisa_relay.engagement.signing import SECRET_BYTES, write_secret
from kaisa_relay.engagement.trying import tried_once
from kaisa_relay.ports.engagement import (
    AttemptView,
    BadEndpoint,
    DeliveryView,
    EndpointChange,
    EndpointView,
    EndpointWish,
    InUse,
    NewEndpoint,
    NoSuchEndpoint,
    TriggerView,
    WhichDeliveries,
)
from kaisa_relay.ports.recoveries import StepCounts
from kaisa_relay.ports.rehearsing import Preview, Scene, Trial

T = TypeVar("T")


@frozen
class Builder(LeavingAlone):
    """What is asked of the Engagement Builder, done in one transaction each."""

    cipher: Cipher
    random: Callable[[int], bytes]
    """Returns so many bytes that nobody can guess."""
    triggers_changed: Callable[[], None]
    deliver: Callable[[], None]
    """Told that something may be due."""
    fares: Callable[[WorkspaceId, EndpointId], Breaker]
    """Says how an endpoint has fared lately."""
    plain: bool = False
    """Whether endpoints may be http, as they may where a private network was named."""

    # --- triggers

    async def triggers(self, workspace: WorkspaceId) -> Sequence[TriggerView]:
        """Return every trigger, the oldest first."""
        return await self._read(partial(trigger_rows.views, of=workspace))

    async def trigger(self, workspace: WorkspaceId, trigger: TriggerId) -> TriggerView | None:
        """Return one."""
        return await self._read(partial(trigger_rows.view, of=workspace, id=trigger))

    def bad_text(self, text: str) -> str | None:
        """Say what is wrong with a text that an action sends, or None."""
        return fault(text)

    async def add_trigger(
        self, workspace: WorkspaceId, name: str, enabled: bool, definition: Trigger
    ) -> TriggerView | NoSuchEndpoint | QuotaReached:
        """Add a trigger: only what happens from now on starts it."""
        id = TriggerId(self.tools.store.new_id())
        return await self._put(workspace, TriggerView(id, name, enabled, 1, self._at(), definition))

    async def change_trigger(
        self, workspace: WorkspaceId, changed: TriggerView
    ) -> TriggerView | NoSuchEndpoint | None:
        """Have it so; another definition is a new version. None when there is no such trigger."""
        if await self.trigger(workspace, changed.id) is None:
            return None
        put = await self._put(workspace, evolve(changed, changed_at=self._at()))
        return None if isinstance(put, QuotaReached) else put  # removed in this moment

    async def recoveries(
        self, workspace: WorkspaceId, trigger: TriggerId
    ) -> Sequence[StepCounts] | None:
        """Return what each version and step has led to; None when there is no such trigger."""
        if await self.trigger(workspace, trigger) is None:
            return None
        return await self._read(partial(recovery_rows.counts, of=workspace, trigger=trigger))

    async def remove_trigger(self, workspace: WorkspaceId, trigger: TriggerId) -> bool:
        """Remove it, and cancel what still waits; False when there is no such trigger."""
        remove = partial(trigger_rows.remove, of=workspace, id=trigger, at=self._at())
        there = await self._write(remove)
        self.triggers_changed()
        return there

    async def _put(
        self, workspace: WorkspaceId, now: TriggerView
    ) -> TriggerView | NoSuchEndpoint | QuotaReached:
        most = self.tools.quotas.triggers
        put = await self._write(partial(trigger_rows.put, of=workspace, now=now, most=most))
        self.triggers_changed()
        return put

    async def preview(
        self, workspace: WorkspaceId, definition: Trigger, scene: Scene
    ) -> Preview | NoSuchEndpoint | None:
        """Return what a trigger would send; None when there is no such conversation."""
        return await Rehearsal(self.tools, self.cipher).preview(workspace, definition, scene)

    async def try_trigger(
        self, workspace: WorkspaceId, trigger: TriggerId, trial: Trial
    ) -> AttemptView | BadEndpoint | None:
        """Send one action to somebody else, once; None when there is no such trigger."""
        return await Rehearsal(self.tools, self.cipher).send(workspace, trigger, trial)

    # --- endpoints

    async def endpoints(self, workspace: WorkspaceId) -> Sequence[EndpointView]:
        """Return every endpoint, the oldest first."""
        found = await self._read(partial(endpoint_rows.views, of=workspace))
        return [self._as_it_fares(workspace, each) for each in found]

    def _as_it_fares(self, of: WorkspaceId, view: EndpointView) -> EndpointView:
        breaker = self.fares(of, view.id)
        return evolve(view, failures=breaker.failures, rests_until=breaker.until)

    async def add_endpoint(
        self, workspace: WorkspaceId, wish: EndpointWish
    ) -> NewEndpoint | BadEndpoint | QuotaReached:
        """Add an endpoint; where it leads is judged on connecting."""
        wrong = await judge(wish, self.plain, signs_in=False)
        if wrong is not None:
            return wrong
        id, ours = EndpointId(self.tools.store.new_id()), wish.kind is Kind.WEBHOOK
        secret = self._secret() if ours else write_credentials(wish)
        options = evolve(wish.options, header_names=names_of(wish.headers or {}))
        view = EndpointView(id, wish.url, self._at(), None, None, wish.kind, options)
        sealed = self.cipher.seal(secret)
        most = self.tools.quotas.endpoints
        add = partial(endpoint_rows.add, of=workspace, new=view, sealed=sealed, most=most)
        refused = await self._write(add)
        return refused or NewEndpoint(view, secret if ours else None)

    async def change_endpoint(
        self, workspace: WorkspaceId, endpoint: EndpointId, change: EndpointChange
    ) -> EndpointView | BadEndpoint | None:
        """Change what is given; enabled again it is tried at once."""
        view = await self._read(partial(endpoint_rows.view, of=workspace, id=endpoint))
        if view is None:
            return None
        wish = wanted(view, change)
        wrong = await judge(wish, self.plain, signs_in=signs_in(view))
        wrong = wrong or bad_move(view, change)
        if wrong is not None:
            return wrong
        values: dict[str, Any] = {"url": wish.url, "options": endpoint_rows.written(wish.options)}
        if wish.password is not None or wish.headers is not None:
            target = await self._target(workspace, endpoint)
            assert target is not None
            values["secret"] = self.cipher.seal(write_credentials(wish, target))
        if change.enabled is not None:
            values |= endpoint_rows.switched(change.enabled, self._at())
        write = partial(endpoint_rows.change, of=workspace, id=endpoint, values=values)
        changed = await self._write(write)
        self.deliver()
        return changed

    async def rotate_secret(
        self, workspace: WorkspaceId, endpoint: EndpointId
    ) -> NewEndpoint | None:
        """Give a webhook a new secret; the one before signs beside it for a day."""
        before = await self._read(partial(endpoint_rows.view, of=workspace, id=endpoint))
        if before is None or before.kind is not Kind.WEBHOOK:
            return None
        secret = self._secret()
        sealed = self.cipher.seal(secret)
        rotate = partial(
            endpoint_rows.rotate, of=workspace, id=endpoint, sealed=sealed, at=self._at()
        )
        view = await self._write(rotate)
        return None if view is None else NewEndpoint(view, secret)

    async def remove_endpoint(self, workspace: WorkspaceId, endpoint: EndpointId) -> InUse | bool:
        """Remove it unless a trigger names it; False when there is no such endpoint."""

        def remove(connection: Connection) -> InUse | bool:
            named = trigger_rows.naming(connection, workspace, endpoint)
            if named is not None:
                return InUse(named)
            return endpoint_rows.remove(connection, workspace, endpoint)

        gone = await self._write(remove)
        if gone is True:
            end = partial(ending_rows.end_at, of=workspace, endpoint=endpoint, at=self._at())
            while await self._write(end) == ending_rows.PAGE:
                pass
        return gone

    async def try_endpoint(
        self, workspace: WorkspaceId, endpoint: EndpointId, to: str | None
    ) -> AttemptView | BadEndpoint | None:
        """Send an example there now, once; `to` is who gets it, where the kind needs that."""
        at, id = self._at(), to_text(DELIVERY, self.tools.store.new_id())
        target = await self._target(workspace, endpoint)
        if target is None:
            return None
        content = example(target, id, at, to)
        if isinstance(content, BadEndpoint):
            return content
        return await tried_once(self.tools, target, content, id)

    # --- deliveries

    async def deliveries(
        self,
        workspace: WorkspaceId,
        which: WhichDeliveries,
        before: DeliveryId | None,
        limit: int,
    ) -> Sequence[DeliveryView]:
        """Return up to `limit` deliveries with ids below `before`, the newest first."""
        return await self._read(
            lambda connection: delivery_rows.page(connection, workspace, which, before, limit)
        )

    async def attempts(
        self, workspace: WorkspaceId, delivery: DeliveryId
    ) -> tuple[DeliveryView, Sequence[AttemptView]] | None:
        """Return a delivery and how it was tried."""

        def read(connection: Connection) -> tuple[DeliveryView, Sequence[AttemptView]] | None:
            found = delivery_rows.one(connection, workspace, delivery)
            if found is None:
                return None
            return found, delivery_rows.tries(connection, workspace, delivery)

        return await self._read(read)

    async def replay(self, workspace: WorkspaceId, which: WhichDeliveries | DeliveryId) -> int:
        """Try again, from now on, what was delivered or is dead; returns how many there are."""
        if isinstance(which, WhichDeliveries):
            count = await self._replay_all(workspace, which)
        else:
            count = await self._replay(workspace, [which])
        self.deliver()
        return count

    async def _replay_all(self, workspace: WorkspaceId, which: WhichDeliveries) -> int:
        """By the page, for thousands at once would hold up the relay's own writes."""
        count, last, began = 0, DeliveryId(0), self._at()
        ended = partial(delivery_rows.ended, of=workspace, which=which, before=began)
        while page := await self._read(partial(ended, after=last)):
            count += await self._replay(workspace, page)
            last = page[-1]
        return count

    async def _replay(self, workspace: WorkspaceId, which: Sequence[DeliveryId]) -> int:
        replay = partial(delivery_rows.replay, of=workspace, which=which, now=self._at())
        return await self._write(replay)

    # --- what endpoints need

    async def _target(self, workspace: WorkspaceId, endpoint: EndpointId) -> Target | None:
        now, cipher = self._at(), self.cipher
        read = partial(endpoint_rows.target, of=workspace, id=endpoint, now=now, cipher=cipher)
        return await self._read(read)

    def _secret(self) -> str:
        return write_secret(self.random(SECRET_BYTES))
