"""How long webhooks wait for their answer, measured around the lane."""

from collections.abc import Callable, Mapping
from typing import Protocol

import trio
from attrs import frozen


class Lane(Protocol):
    """What a listener mounts, as `whatsapp.webhook.WebhookLane` is."""

    async def receive(self, app: str, signature: str | None, body: bytes) -> tuple[int, bytes]:
        """Store one POST; returns the status and body of the answer."""
        ...

    def handshake(self, query: Mapping[str, str]) -> tuple[int, bytes]:
        """Answer Meta's verification GET."""
        ...


@frozen
class TimedLane:
    """A lane that reports the seconds of each POST, whatever its answer."""

    lane: Lane
    acknowledged: Callable[[float], None]

    async def receive(self, app: str, signature: str | None, body: bytes) -> tuple[int, bytes]:
        """Store one POST; returns the status and body of the answer."""
        began = trio.current_time()
        answer = await self.lane.receive(app, signature, body)
        self.acknowledged(trio.current_time() - began)
        return answer

    def handshake(self, query: Mapping[str, str]) -> tuple[int, bytes]:
        """Answer Meta's verification GET."""
        return self.lane.handshake(query)
