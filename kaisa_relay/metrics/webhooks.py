"""How long webhooks wait for their answer, measured around the lane."""

from collections.abc import Callable, Mapping
from typing import Protocol

import trio
from attrs import frozen

from kaisa_relay.runtime.callback import OnAnswer


class Lane(Protocol):
    """What a listener mounts, as `whatsapp.webhook.WebhookLane` is."""

    def receive_nowait(
        self, app: str, signature: str | None, body: bytes, on_answer: OnAnswer[tuple[int, bytes]]
    ) -> None:
        """Store one POST; `on_answer` hears the status and body of the answer."""
        ...

    def handshake(self, query: Mapping[str, str]) -> tuple[int, bytes]:
        """Answer Meta's verification GET."""
        ...


@frozen
class TimedLane:
    """A lane that reports the seconds of each POST, whatever its answer."""

    lane: Lane
    acknowledged: Callable[[float], None]

    def receive_nowait(
        self, app: str, signature: str | None, body: bytes, on_answer: OnAnswer[tuple[int, bytes]]
    ) -> None:
        """Store one POST; `on_answer` hears the status and body of the answer."""
        began = trio.current_time()

        def on_timed(answer: tuple[int, bytes] | Exception) -> None:
            self.acknowledged(trio.current_time() - began)
            on_answer(answer)

        self.lane.receive_nowait(app, signature, body, on_timed)

    def handshake(self, query: Mapping[str, str]) -> tuple[int, bytes]:
        """Answer Meta's verification GET."""
        return self.lane.handshake(query)
