"""The Engagement Builder as its faces see it.

Rule 1: everything is of one workspace; what belongs to another does not exist.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from attrs import field, frozen

from kaisa_relay.domain.engagement.actions import Kind
from kaisa_relay.domain.engagement.ids import DeliveryId, EndpointId, TriggerId
from kaisa_relay.domain.engagement.quota import QuotaReached
from kaisa_relay.domain.engagement.trigger import Trigger
from kaisa_relay.domain.ids import ConversationId, WorkspaceId
from kaisa_relay.ports.recoveries import Recoveries
from kaisa_relay.ports.rehearsing import Preview, Scene, Trial
from kaisa_relay.ports.suppressions import Suppressions


class DeliveryState(StrEnum):
    """How a delivery stands. `dead` was tried for seven days; `cancelled` was stopped before."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    DEAD = "dead"


@frozen
class TriggerView:
    """A trigger as it is now; `version` counts its definitions from 1."""

    id: TriggerId
    name: str
    enabled: bool
    version: int
    changed_at: datetime
    definition: Trigger


@frozen
class Options:
    """What else a kind of endpoint is told; none of it is secret.

    `sender` is a mailbox (`Acme <hello@acme.example>`), or a number or name for text messages.
    Those have a `provider`, with it an `account` or a `request`, and may have headers.
    """

    user: str | None = None
    sender: str | None = None
    provider: str | None = None
    account: str | None = None
    request: Mapping[str, Any] | None = None
    header_names: tuple[str, ...] = ()


@frozen
class EndpointView:
    """Where deliveries go. `disabled_by` is `gone` (it answered 410) or `you`.

    `failures` are those in a row that this process has seen since it started; after several the
    endpoint `rests_until` then, and is tried with one delivery at a time.
    """

    id: EndpointId
    url: str
    created_at: datetime
    disabled_at: datetime | None
    disabled_by: str | None
    kind: Kind = Kind.WEBHOOK
    options: Options = field(factory=Options)
    failures: int = 0
    rests_until: datetime | None = None


@frozen
class EndpointWish:
    """An endpoint as it is asked for. `password` lets us in; webhooks have a secret of ours.

    `headers`, which may be secret too, go with each text message.
    """

    kind: Kind
    url: str
    options: Options = field(factory=Options)
    password: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] | None = field(default=None, repr=False)


@frozen
class EndpointChange:
    """What of an endpoint shall change; None leaves it."""

    url: str | None = None
    user: str | None = None
    sender: str | None = None
    password: str | None = field(default=None, repr=False)
    enabled: bool | None = None
    account: str | None = None
    request: Mapping[str, Any] | None = None
    headers: Mapping[str, str] | None = field(default=None, repr=False)


@frozen
class BadEndpoint:
    """An endpoint that cannot be so; `field` names the member that is wrong."""

    field: str
    reason: str


@frozen
class NewEndpoint:
    """An endpoint; a webhook with the secret that signs for it, which is shown this once."""

    view: EndpointView
    secret: str | None = field(default=None, repr=False)


@frozen
class DeliveryView:
    """One event on its way to one endpoint. `due_at` is when it is tried next, while it waits."""

    id: DeliveryId
    trigger: TriggerId
    version: int
    event: int
    conversation: ConversationId | None
    step: int
    endpoint: EndpointId
    state: DeliveryState
    due_at: datetime
    attempts: int
    done_at: datetime | None


@frozen
class AttemptView:
    """One try; `why` says what was wrong, `answer` is the beginning of what came back."""

    number: int
    at: datetime
    took_ms: int
    status: int | None
    why: str | None
    answer: str | None = field(repr=False)


@frozen
class WhichDeliveries:
    """Which to list or to replay; None leaves a question open."""

    state: DeliveryState | None = None
    trigger: TriggerId | None = None
    endpoint: EndpointId | None = None
    conversation: ConversationId | None = None


@frozen
class NoSuchEndpoint:
    """A definition names endpoints that this workspace does not have, or not of this kind."""

    missing: tuple[tuple[EndpointId, Kind], ...]


@frozen
class InUse:
    """The endpoint is named by this trigger."""

    trigger: TriggerId


class Engagement(Recoveries, Suppressions, Protocol):
    """What is asked of the Engagement Builder. Raises `StoreUnavailable`."""

    async def triggers(self, workspace: WorkspaceId) -> Sequence[TriggerView]:
        """Return every trigger, the oldest first."""
        ...

    async def trigger(self, workspace: WorkspaceId, trigger: TriggerId) -> TriggerView | None:
        """Return one."""
        ...

    def bad_text(self, text: str) -> str | None:
        """Say what is wrong with a text that an action sends, or None."""
        ...

    async def add_trigger(
        self, workspace: WorkspaceId, name: str, enabled: bool, definition: Trigger
    ) -> TriggerView | NoSuchEndpoint | QuotaReached:
        """Add a trigger: only what happens from now on starts it."""
        ...

    async def change_trigger(
        self, workspace: WorkspaceId, changed: TriggerView
    ) -> TriggerView | NoSuchEndpoint | None:
        """Have it so; another definition is a new version. None when there is no such trigger."""
        ...

    async def remove_trigger(self, workspace: WorkspaceId, trigger: TriggerId) -> bool:
        """Remove it, and cancel what still waits; False when there is no such trigger."""
        ...

    async def preview(
        self, workspace: WorkspaceId, definition: Trigger, scene: Scene
    ) -> Preview | NoSuchEndpoint | None:
        """Return what a trigger would send; None when there is no such conversation."""
        ...

    async def try_trigger(
        self, workspace: WorkspaceId, trigger: TriggerId, trial: Trial
    ) -> AttemptView | BadEndpoint | None:
        """Send one action to somebody else, once; None when there is no such trigger."""
        ...

    async def endpoints(self, workspace: WorkspaceId) -> Sequence[EndpointView]:
        """Return every endpoint, the oldest first."""
        ...

    async def add_endpoint(
        self, workspace: WorkspaceId, wish: EndpointWish
    ) -> NewEndpoint | BadEndpoint | QuotaReached:
        """Add an endpoint; where it leads is judged on connecting."""
        ...

    async def change_endpoint(
        self, workspace: WorkspaceId, endpoint: EndpointId, change: EndpointChange
    ) -> EndpointView | BadEndpoint | None:
        """Change what is given; enabled again it is tried at once."""
        ...

    async def rotate_secret(
        self, workspace: WorkspaceId, endpoint: EndpointId
    ) -> NewEndpoint | None:
        """Give a webhook a new secret; the one before signs beside it for a day."""
        ...

    async def remove_endpoint(self, workspace: WorkspaceId, endpoint: EndpointId) -> InUse | bool:
        """Remove it unless a trigger names it; False when there is no such endpoint."""
        ...

    async def try_endpoint(
        self, workspace: WorkspaceId, endpoint: EndpointId, to: str | None
    ) -> AttemptView | BadEndpoint | None:
        """Send an example there now, once; `to` is who gets it, where the kind needs that."""
        ...

    async def deliveries(
        self,
        workspace: WorkspaceId,
        which: WhichDeliveries,
        before: DeliveryId | None,
        limit: int,
    ) -> Sequence[DeliveryView]:
        """Return up to `limit` deliveries with ids below `before`, the newest first."""
        ...

    async def attempts(
        self, workspace: WorkspaceId, delivery: DeliveryId
    ) -> tuple[DeliveryView, Sequence[AttemptView]] | None:
        """Return a delivery and how it was tried."""
        ...

    async def replay(self, workspace: WorkspaceId, which: WhichDeliveries | DeliveryId) -> int:
        """Try again, from now on, what was delivered or is dead; returns how many there are."""
        ...
