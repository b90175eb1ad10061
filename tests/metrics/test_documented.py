"""Operators find every metric explained."""

import re
from pathlib import Path

from kaisa_relay.metrics import Metrics
from tests.metrics.house import House
from tests.metrics.page import read

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
PARTS = re.compile(r"_(bucket|sum|count)$")


def documented() -> set[str]:
    """The names in the table; a name that begins with … shares the beginning of the one before."""
    names = set[str]()
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        for name in re.findall(r"`(kaisa_\w+|…_\w+)", line.split(" | ")[0]):
            names.add(name.replace("…", "kaisa_conversations"))
    return names


async def test_every_metric_is_in_the_table_and_nothing_else() -> None:
    house, metrics = House(), Metrics()
    gauges = metrics.watch(house.sources())
    await gauges.count()
    metrics.crashed("channel")
    metrics.answered("accepted", None)
    shown = {PARTS.sub("", name.partition(" ")[0]) for name in read(metrics)}
    assert {name for name in shown if name.startswith("kaisa_")} == documented()
