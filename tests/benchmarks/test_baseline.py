"""The comparison with the figures that were written down."""

from pathlib import Path

from benchmarks import baseline
from benchmarks.baseline import Baseline, MachineClass, compare, cpu_figures

HERE = MachineClass("a processor", 2, "3.11.7")
THERE = MachineClass("a processor", 8, "3.11.7")


def test_only_the_same_class_of_machine_is_compared() -> None:
    known = [Baseline(THERE, "2026-11-01", {"relay": 200.0})]
    assert baseline.find(known, HERE) is None
    assert baseline.find(known, THERE) is known[0]
    assert "no baseline" in compare(None, {"relay": 100.0})[0]


def test_what_became_notably_dearer_is_marked() -> None:
    known = Baseline(HERE, "2026-11-01", {"dearer": 200.0, "cheaper": 200.0, "gone": 1.0})
    _, *lines = compare(known, {"dearer": 223.0, "cheaper": 100.0, "new": 5.0})
    assert len(lines) == 2
    assert "-50.0%" in lines[0]
    assert "explain" not in lines[0]
    assert "+11.5%" in lines[1]
    assert "explain" in lines[1]


def test_figures_are_found_however_deep() -> None:
    document = {"cpu_us_per_message": 5, "full": {"cpu_us_per_message": 4.5, "other": 1}}
    assert dict(cpu_figures("relay", document)) == {"relay": 5.0, "relay.full": 4.5}


def test_what_is_saved_is_found_again_in_the_place_of_the_old(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    for figure in (300.0, 200.0):
        baseline.save(Baseline(HERE, "2026-11-22", {"relay": figure}), path)
        baseline.save(Baseline(THERE, "2026-11-22", {"relay": 100.0}), path)
    known = baseline.load(path)
    assert len(known) == 2
    assert baseline.find(known, HERE) == Baseline(HERE, "2026-11-22", {"relay": 200.0})
