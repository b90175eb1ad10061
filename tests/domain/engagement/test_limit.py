"""How often a trigger starts for one visitor."""

from datetime import timedelta

from kaisa_relay.domain.engagement.limit import Limit, read_limit


def test_it_reads_as_it_is_written() -> None:
    """And says it in words."""
    limit = read_limit({"times": 2, "per": "7d"}, "limit")
    assert limit == Limit(2, timedelta(days=7))
    assert read_limit(limit.write(), "limit") == limit
    assert limit.why == "its visitor has had enough of this trigger: 2 per 7d"


def test_it_is_reached() -> None:
    """By what has started already."""
    limit = Limit(2, timedelta(days=7))
    assert [limit.reached(starts) for starts in range(4)] == [False, False, True, True]
