"""What becomes of the deliveries that triggers start."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter

OUTCOMES: Final = ("delivered", "waiting", "dead")
"""0 from the start."""


class DeliveryCounts:
    """Counts tries by what the delivery is afterwards; one that `waiting` is tried again."""

    def __init__(self, registry: CollectorRegistry) -> None:
        tries = Counter("kaisa_delivery_tries", "Tries to deliver", ["outcome"], registry=registry)
        self._tries = {outcome: tries.labels(outcome) for outcome in OUTCOMES}

    def count(self, outcome: str) -> None:
        """Count one try."""
        self._tries[outcome].inc()
