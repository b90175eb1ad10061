"""Explore over a million conversations: each list, filter and search, its number, and reports.

The rows go straight into the read model's tables (`shelving`); what is measured is the query layer
alone, in this process: the first page of 50, the one after it, and the total that a list shows.
Then every export, each in a process of its own, with the memory that it had at most.
"""

from argparse import Namespace
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from typing import Final, Generic, TypeVar

import trio
from attrs import define

from benchmarks import processes, report
from benchmarks.databases import Database, open_database
from benchmarks.exporting import MOST_MEGABYTES, export_all
from benchmarks.figures import reports
from benchmarks.indexing import indexed_afterwards
from benchmarks.shelving import shelve, talks
from kaisa_relay.domain.explore.fields import SORTABLE
from kaisa_relay.domain.explore.filtering import Filter, read_filter
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.explore import Exploring, Shelf, open_shelf
from kaisa_relay.explore.model.shelf import file_beside
from kaisa_relay.ports.explore import Cursor, Page, Sort
from kaisa_relay.store.migrate import migrate

T = TypeVar("T")

OF: Final = WorkspaceId(1)
USUAL: Final = {"conversations": (20_000, 1_000_000), "runs": (1, 3)}
"""`--quick` and otherwise."""
AT_ONCE: Final = 10_000
"""Conversations per transaction."""
PER_PAGE: Final = 50
TARGET_MS: Final = 200
"""Of the first page of a filtered list, at a million conversations (issue 7)."""

JANUARY: Final = (
    ("created_at[gte]", "2026-01-01T00:00:00Z"),
    ("created_at[lt]", "2026-02-01T00:00:00Z"),
)
QUESTIONS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "all": (),
    "status": (("status", "closed"),),
    "agent": (("agent", "ctc_0000000000005"),),
    "two statuses, one language": (
        ("status", "abandoned"),
        ("status", "seeking"),
        ("language", "es"),
    ),
    "a month": JANUARY,
    "a month of what was sold": (*JANUARY, ("outcome", "sold")),
    "sold dearly": (("outcome", "sold"), ("value[gte]", "399000")),
    "a model": (("metadata.car.model", "Volvo"),),
    "a model of some years": (("metadata.car.model", "Kia"), ("metadata.car.year[gte]", "2024")),
    "one lead": (("metadata.lead", f"L{777 << 12}"),),
    "a long wait": (("to_accept[gt]", "115"),),
    "a rare word": (("text", "towbar"),),
    "a common word": (("text", "blue"),),
    "two words, closed": (("text", "blue towbar"), ("status", "closed")),
    "what never meets": (("status", "seeking"), ("value[gt]", "5")),
    "what never is, without an index": (("duration[gt]", "700000"),),
}


def main() -> None:
    """Measure and print."""
    options = _options()
    before = processes.machine()
    with open_database(options) as database:
        figures = trio.run(measure, options, database)
    show = {"benchmark": "explore", "database": database.kind, **before, **figures}
    report.show("explore: lists, filters and searches", show, options.json)


def _options() -> Namespace:
    parser = report.arguments("Lists, filters and searches over many conversations.")
    parser.add_argument("--conversations", type=int)
    parser.add_argument("--runs", type=int, help="the best of so many is taken")
    return report.with_usual(parser.parse_args(), USUAL)


async def measure(options: Namespace, database: Database) -> Mapping[str, object]:
    """Fill the read model, and ask."""
    await trio.to_thread.run_sync(migrate, database.url)
    async with open_shelf(database.url) as shelf:
        began = perf_counter()
        messages = await _fill(shelf, options.conversations)
        filling = perf_counter() - began
        asked = {name: await _ask(shelf, pairs, options.runs) for name, pairs in QUESTIONS.items()}
        exports = await export_all(database.url)
        orders = {field: await _order(shelf, field, options.runs) for field in SORTABLE}
        reported = {
            name: await reports(shelf, OF, _filter(QUESTIONS[name])) for name in ("all", "a month")
        }
    slow = [name for name, each in asked.items() if each["first_page_ms"] > TARGET_MS]
    large = [name for name, each in exports.items() if _is_large(each)]
    return {
        "conversations": options.conversations,
        "messages": messages,
        "filling_seconds": round(filling, 1),
        **_size(database),
        "questions": asked,
        "orders_ms": orders,
        "exports": exports,
        "reports": reported,
        "above_target": slow + large,
    }


def _is_large(export: Mapping[str, float]) -> bool:
    return export["peak_memory_megabytes"] > MOST_MEGABYTES


async def _fill(shelf: Shelf, number: int) -> int:
    made, messages = talks(OF, number), 0
    async with indexed_afterwards(shelf):
        while some := list(islice(made, AT_ONCE)):
            messages += await shelf.write(partial(shelve, made=some))
    return messages


def _size(database: Database) -> dict[str, float]:
    if database.kind != "sqlite":
        return {}
    file = file_beside(Path(database.url.partition("sqlite:///")[2]))
    return {"file_megabytes": round(file.stat().st_size / 1e6, 1)}


@define
class _Best(Generic[T]):
    """The least that something took, in milliseconds: by the clock, and of this process's CPU."""

    ask: Callable[[], Awaitable[T]]
    wall: float = float("inf")
    cpu: float = float("inf")

    async def of(self, runs: int) -> T:
        """Do it so many times, and return what the last came to."""
        answer = await self._once()
        for _ in range(runs - 1):
            answer = await self._once()
        return answer

    async def _once(self) -> T:
        began, worked = perf_counter(), process_time()
        answer = await self.ask()
        self.wall = min(self.wall, 1000 * (perf_counter() - began))
        self.cpu = min(self.cpu, 1000 * (process_time() - worked))
        return answer


async def _ask(shelf: Shelf, pairs: Sequence[tuple[str, str]], runs: int) -> dict[str, float]:
    """Return what a filter costs, in milliseconds."""
    which = _filter(pairs)
    exploring = Exploring(shelf)
    listed, total = exploring.conversations, _Best(partial(exploring.total, OF, which))
    first = _Best(partial(listed, OF, which, Page(PER_PAGE)))
    found, number = await first.of(runs), (await total.of(runs)).number
    told = {
        "total": number,
        "first_page_ms": round(first.wall, 1),
        "first_page_cpu_ms": round(first.cpu, 1),
        "total_ms": round(total.wall, 1),
    }
    if len(found) < PER_PAGE:
        return told
    after = Cursor(found[-1].created_at, found[-1].id)
    following = _Best(partial(listed, OF, which, Page(PER_PAGE, after=after)))
    await following.of(runs)
    return {**told, "next_page_ms": round(following.wall, 1)}


async def _order(shelf: Shelf, field: str, runs: int) -> float:
    """Return the milliseconds of the first page of what was sold, in an order."""
    which, page = _filter((("outcome", "sold"),)), Page(PER_PAGE, Sort(field))
    best = _Best(partial(Exploring(shelf).conversations, OF, which, page))
    await best.of(runs)
    return round(best.wall, 1)


def _filter(pairs: Sequence[tuple[str, str]]) -> Filter:
    which = read_filter(pairs)
    assert isinstance(which, Filter), which
    return which


if __name__ == "__main__":
    main()
