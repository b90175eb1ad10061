"""The arithmetic of the limits, without a clock."""

from kaisa_relay.simulator.sends.limits import PAIR_LIMIT, Gcra, throughput_limit


def take(limit: Gcra, times: list[float]) -> list[bool]:
    """Which of the arrivals at these times are let through."""
    state: float | None = None
    taken = []
    for now in times:
        due = limit.due(state, now)
        taken.append(due is not None)
        state = state if due is None else due
    return taken


def test_a_pair_may_send_45_at_once_and_then_owes() -> None:
    """The 46th waits 6 s, and no second one comes for free after it."""
    assert take(PAIR_LIMIT, [0.0] * 46) == [True] * 45 + [False]
    assert take(PAIR_LIMIT, [0.0] * 45 + [5.9, 6.0, 6.0]) == [True] * 45 + [False, True, False]


def test_a_burst_of_twenty_is_paid_back_after_two_minutes() -> None:
    """Meta's own example: after 120 s of silence the whole burst is there again."""
    assert take(PAIR_LIMIT, [0.0] * 20 + [120.0] * 46) == [True] * 65 + [False]
    assert take(PAIR_LIMIT, [0.0] * 20 + [114.0] * 45) == [True] * 64 + [False]


def test_throughput_is_a_second_of_messages_at_once() -> None:
    """80 at once, the next one 1/80 s later."""
    limit = throughput_limit(80)
    assert take(limit, [0.0] * 81) == [True] * 80 + [False]
    assert take(limit, [0.0] * 80 + [1 / 80]) == [True] * 81


def test_what_cannot_be_refused_is_owed() -> None:
    """Inbound messages push outbound ones back."""
    limit = throughput_limit(10)
    state: float | None = None
    for _ in range(20):
        state = limit.charge(state, 0.0)
    assert limit.due(state, 0.9) is None
    assert limit.due(state, 1.1) is not None
