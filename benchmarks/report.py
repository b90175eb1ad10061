"""Numbers for people and for programs: a small table, and one JSON object on the last line."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from statistics import median

Numbers = Mapping[str, object]


def arguments(what: str, databases: bool = True) -> ArgumentParser:
    """Return a parser with the options that every benchmark has."""
    parser = ArgumentParser(description=what)
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.add_argument("--quick", action="store_true", help="rough numbers within 50 seconds")
    if databases:
        parser.add_argument("--database-url", help="an empty database; its rows stay")
        parser.add_argument(
            "--postgresql", action="store_true", help="a PostgreSQL made for the occasion, fsync on"
        )
    return parser


def with_usual(options: Namespace, usual: Mapping[str, tuple[float, float]]) -> Namespace:
    """Fill in what was not given, from (`--quick`, otherwise)."""
    for name, (quick, whole) in usual.items():
        if getattr(options, name) is None:
            setattr(options, name, quick if options.quick else whole)
    return options


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of the values lies; 0 without any."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def percentiles(name: str, seconds: Sequence[float]) -> dict[str, float]:
    """Return p50, p95 and p99 in milliseconds, under names that begin with `name`."""
    return {
        f"{name}_p{share}_ms": round(1000 * percentile(seconds, share / 100), 2)
        for share in (50, 95, 99)
    }


def middle(runs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the median of each number over the runs."""
    return {name: round(median(run[name] for run in runs), 2) for name in runs[0]}


def noise(runs: Sequence[Mapping[str, float]], name: str) -> str:
    """Return the least and the most that was measured of one number."""
    values = [run[name] for run in runs]
    return f"{min(values):.0f} to {max(values):.0f} in {len(values)} runs"


def show(title: str, numbers: Numbers, as_json: bool) -> None:
    """Print the table, and the JSON where it was asked for."""
    print(title)
    for name, value in numbers.items():
        for row, shown in _rows(name, value):
            print(f"  {row:<44} {shown}")
    if as_json:
        show_json(numbers)


def show_json(numbers: Numbers) -> None:
    """Print the last line."""
    print(json.dumps(numbers), flush=True)


def _rows(name: str, value: object) -> list[tuple[str, object]]:
    if isinstance(value, Mapping):
        return [row for key, each in value.items() for row in _rows(f"{name}.{key}", each)]
    return [(name, value)]
