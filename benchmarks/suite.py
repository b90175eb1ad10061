"""All benchmarks one after the other: every figure as JSON, tables, a chart, and what has changed.

They are written into `var/bench`; the whole takes less than ten minutes, `--quick` about three.
"""

import json
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any, Final

from benchmarks import baseline
from benchmarks.baseline import Baseline, MachineClass
from benchmarks.chart import Bar, svg
from benchmarks.shapes import table
from benchmarks.tables import targets

FOLDER: Final = Path("var/bench")
SCRIPTS: Final[Mapping[str, Sequence[str]]] = {
    "relay": ["relay", "--seconds", "3"],
    "relay on PostgreSQL": [
        "relay",
        "--postgresql",
        "--seconds",
        "2",
        "--runs",
        "2",
        "--no-variants",
    ],
    "shapes": ["shapes", "--open", "0"],
    "webhooks": ["webhooks", "--runs", "1", "--seconds", "2"],
    "memory": ["memory", "--conversations", "800"],
    "restart": ["restart", "--runs", "2"],
    "feed": ["feed", "--dashboards", "100", "--seconds", "3"],
    "engagement": ["engagement", "--events", "20"],
    "explore": ["explore", "--conversations", "50000"],
}
"""What is run, and how much of it; `limit` is a part of `relay`."""

Document = dict[str, Any]


def main() -> None:
    """Run them all, write and tell."""
    options = _options()
    began = monotonic()
    documents = {name: _run(arguments, options.quick) for name, arguments in SCRIPTS.items()}
    date = datetime.now(UTC).date().isoformat()
    whole = {"date": date, "seconds": round(monotonic() - began), "benchmarks": documents}
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "results.json").write_text(json.dumps(whole, indent=2) + "\n")
    (FOLDER / "chart.svg").write_text(svg(f"Relayed messages per second, {date}", bars(documents)))
    shapes = documents["shapes"]["shapes"]
    (FOLDER / "tables.md").write_text(f"{targets(documents)}\n\n{table(shapes)}\n")
    print(f"\nwritten into {FOLDER}: results.json, tables.md, chart.svg")
    now = cpu(documents)
    machine = machine_class(documents["relay"])
    print("\n".join(baseline.compare(baseline.find(baseline.load(), machine), now)))
    if options.save_baseline:
        baseline.save(Baseline(machine, date, now))


def _options() -> Namespace:
    parser = ArgumentParser(description="All benchmarks.")
    parser.add_argument("--quick", action="store_true", help="rough numbers")
    parser.add_argument("--save-baseline", action="store_true", help="write CPU figures down")
    return parser.parse_args()


def _run(arguments: Sequence[str], quick: bool) -> Document:
    """Run one and return its JSON; it shows its table itself."""
    name, *rest = arguments
    command = [sys.executable, "-m", f"benchmarks.{name}", "--json"]
    command += ["--quick"] if quick else rest
    if quick and "--postgresql" in rest:
        command.append("--postgresql")
    print(f"\n$ python -m {' '.join(command[2:])}", flush=True)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    *table, last = done.stdout.splitlines()
    print("\n".join(table), flush=True)
    document: Document = json.loads(last)
    return document


def cpu(documents: Mapping[str, Document]) -> dict[str, float]:
    """Return every CPU per message that was measured."""
    return {
        name: figure
        for benchmark, document in documents.items()
        for name, figure in baseline.cpu_figures(benchmark, document)
    }


def machine_class(document: Document) -> MachineClass:
    """Return the class of the machine that a benchmark ran on."""
    return MachineClass(document["processor"], document["cores"], document["python"])


def bars(documents: Mapping[str, Document]) -> list[Bar]:
    """Return the chart's rows: the limit, the relay on both databases, then every shape."""
    rows = {
        "the same work, bare": documents["relay"]["limit"],
        "relay": documents["relay"],
        "relay on PostgreSQL": documents["relay on PostgreSQL"],
        **documents["shapes"]["shapes"],
    }
    return [
        Bar(
            name,
            figures["messages_per_second"],
            f"({figures['cpu_us_per_message']:,.0f} µs, p99 {figures['relay_p99_ms']:,.0f} ms)",
        )
        for name, figures in rows.items()
    ]


if __name__ == "__main__":
    main()
