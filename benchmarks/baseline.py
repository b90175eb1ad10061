"""What CPU per message was when it was last written down, on machines like this one.

Rule 1: it informs and never fails: who changes the code explains more than `NOTABLE`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from attrs import asdict, frozen

FILE: Final = Path(__file__).with_name("baseline.json")
NOTABLE: Final = 0.10
CPU: Final = "cpu_us_per_message"


@frozen
class MachineClass:
    """What makes figures comparable."""

    processor: str
    cores: int
    python: str


@frozen
class Baseline:
    """Microseconds of CPU per message, by what was measured."""

    machine: MachineClass
    date: str
    cpu_us: Mapping[str, float]


def cpu_figures(name: str, document: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield each CPU per message of a benchmark's document, under a name with dots."""
    for key, value in document.items():
        if key == CPU:
            yield name, float(value)
        elif isinstance(value, Mapping):
            yield from cpu_figures(f"{name}.{key}", value)


def find(baselines: Sequence[Baseline], machine: MachineClass) -> Baseline | None:
    """Return the baseline of this class of machine, if there is one."""
    return next((each for each in baselines if each.machine == machine), None)


def compare(baseline: Baseline | None, now: Mapping[str, float]) -> list[str]:
    """Return what to tell: a line per figure that both have, the notable ones marked."""
    if baseline is None:
        return ["There is no baseline of this class of machine: see --save-baseline."]
    lines = [f"CPU per message against the baseline of {baseline.date}:"]
    for name in sorted(now.keys() & baseline.cpu_us.keys()):
        before, after = baseline.cpu_us[name], now[name]
        change = after / before - 1
        mark = "  <-- explain this" if change > NOTABLE else ""
        lines.append(f"  {name:<48} {before:9,.0f} {after:9,.0f} µs {change:+7.1%}{mark}")
    return lines


def load(path: Path = FILE) -> list[Baseline]:
    """Return all that were written down."""
    if not path.exists():
        return []
    return [
        Baseline(MachineClass(**each["machine"]), each["date"], each["cpu_us"])
        for each in json.loads(path.read_text())
    ]


def save(baseline: Baseline, path: Path = FILE) -> None:
    """Write this one in the place of the one of its class."""
    others = [each for each in load(path) if each.machine != baseline.machine]
    documents = [asdict(each) for each in (*others, baseline)]
    path.write_text(json.dumps(documents, indent=2, sort_keys=True) + "\n")
