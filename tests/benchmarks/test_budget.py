"""What a look at the relay counts for."""

import pytest

from benchmarks.budget import LOOP, steps

FIRST = "thread (7): MainThread"


@pytest.mark.parametrize(
    ("innermost", "step"),
    [
        ("verify (kaisa_relay/whatsapp/signature.py:12)", "signature"),
        ("split (/somewhere/kaisa_relay/whatsapp/inbound.py:70)", "split: JSON to items"),
        ("send (kaisa_relay/whatsapp/client.py:31)", "send"),
        ("evolve (kaisa_relay/domain/conversation/state.py:170)", "decide"),
        ("send_of (kaisa_relay/domain/sending.py:107)", "inbox and statuses, on the loop"),
        ("run (kaisa_relay/journal/settling.py:73)", "commits, as the loop hears of them"),
        ("page (kaisa_relay/journal/inbox.py:73)", "inbox and statuses, on the loop"),
        ("begin (kaisa_relay/journal/inbox_rows.py:73)", "encode: events and rows"),
        ("render (kaisa_relay/api/problems.py:1)", "else"),
    ],
)
def test_the_innermost_function_of_ours_counts(innermost: str, step: str) -> None:
    router = "run (kaisa_relay/actors/routing/router.py:7)"
    stack = f"{FIRST};run (trio/_core/_run.py:1);{router};{innermost}"
    assert steps([f"{stack};inc (prometheus_client/values.py:27) 3", f"{stack} 2"]) == {step: 5}


def test_what_is_under_nothing_of_ours_is_the_loop() -> None:
    start = f"{FIRST};run (kaisa_relay/app/__init__.py:5);unrolled_run (trio/_core/_run.py:2712)"
    assert steps([f"{start} 4", f"{FIRST};main (threading.py:1) 1"]) == {LOOP: 4, "else": 1}


def test_other_threads_are_counted_by_the_kernel() -> None:
    assert not steps(["thread (8): Trio thread 1;_write (kaisa_relay/store/writer.py:171) 4"])
