"""The tables for people: what was measured beside what is aimed at."""

from benchmarks.tables import number, several, targets


def test_a_figure_is_rounded_as_people_read_it() -> None:
    document = {"rate": 3141.59, "share": 0.4321, "inner": {"ms": 4.257}}
    assert number("rate")(document) == "3,142"
    assert number("share", unit=" %", times=100)(document) == "43 %"
    assert several(number("inner", "ms", unit=" ms"), number("rate"))(document) == "4.26 ms / 3,142"


def test_what_was_not_measured_is_a_dash() -> None:
    lines = targets({"relay": {"messages_per_second": 3000.4}}).splitlines()
    assert lines[2] == "| relayed messages/s, three statuses each | 3,000 | 3,000 | – |"
    assert all(line.endswith("| – | – |") for line in lines[3:])
