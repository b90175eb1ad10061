"""Ids rise, whatever the clock does."""

import pytest

from kaisa_relay.runtime.id_source import IdSource, born_at, first_id

NOW = 1_790_000_000.0


@pytest.mark.parametrize("step", [0.0, 0.0001, -60.0, 5.0])
def test_each_id_is_larger_than_the_one_before(step: float) -> None:
    """Also within one millisecond, and when the clock is set back while it runs."""
    now = [NOW]

    def clock() -> float:
        now[0] += step
        return now[0]

    ids = IdSource(clock)
    given = [ids() for _ in range(50_000)]
    assert given == sorted(set(given))


@pytest.mark.parametrize("later", [-3600.0, 0.0, 3600.0])
def test_a_start_gives_ids_above_its_floor(later: float) -> None:
    """The process before may have had a faster clock, and have given all of a millisecond."""
    before = IdSource(lambda: NOW, node=200)
    floor = max(before() for _ in range(1000))
    assert IdSource(lambda: NOW + later, floor=floor)() > floor


def test_nodes_never_give_the_same_id() -> None:
    """At the same instant as well."""
    one, other = IdSource(lambda: NOW, node=1), IdSource(lambda: NOW, node=2)
    assert not {one() for _ in range(1000)} & {other() for _ in range(1000)}


def test_an_id_knows_when_it_was_born() -> None:
    """To the millisecond."""
    assert born_at(IdSource(lambda: NOW + 0.123)()) == pytest.approx(NOW + 0.123, abs=0.001)


def test_the_first_id_of_an_instant() -> None:
    """Below it is everything older, and nothing that is not."""
    at = 1_800_000_000.0
    assert IdSource(lambda: at - 0.001, node=255)() < first_id(at) <= IdSource(lambda: at)()
    assert first_id(0.0) == 0
