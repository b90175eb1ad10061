"""Lists of conversations: what is meant, in the order asked for, page by page and counted."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import pytest
from sqlalchemy import event

from benchmarks.shelving import Talk, shelve, talks
from kaisa_relay.domain.explore.fields import SORTABLE, SPANS
from kaisa_relay.domain.explore.filtering import Condition, Filter, Operator, read_filter
from kaisa_relay.explore.finding import choosing, query
from kaisa_relay.ports.explore import Cursor, Page, Sort, Summary, Total
from tests.explore.conftest import Library
from tests.explore.script import ANNA, METADATA, VERA, sold

FILTERS: Final[tuple[tuple[tuple[str, str], ...], ...]] = (
    (),
    (("status", "closed"),),
    (("status", "closed"), ("status", "abandoned"), ("language[not]", "sv")),
    (("agent", "ctc_0000000000001"), ("outcome[not]", "sold")),
    (("outcome", "sold"), ("value[gte]", "100000"), ("value[lt]", "300000")),
    (("created_at[gte]", "2026-02-01T00:00:00Z"), ("created_at[lt]", "2026-08-02T00:00:00Z")),
    (("accepted_at[exists]", "false"), ("channel[not]", "chn_0000000000003")),
    (("missed[gt]", "0"), ("to_accept[lte]", "60")),
    (("duration[gt]", "600"), ("ended_at[exists]", "true"), ("reason", "agent")),
    (("metadata.car.model", "Volvo"), ("metadata.car.model", "Kia"), ("status", "closed")),
    (("metadata.car.year[gte]", "2020"), ("metadata.car.year[lt]", "2024")),
    (("metadata.car.model[not]", "Volvo"), ("metadata.car.year[not]", "2020")),
    (("metadata.lead[exists]", "true"), ("metadata.none[exists]", "false")),
    (("metadata.lead[exists]", "false"),),
    (("text", "blue"),),
    (("text", "blue red"), ("status", "closed")),
    (("text", 'six" OR -*'),),
    (("status", "seeking"), ("value[gt]", "1")),
)
MANY: Final = 300
PAGE: Final = 37


def which(*pairs: tuple[str, str]) -> Filter:
    """Return a filter that is right."""
    found = read_filter(pairs)
    assert isinstance(found, Filter), found
    return found


async def shelved(here: Library, number: int = MANY) -> list[Talk]:
    """Fill the read model, with another workspace's rows beside."""
    mine = list(talks(here.world.workspace, number, above=here.world.new_id()))
    other = (await here.world.another()).workspace
    others = list(talks(other, number, seed=2, above=mine[-1].row.id + 4096))
    await here.shelf.write(lambda each: shelve(each, [*mine, *others]))
    return mine


@pytest.mark.parametrize(("few", "walked"), [(0, 20), (0, 10_000), (40, 20), (10_000, 20)])
async def test_every_filter_finds_what_is_meant(
    here: Library, monkeypatch: pytest.MonkeyPatch, few: int, walked: int
) -> None:
    """By whichever index: the list, its count, and what reports and exports are made of."""
    bound(monkeypatch, few, walked)
    of, known = here.world.workspace, await shelved(here)
    for pairs in FILTERS:
        meant, wanted = which(*pairs), [each.row.id for each in known if fits(each, which(*pairs))]
        listed = partial(query.listed, of=of, which=meant, page=Page(MANY + 1))
        found = await here.shelf.read(listed)
        assert [each.id for each in found] == sorted(wanted, reverse=True), pairs
        for most in (MANY, None):
            counted = await here.shelf.read(partial(query.total, of=of, which=meant, most=most))
            assert counted == Total(len(wanted), True), pairs


@pytest.mark.parametrize(("few", "walked"), [(0, 60), (0, 10_000), (10_000, 60)])
@pytest.mark.parametrize("field", SORTABLE)
async def test_pages_make_the_whole_list(
    here: Library, monkeypatch: pytest.MonkeyPatch, field: str, few: int, walked: int
) -> None:
    """In order, what is empty last, nothing twice and nothing left out, either way around."""
    bound(monkeypatch, few, walked)
    known = await shelved(here)
    for pairs in (FILTERS[each] for each in (0, 2, 4, 5, 9)):
        for descending in (True, False):
            sort, meant = Sort(field, descending), which(*pairs)
            found = await pages(here, meant, sort)
            rows = [each.row for each in known if fits(each, meant)]
            valued = [each for each in rows if getattr(each, field) is not None]
            empty = [each for each in rows if getattr(each, field) is None]
            valued.sort(key=lambda each: (getattr(each, field), each.id), reverse=descending)
            empty.sort(key=lambda each: each.id, reverse=descending)
            assert found == [each.id for each in (*valued, *empty)]


async def test_what_has_no_value_is_walked_of_its_own(
    here: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody who left bought anything: whole indexes are asked among what has a value alone."""
    bound(monkeypatch, 0, 15)
    await shelved(here)
    asked: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(here.shelf.reader, "before_cursor_execute", note)
    meant = which(("status", "abandoned"), ("language", "sv"))
    wanted = Page(1, Sort("value"))
    listed = partial(query.listed, of=here.world.workspace, which=meant, page=wanted)
    assert len(await here.shelf.read(listed)) == 1
    (whole,) = (each for each in asked if "INTERSECT" in each)
    assert "IS NOT NULL" in whole


async def test_what_arrives_meanwhile_moves_no_page(here: Library) -> None:
    """The next page goes on after the last conversation that was shown."""
    of = here.world.workspace
    known = list(talks(of, 60, above=here.world.new_id()))
    await here.shelf.write(lambda each: shelve(each, known[:50]))
    first = await page(here, Filter(), Sort(), None)
    await here.shelf.write(lambda each: shelve(each, known[50:]))
    rest = await page(here, Filter(), Sort(), Cursor(None, first[-1].id))
    shown = [each.id for each in (*first, *rest)]
    assert shown == [each.row.id for each in reversed(known[:50])]


async def test_counting_ends_at_its_bound(here: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sooner where the words of every message have to be looked for."""
    known = await shelved(here)
    of = here.world.workspace
    assert await here.shelf.read(lambda c: query.total(c, of, Filter(), 10)) == Total(10, False)
    monkeypatch.setattr(choosing, "FEW", 0)
    monkeypatch.setattr(query, "MOST_DEAR", 5)
    blue = which(("text", "blue"))
    assert sum(fits(each, blue) for each in known) > 10
    assert await here.shelf.read(lambda c: query.total(c, of, blue, 10)) == Total(5, False)


async def test_names_and_metadata_are_those_that_are_known_now(here: Library) -> None:
    """They stand beside the columns of what the projector made of the journal."""
    await sold(here.world)
    await here.catch_up()
    (found,) = await page(here, Filter(), Sort(), None)
    assert (found.visitor_person.name, found.agent_person.name) == (VERA.name, ANNA.name)
    assert found.metadata == METADATA
    assert "Vera" not in repr(found)


# --- what is expected ----------------------------------------------------------------------


def bound(monkeypatch: pytest.MonkeyPatch, few: int, walked: int) -> None:
    """Have the bounds where a few hundred conversations come to them."""
    monkeypatch.setattr(choosing, "FEW", few)
    monkeypatch.setattr(choosing, "WALKED", walked)
    monkeypatch.setattr(choosing, "WALKED_READING", walked)
    monkeypatch.setattr(query, "MOST_DEAR", MANY)


async def page(here: Library, meant: Filter, sort: Sort, after: Cursor | None) -> list[Summary]:
    """Return one page."""
    of = here.world.workspace
    wanted = Page(PAGE, sort, after)
    return await here.shelf.read(lambda each: query.listed(each, of, meant, wanted))


async def pages(here: Library, meant: Filter, sort: Sort) -> list[int]:
    """Return the ids of all pages."""
    found: list[int] = []
    after: Cursor | None = None
    while items := await page(here, meant, sort, after):
        found += [each.id for each in items]
        after = Cursor(getattr(items[-1], sort.field), items[-1].id)
    return found


def fits(talk: Talk, meant: Filter) -> bool:
    """Say whether a conversation is meant, read from what it was made of."""
    if meant.words is not None:
        wanted = {"".join(filter(str.isalnum, each)).lower() for each in meant.words.split()}
        if not any(wanted - {""} <= set(body.split()) for *_, body in talk.said):
            return False
    return all(_holds(talk, each) for each in meant.conditions)


_COMPARE: Final[dict[Operator, Callable[[Any, Any], bool]]] = {
    Operator.LT: lambda here, there: here < there,
    Operator.LTE: lambda here, there: here <= there,
    Operator.GT: lambda here, there: here > there,
    Operator.GTE: lambda here, there: here >= there,
}


def _holds(talk: Talk, condition: Condition) -> bool:
    values = _values(talk, condition)
    match condition.operator:
        case Operator.EQ:
            return any(each in condition.values for each in values)
        case Operator.NOT:
            return not any(each in condition.values for each in values)
        case Operator.EXISTS:
            return bool(values) == bool(condition.values[0])
        case ordered:
            return any(_COMPARE[ordered](each, condition.values[0]) for each in values)


def _values(talk: Talk, condition: Condition) -> Sequence[Any]:
    name = condition.field.name
    if name.startswith("metadata."):
        ordered = condition.operator in _COMPARE
        members = [each for each in talk.labels if f"metadata.{each[1]}" == name]
        return [each[4] if ordered else each[2] for each in members]
    if name not in SPANS:
        value = getattr(talk.row, name)
        return [] if value is None else [value]
    begin, end = (getattr(talk.row, each) for each in SPANS[name])
    return [] if begin is None or end is None else [end - begin]
