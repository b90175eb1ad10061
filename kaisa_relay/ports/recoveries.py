"""What outreaches have led to."""

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from kaisa_relay.domain.engagement.ids import TriggerId
from kaisa_relay.domain.ids import WorkspaceId


@frozen
class StepCounts:
    """What one step (from 0) of a trigger's version has led to, in the last 30 days or so.

    Events that `started` it, what was `delivered`, `links` that were made, how many of them were
    used by somebody who wrote (`recovered`), and by how many an agent then got them (`accepted`).
    """

    version: int
    step: int
    started: int
    delivered: int
    links: int
    recovered: int
    accepted: int


class Recoveries(Protocol):
    """Where they are counted. Raises `StoreUnavailable`."""

    async def recoveries(
        self, workspace: WorkspaceId, trigger: TriggerId
    ) -> Sequence[StepCounts] | None:
        """Return what each version and step has led to; None when there is no such trigger."""
        ...
