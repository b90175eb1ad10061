"""For whoever operates it: does it live, can it serve, what does it count."""

from collections.abc import Mapping
from typing import Final

import trio
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from quart import Response

from kaisa_relay.api.answers import answer, json_answer
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.routes import Access, Route

CHECKED_WITHIN: Final = 5.0
"""Seconds; probes give up after about ten."""


class Health:
    """Three addresses for probes and for Prometheus; keep them off the public side."""

    def __init__(self, given: Dependencies) -> None:
        self._readiness = given.readiness
        self._registry = given.registry

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        return (
            Route("/healthz", self.healthz, Access.UNLIMITED),
            Route("/readyz", self.readyz, Access.UNLIMITED),
            Route("/metrics", self.metrics, Access.UNLIMITED),
        )

    async def healthz(self) -> Response:
        """Say that the process lives."""
        return json_answer({"status": "alive"})

    async def readyz(self) -> Response:
        """Say whether it can serve, and if not, which parts fail."""
        failing = await self._failing()
        if not failing:
            return json_answer({"status": "ready"})
        return json_answer({"status": "not ready", "failing": failing}, 503, {"Retry-After": "5"})

    async def metrics(self) -> Response:
        """Give the counters in Prometheus' text format."""
        return answer(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)

    async def _failing(self) -> Mapping[str, str]:
        with trio.move_on_after(CHECKED_WITHIN):
            return await self._readiness.failing()
        return {"checks": f"gave no answer within {CHECKED_WITHIN:g} seconds"}
