"""Reports: every figure, against the same counted in plain Python, on either database."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from benchmarks.shelving import Talk
from kaisa_relay.domain.explore.columns import Rows
from kaisa_relay.domain.explore.fields import FIELDS, SPANS, MetadataKey
from kaisa_relay.domain.explore.filtering import Filter
from kaisa_relay.domain.explore.grouping import Calendar, read_dimension
from kaisa_relay.domain.explore.reports import FIGURES, ReportName, Values
from kaisa_relay.explore.finding.query import total
from kaisa_relay.explore.reports import reporting
from kaisa_relay.explore.reports.percentiles import at
from kaisa_relay.explore.reports.reporting import Reporting
from kaisa_relay.ports.exports import Format
from kaisa_relay.ports.reports import Report, Wanted
from tests.explore.conftest import Library
from tests.explore.script import ANNA, BO, sold
from tests.explore.test_exporting import exported, table, wanting
from tests.explore.test_finding import FILTERS, fits, shelved, which

STOCKHOLM = ZoneInfo("Europe/Stockholm")
SECOND = 1_000_000


async def asked(here: Library, wanted: Wanted) -> Report:
    """Return a report of the workspace."""
    return await Reporting(here.shelf).report(here.world.workspace, wanted)


def length(talk: Talk, span: str) -> int | None:
    """Return a span in the seconds to which reports are exact."""
    begin, end = (getattr(talk.row, each) for each in SPANS[span])
    if begin is None or end is None:
        return None
    seconds: int = (end - begin) // SECOND
    return seconds if seconds < 3600 else seconds // 60 * 60


def percentile(lengths: Iterable[int | None], percent: int) -> int | None:
    """Return the value at the nearest rank of those that there are."""
    known = sorted(each for each in lengths if each is not None)
    return known[-(-len(known) * percent // 100) - 1] if known else None


def funnel(talks: Sequence[Talk]) -> dict[str, int]:
    """Count the steps that conversations came through."""
    rows = [each.row for each in talks]
    columns = {"scanned": "started_at", "offered": "offered_at", "accepted": "accepted_at"}
    columns |= {"replied": "replied_at", "with_outcome": "outcome"}
    found = {name: sum(getattr(e, c) is not None for e in rows) for name, c in columns.items()}
    for status in ("closed", "failed", "abandoned"):
        found[status] = sum(each.status == status for each in rows)
    return {"created": len(rows), **found}


def within(values: Values, expected: dict[str, Any]) -> None:
    """See that the figures are as expected; more may be there."""
    assert {name: values[name] for name in expected} == expected


@pytest.mark.parametrize("pairs", FILTERS)
async def test_reports_and_the_list_count_the_same(
    here: Library, pairs: tuple[tuple[str, str], ...]
) -> None:
    """By any filter: the list's number, every report's total, and the sum of its groups."""
    known, meant = await shelved(here), which(*pairs)
    talks = [each for each in known if fits(each, meant)]
    of = here.world.workspace
    listed = await here.shelf.read(lambda each: total(each, of, meant, None))
    assert listed.number == len(talks)
    for name in (ReportName.FUNNEL, ReportName.TIMES, ReportName.CHANNELS):
        for by in ("status", "weekday", "metadata.lead"):
            found = await asked(here, Wanted(name, meant, read_dimension(by), STOCKHOLM))
            assert list(found.total) == [each.name for each in FIGURES[name]]
            assert found.total["created"] == listed.number
            assert sum(each.values["created"] or 0 for each in found.groups) == listed.number
    within((await asked(here, Wanted(ReportName.FUNNEL, meant))).total, funnel(talks))


@pytest.mark.parametrize("by", ["outcome", "channel", "agent", "metadata.car.model"])
async def test_the_funnel_is_divided(here: Library, by: str) -> None:
    """The group with the most first; one of those that have no value of a field."""
    known, dimension = await shelved(here), read_dimension(by)
    groups: dict[Any, list[Talk]] = defaultdict(list)
    for each in known:
        if isinstance(dimension, MetadataKey):
            (key,) = (value for _, name, value, *_ in each.labels if name == dimension.key)
        else:
            key = getattr(each.row, by)
        groups[key].append(each)
    found = await asked(here, Wanted(ReportName.FUNNEL, Filter(), dimension))
    assert {each.key for each in found.groups} == set(groups)
    numbers = [each.values["created"] or 0 for each in found.groups]
    assert numbers == sorted(numbers, reverse=True)
    for part in found.groups:
        within(part.values, funnel(groups[part.key]))


@pytest.mark.parametrize("by", Calendar)
async def test_hours_are_those_of_the_wall_clock(here: Library, by: Calendar) -> None:
    """Of a year in which the clocks are moved twice."""
    form = {Calendar.HOUR: "%H", Calendar.WEEKDAY: "%a", Calendar.DAY: "%Y-%m-%d"}[by]
    expected: dict[str, int] = defaultdict(int)
    for each in await shelved(here):
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=each.row.created_at)
        expected[at.astimezone(STOCKHOLM).strftime(form).lower()] += 1
    found = await asked(here, Wanted(ReportName.FUNNEL, Filter(), by, STOCKHOLM))
    assert {str(each.key): each.values["created"] for each in found.groups} == expected
    if by is not Calendar.WEEKDAY:
        assert [each.key for each in found.groups] == sorted(expected)


@pytest.mark.parametrize("by", [None, FIELDS["language"]])
async def test_times_are_at_their_nearest_rank(here: Library, by: Any) -> None:
    """To the second, and above an hour to the minute."""
    known = await shelved(here)
    found = await asked(here, Wanted(ReportName.TIMES, Filter(), by))
    parts = [(found.total, known)]
    parts += [(g.values, [e for e in known if e.row.language == g.key]) for g in found.groups]
    assert len(parts) == (1 if by is None else 4)
    for values, talks in parts:
        for span in SPANS:
            lengths = [length(each, span) for each in talks]
            within(
                values,
                {
                    span: sum(each is not None for each in lengths),
                    f"{span}_median": percentile(lengths, 50),
                    f"{span}_p90": percentile(lengths, 90),
                    f"{span}_p99": percentile(lengths, 99),
                },
            )


def most_at_once(talks: Iterable[Talk]) -> int:
    """Count, at each beginning, who is there."""
    rows = [each.row for each in talks if each.row.accepted_at is not None]
    ends = [(each.accepted_at or 0, each.ended_at or 1 << 62) for each in rows]
    return max((sum(b <= at < e for b, e in ends) for at, _ in ends), default=0)


@pytest.mark.parametrize("pairs", [FILTERS[each] for each in (0, 2, 5, 6, 9, 14)])
async def test_agents_are_counted(here: Library, pairs: tuple[tuple[str, str], ...]) -> None:
    """What they were asked and said, and what they had; also where an index has all of it."""
    meant = which(*pairs)
    known = [each for each in await shelved(here) if fits(each, meant)]
    found = await asked(here, Wanted(ReportName.AGENTS, meant))
    offers = [each for talk in known for each in talk.offers]
    agents = {each.agent for each in offers} | {talk.row.agent for talk in known} - {None}
    assert {each.key for each in found.groups} == agents
    for each in found.groups:
        mine = [offer.end for offer in offers if offer.agent == each.key]
        talks = [talk for talk in known if talk.row.agent == each.key]
        within(
            each.values,
            {
                "offers": len(mine),
                "accepts": mine.count("accepted"),
                "declines": 0,
                "missed": mine.count("expired"),
                "accept_share": mine.count("accepted") / len(mine) if mine else None,
                "conversations": len(talks),
                "to_reply_median": percentile([length(t, "to_reply") for t in talks], 50),
                "most_at_once": most_at_once(talks),
            },
        )
    assert found.total["offers"] == len(offers)
    most = max((each.values["most_at_once"] or 0 for each in found.groups), default=0)
    assert found.total["most_at_once"] == most


@pytest.mark.parametrize("pairs", [FILTERS[each] for each in (0, 2, 5, 6, 9, 14)])
async def test_channels_are_counted(here: Library, pairs: tuple[tuple[str, str], ...]) -> None:
    """What each carried, by how many pairs."""
    meant = which(*pairs)
    known = [each for each in await shelved(here) if fits(each, meant)]
    found = await asked(here, Wanted(ReportName.CHANNELS, meant, Calendar.DAY))
    assert {each.key for each in found.groups} == {each.row.channel for each in known}
    for each in found.groups:
        rows = [talk.row for talk in known if talk.row.channel == each.key]
        talked = {(row.visitor, row.agent) for row in rows if row.agent is not None}
        messages = sum(row.from_visitor + row.from_agent + row.from_team for row in rows)
        within(each.values, {"pairs": len(talked), "messages": messages, "created": len(rows)})


async def test_no_more_groups_than_are_read(here: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """The largest, or the latest days; their figures are whole."""
    monkeypatch.setattr(reporting, "MOST_GROUPS", 2)
    known = await shelved(here)
    found = await asked(here, Wanted(ReportName.TIMES, Filter(), FIELDS["language"]))
    assert (len(found.groups), found.more) == (2, True)
    days = await asked(here, Wanted(ReportName.FUNNEL, Filter(), Calendar.DAY))
    last = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=known[-1].row.created_at)
    assert days.groups[-1].key == last.date().isoformat()
    nobody = await asked(
        here, Wanted(ReportName.FUNNEL, which(("agent[exists]", "false")), FIELDS["agent"])
    )
    assert [each.key for each in nobody.groups] == [None]


async def test_a_conversation_that_was_sold_is_in_every_report(here: Library) -> None:
    """As the projector has it: one agent said no, the next yes."""
    await sold(here.world)
    await here.catch_up()
    agents = await asked(here, Wanted(ReportName.AGENTS, Filter()))
    by_name = {each.label: each.values for each in agents.groups}
    within(by_name["Anna"], {"offers": 1, "accepts": 1, "to_reply_median": 20, "most_at_once": 1})
    within(by_name.get("Bo", by_name.get(None, {})), {"offers": 1, "declines": 1, "accepts": 0})
    assert {each.key for each in agents.groups} == {ANNA.contact, BO.contact}
    funnel = await asked(here, Wanted(ReportName.FUNNEL, Filter(), FIELDS["outcome"]))
    assert [(each.key, each.values["replied_share"]) for each in funnel.groups] == [("sold", 1)]


async def test_an_empty_workspace_has_nothing_of_everything(here: Library) -> None:
    """Zeros, and neither shares nor times."""
    for name in ReportName:
        found = await asked(here, Wanted(name, Filter(), Calendar.HOUR, STOCKHOLM))
        assert (found.groups, found.more) == ((), False)
        assert set(found.total.values()) <= {0, None}


def test_a_percentile_of_nothing_is_none() -> None:
    """And of one is that one."""
    assert at([], 50) is None
    assert [at([(7, 1)], each) for each in (50, 90, 99)] == [7, 7, 7]
    assert at([(1, 50), (2, 49), (3, 1)], 50) == 1
    assert at([(1, 50), (2, 49), (3, 1)], 99) == 2


async def test_the_period_before_needs_no_groups(here: Library) -> None:
    """Its total is the same without them."""
    await shelved(here)
    divided = await asked(here, Wanted(ReportName.CHANNELS, Filter()))
    alone = await asked(here, Wanted(ReportName.CHANNELS, Filter(), is_divided=False))
    assert alone == Report(divided.total, (), False)
    assert {type(each) for each in alone.total.values()} <= {int, float}


@pytest.mark.parametrize("seed", range(5))
async def test_list_report_and_export_agree_whatever_is_asked(here: Library, seed: int) -> None:
    """Filters put together by chance, over conversations made by chance."""
    rng, of, known = Random(seed), here.world.workspace, await shelved(here, 150)
    for _ in range(4):
        given = dict(pair for some in rng.sample(FILTERS, rng.randrange(1, 4)) for pair in some)
        meant = which(*given.items())
        listed = await here.shelf.read(partial(total, of=of, which=meant, most=None))
        by = read_dimension(rng.choice(("hour", "status", "language", "metadata.car.year")))
        report = await asked(here, Wanted(ReportName.FUNNEL, meant, by, STOCKHOLM))
        rows = table(await exported(here, wanting(Rows.CONVERSATIONS, Format.CSV, "id", meant)))
        numbers = (
            listed.number,
            report.total["created"],
            sum(each.values["created"] or 0 for each in report.groups),
            len({row["id"] for row in rows}),
        )
        talks = [each for each in known if fits(each, meant)]
        assert set(numbers) == {len(talks)}, given
        for name in (ReportName.TIMES, ReportName.CHANNELS):
            divided = await asked(here, Wanted(name, meant, by, STOCKHOLM))
            undivided = await asked(here, Wanted(name, meant, is_divided=False))
            assert divided.total == undivided.total
            assert divided.total["created"] == len(talks)
        agents = (await asked(here, Wanted(ReportName.AGENTS, meant))).total
        offers = table(await exported(here, wanting(Rows.OFFERS, Format.CSV, "number", meant)))
        assert agents["offers"] == len(offers) == sum(len(each.offers) for each in talks)
        assert agents["conversations"] == sum(each.row.agent is not None for each in talks)
