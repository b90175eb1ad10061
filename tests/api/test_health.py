"""Probes and counters."""

import trio
from prometheus_client import Counter
from trio.testing import MockClock

from tests.api.bench import Bench


async def test_a_process_that_answers_lives(bench: Bench) -> None:
    bench.readiness.parts = {"database": "away"}
    assert (await bench.get("/healthz", None)).json == {"status": "alive"}


async def test_readiness_names_what_fails(bench: Bench) -> None:
    assert (await bench.get("/readyz", None)).status == 200
    bench.readiness.parts = {"database": "cannot be reached"}
    answer = await bench.get("/readyz", None)
    assert answer.status == 503
    assert answer.json["failing"] == {"database": "cannot be reached"}


async def test_a_check_that_hangs_fails(bench: Bench, autojump_clock: MockClock) -> None:
    bench.readiness.wait = trio.sleep_forever
    answer = await bench.get("/readyz", None)
    assert (answer.status, list(answer.json["failing"])) == (503, ["checks"])


async def test_the_counters_are_those_of_the_registry(bench: Bench) -> None:
    Counter("kaisa_test", "What it counts.", registry=bench.registry).inc()
    answer = await bench.get("/metrics", None)
    assert answer.headers["content-type"].startswith("text/plain")
    assert b"kaisa_test_total 1.0" in answer.body
