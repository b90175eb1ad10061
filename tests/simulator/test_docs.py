"""The simulator's page of documentation, held against the simulator."""

from pathlib import Path

from kaisa_relay.simulator.faults import KNOBS, Switches
from tests.simulator.bench import Bench

PAGE = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text(encoding="utf-8")


async def test_every_control_call_is_documented(bench: Bench) -> None:
    """With its method; the page with phones has one line of its own."""
    routes = (await bench.sim(""))["routes"]
    calls = [(one["methods"], one["path"]) for one in routes if one["path"].startswith("/_sim")]
    missing = [
        f"{method} {path}"
        for methods, path in calls
        for method in methods
        if f"`{method} {path}`" not in PAGE and not path.startswith("/_sim/phones")
    ]
    assert missing == []
    assert len(calls) > 30


def test_every_switch_is_documented() -> None:
    """And no knob hides: they say themselves what they do."""
    assert [name for name in Switches.__struct_fields__ if f"`{name}`" not in PAGE] == []
    assert all(does for does, _ in KNOBS.values())
