"""When turns begin."""

from itertools import pairwise

from benchmarks.pace import BURST, evenly, in_bursts


def gaps(times: list[float]) -> list[float]:
    """The seconds between one and the next."""
    return [round(after - before, 9) for before, after in pairwise(times)]


def test_evenly_is_one_interval_after_the_other() -> None:
    times = list(evenly(100, 0.5)())
    assert len(times) == 50
    assert set(gaps(times)) == {0.01}


def test_a_burst_is_dense_and_then_it_is_quiet() -> None:
    times = list(in_bursts(100, 3)())
    assert len(times) == 300
    assert set(gaps(times[:100])) == {round(0.01 / BURST, 9)}
    assert round(times[100] - times[0], 9) == 1
    assert times[99] - times[0] < 1 / BURST
