"""Who guesses waits: what is remembered, for how long, and of how many."""

from kaisa_relay.accounts.guessing import FORGOTTEN_AFTER, STRANGERS, Attempt, Guessing


def test_the_table_of_guessers_is_bounded() -> None:
    guessing = Guessing(lambda: 0.0, most_known=10)
    for number in range(100):
        guessing.begin(Attempt(f"name {number}", f"10.0.0.{number}"))
    assert len(guessing) <= 10


def test_strangers_share_what_is_checked() -> None:
    """From however many addresses, for however many names: a known device does not wait."""
    now = 0.0
    guessing = Guessing(lambda: now)
    attempts = [Attempt(f"name {each}", f"10.0.0.{each}") for each in range(30)]
    waits = [guessing.begin(each) for each in attempts]
    assert waits.count(0) == STRANGERS.burst
    assert 0 < waits[-1] <= STRANGERS.interval
    assert guessing.begin(Attempt("name 1", "10.0.0.99", "known")) == 0
    now += 0.3
    assert guessing.begin(attempts[-1]) == 0
    assert guessing.begin(attempts[-2]) > 0


def test_old_attempts_are_forgotten() -> None:
    now = 0.0
    guessing, attempt = Guessing(lambda: now), Attempt("maria", "10.0.0.1")
    for _ in range(4):
        assert guessing.begin(attempt) == 0
    now += FORGOTTEN_AFTER + 1
    for _ in range(5):
        assert guessing.begin(attempt) == 0
    assert guessing.begin(attempt) > 0
