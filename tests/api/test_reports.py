"""Reports as they are asked and answered; `tests/explore` has what is counted."""

import json
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from attrs import define, field

from kaisa_relay.domain.explore.fields import FIELDS
from kaisa_relay.domain.explore.filtering import Filter, read_filter
from kaisa_relay.domain.explore.grouping import Calendar
from kaisa_relay.domain.explore.reports import FIGURES, ReportName
from kaisa_relay.domain.ids import CONTACT, WorkspaceId, to_text
from kaisa_relay.ports.managing import Managing, WorkspaceView
from kaisa_relay.ports.reports import Group, Report, Wanted
from tests.api.bench import STRANGER, Bench
from tests.api.rows import OURS

REPORTS = "/explore/reports"
JUNE = [("created_at[gte]", "2026-06-11T00:00:00Z"), ("created_at[lt]", "2026-06-21T00:00:00Z")]
BEFORE = [("created_at[gte]", "2026-06-01T00:00:00Z"), ("created_at[lt]", "2026-06-11T00:00:00Z")]
UTC, STOCKHOLM = ZoneInfo("UTC"), ZoneInfo("Europe/Stockholm")


@define
class Counted:
    """Answers every report with the same, and keeps what it was asked."""

    answer: Report
    asked: list[tuple[WorkspaceId, Wanted]] = field(factory=list)

    async def report(self, of: WorkspaceId, wanted: Wanted) -> Report:
        """Return the answer."""
        self.asked.append((of, wanted))
        return self.answer


@define
class Hours:
    """Managing, of which a report asks the business hours alone."""

    settings: Mapping[str, Any] = field(factory=dict)

    async def workspace(self, workspace: WorkspaceId) -> WorkspaceView:
        """Return the workspace with its settings."""
        return WorkspaceView("wsp", "Ours", self.settings)


def bench(*groups: Group, more: bool = False, hours: Any = None) -> tuple[Bench, Counted]:
    """Return the API, over reports with these groups."""
    reports = Counted(Report({"created": 2, "scanned_share": 0.5, "replied": None}, groups, more))
    managing = cast(Managing, Hours({"hours": hours}))
    return Bench(reports=reports, managing=managing), reports


def which(*pairs: tuple[str, str]) -> Filter:
    """Return a filter that is right."""
    read = read_filter(pairs)
    assert isinstance(read, Filter)
    return read


async def asked(api: Bench, name: str, *pairs: tuple[str, str]) -> Any:
    """Return a report as JSON."""
    answer = await api.get(f"{REPORTS}/{name}?{urlencode(pairs)}")
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


@pytest.mark.parametrize("name", ReportName)
async def test_a_report_defines_its_figures(name: ReportName) -> None:
    """Each with its unit, in the order in which they are shown."""
    api, _ = bench()
    found = await asked(api, name)
    assert found["report"] == name
    assert [each["name"] for each in found["figures"]] == [each.name for each in FIGURES[name]]
    assert all(each["definition"] for each in found["figures"])
    assert found["total"] == {"created": 2, "scanned_share": 0.5, "replied": None}
    assert (found["before"], found["groups"], found["more"]) == (None, [], False)


async def test_the_question_is_passed_on() -> None:
    """The list's filter, what divides it, and the zone; for the key's workspace alone."""
    api, reports = bench()
    pairs = [("status", "closed"), ("metadata.a[gte]", "5"), ("text", "blue")]
    found = await asked(api, "funnel", *pairs, ("by", "hour"), ("zone", "Europe/Stockholm"))
    wanted = Wanted(ReportName.FUNNEL, which(*pairs), Calendar.HOUR, STOCKHOLM)
    assert reports.asked == [(OURS, wanted)]
    assert (found["by"], found["zone"]) == ("hour", "Europe/Stockholm")
    await api.get(f"{REPORTS}/times", key=STRANGER)
    assert reports.asked[-1][0] != OURS


@pytest.mark.parametrize(
    ("hours", "zone"),
    [
        ({"zone": "Europe/Stockholm", "week": "mon-fri 09:00-17:00"}, STOCKHOLM),
        ({"zone": "Europe/Nowhere", "week": "mon-fri 09:00-17:00"}, UTC),
        (None, UTC),
    ],
)
async def test_the_zone_is_that_of_the_business_hours(hours: Any, zone: ZoneInfo) -> None:
    """Unless the question names one; UTC where neither does."""
    api, reports = bench(hours=hours)
    await asked(api, "funnel", ("by", "weekday"))
    assert reports.asked[0][1].zone == zone


async def test_the_period_before_is_counted_undivided() -> None:
    """Its total stands beside that of the period."""
    api, reports = bench()
    found = await asked(api, "agents", *JUNE, ("status", "closed"), ("compare", "true"))
    assert found["before"] == found["total"]
    now, past = (wanted for _, wanted in reports.asked)
    assert (now.which, now.by, now.is_divided) == (
        which(*JUNE, ("status", "closed")),
        FIELDS["agent"],
        True,
    )
    assert (past.which, past.is_divided) == (which(*BEFORE, ("status", "closed")), False)


async def test_groups_have_ids_as_text_and_names() -> None:
    """And null for what has no value."""
    api, _ = bench(Group(7, "Anna", {"offers": 3}), Group(None, None, {"offers": 1}), more=True)
    found = await asked(api, "funnel", ("by", "agent"))
    assert found["groups"] == [
        {"key": to_text(CONTACT, 7), "label": "Anna", "values": {"offers": 3}},
        {"key": None, "label": None, "values": {"offers": 1}},
    ]
    assert found["more"] is True
    api, _ = bench(Group("Volvo", None, {}))
    (group,) = (await asked(api, "times", ("by", "metadata.car.model")))["groups"]
    assert group["key"] == "Volvo"


@pytest.mark.parametrize(
    ("name", "query", "field"),
    [
        ("funnel", "by=visitor", "by"),
        ("agents", "by=hour", "by"),
        ("channels", "by=agent", "by"),
        ("times", "zone=Mars", "zone"),
        ("times", "compare=yes", "compare"),
        ("times", "compare=true", "compare"),
        ("times", "limit=5", "limit"),
        ("times", "status[gt]=a", "status[gt]"),
    ],
)
async def test_what_is_wrong_is_said_with_its_name(name: str, query: str, field: str) -> None:
    """None of it is asked."""
    api, reports = bench()
    answer = await api.get(f"{REPORTS}/{name}?{query}")
    assert answer.status == 422
    assert [each["field"] for each in json.loads(answer.body)["errors"]] == [field]
    assert not reports.asked


async def test_what_divides_may_be_named_where_it_is_fixed() -> None:
    """It changes nothing."""
    api, _ = bench()
    assert (await asked(api, "channels", ("by", "channel")))["by"] == "channel"
    assert (await asked(api, "channels"))["by"] == "channel"


async def test_a_report_that_there_is_not_is_not_found() -> None:
    """As any other address."""
    api, _ = bench()
    assert (await api.get(f"{REPORTS}/weather")).status == 404
