"""The list over the read model, as it is asked and answered; `tests/explore` has what is found."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from attrs import evolve, fields
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.shelving import talks
from kaisa_relay.api.explore.query import read_cursor, write_cursor
from kaisa_relay.domain.explore.fields import FIELDS, SORTABLE, SPANS, Kind
from kaisa_relay.domain.explore.filtering import Filter, read_filter
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.ports.explore import COUNTED, Cursor, Page, Person, Sort, Summary, TooSlow, Total
from tests.api.bench import STRANGER, Bench
from tests.api.rows import OURS

LIST = "/explore/conversations"
SOLD = next(each.row for each in talks(OURS, 500) if each.row.outcome == "sold")
COLUMNS = [each.name for each in fields(Summary) if hasattr(SOLD, each.name)]
SUMMARY = Summary(
    **{name: getattr(SOLD, name) for name in COLUMNS},
    visitor_person=Person("Vera", "+46701234567"),
    agent_person=Person(None, None),
    metadata=b'{"car": {"model": "Volvo"}}',
)


class Asked:
    """Answers with so many conversations, and keeps what it was asked."""

    def __init__(self, number: int = 0) -> None:
        self.rows = [evolve(SUMMARY, id=SUMMARY.id + n) for n in range(number)]
        self.which: list[tuple[WorkspaceId, Filter, Page | int | None]] = []

    async def conversations(self, of: WorkspaceId, which: Filter, page: Page) -> Sequence[Summary]:
        """Return the first rows."""
        self.which.append((of, which, page))
        return self.rows[: page.most]

    async def total(self, of: WorkspaceId, which: Filter, most: int | None = COUNTED) -> Total:
        """Count the rows."""
        self.which.append((of, which, most))
        return Total(len(self.rows), True)


class Dear(Asked):
    """Would take all day."""

    async def conversations(self, of: WorkspaceId, which: Filter, page: Page) -> Sequence[Summary]:
        """Give up."""
        raise TooSlow


async def test_what_takes_too_long_is_told_to_ask_for_less() -> None:
    """It is nobody's fault that it would pass to repeat it: no `Retry-After`."""
    answer = await Bench(explore=Dear()).get(LIST)
    assert (answer.status, answer.problem) == (503, "question-too-slow")
    assert "retry-after" not in answer.headers


async def test_a_conversation_is_answered_in_columns() -> None:
    """Ids as text, instants as RFC 3339, spans in seconds, every field under its name."""
    answer = await Bench(explore=Asked(1)).get(LIST)
    page = json.loads(answer.body)
    (item,) = page["items"]
    assert (page["next"], page["total"]) == (None, {"number": 1, "exact": True})
    assert set(FIELDS) | {"metadata"} == set(item)
    assert item["id"].startswith("cnv_")
    assert item["visitor"] == {
        "id": item["form"],
        "name": "Vera",
        "phone": "+46701234567",
    }
    assert item["agent"]["name"] is None
    assert item["metadata"] == {"car": {"model": "Volvo"}}
    assert item["created_at"].endswith("Z")
    assert SOLD.accepted_at is not None
    assert SOLD.started_at is not None
    assert item["to_accept"] == (SOLD.accepted_at - SOLD.started_at) / 1e6


async def test_what_is_missing_is_null() -> None:
    """Nobody yet, nothing yet, and what was erased."""
    asked = Asked(1)
    empty: dict[str, Any] = dict.fromkeys(
        ("agent", "started_at", "accepted_at", "ended_at", "value")
    )
    asked.rows = [evolve(SUMMARY, metadata=None, **empty)]
    (item,) = json.loads((await Bench(explore=asked).get(LIST)).body)["items"]
    names = (*empty, "metadata", *SPANS)
    assert [item[name] for name in names] == [None] * len(names)


async def test_the_question_is_passed_on() -> None:
    """The filter, the order and the page, for the key's workspace alone."""
    asked = Asked()
    pairs = [("status", "closed"), ("status", "failed"), ("metadata.a.b[gte]", "5")]
    query = urlencode([*pairs, ("text", "blue"), ("sort", "-value"), ("limit", "7")])
    answer = await Bench(explore=asked).get(f"{LIST}?{query}")
    assert json.loads(answer.body) == {
        "items": [],
        "next": None,
        "total": {"number": 0, "exact": True},
    }
    which = read_filter([*pairs, ("text", "blue")])
    assert asked.which == [
        (OURS, which, Page(8, Sort("value", True))),
        (OURS, which, COUNTED),
    ]


async def test_a_page_goes_on_where_the_last_ended() -> None:
    """And is not counted again."""
    asked = Asked(3)
    bench = Bench(explore=asked)
    first = json.loads((await bench.get(f"{LIST}?limit=2&sort=started_at")).body)
    assert len(first["items"]) == 2
    second = await bench.get(f"{LIST}?limit=2&sort=started_at&cursor={quote(first['next'])}")
    assert json.loads(second.body)["total"] is None
    last = Cursor(SOLD.started_at, asked.rows[1].id)
    assert asked.which[-1][2] == Page(3, Sort("started_at", False), last)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("state=closed", "state"),
        ("status[gt]=closed", "status[gt]"),
        ("sort=status", "sort"),
        ("limit=0", "limit"),
        ("value=much", "value"),
        ("text=a&text=b", "text"),
        ("sort=value&sort=-value", "sort"),
    ],
)
async def test_what_is_wrong_is_said_with_its_name(query: str, field: str) -> None:
    """None of it is asked."""
    asked = Asked()
    answer = await Bench(explore=asked).get(f"{LIST}?{query}")
    assert answer.status == 422
    assert [each["field"] for each in json.loads(answer.body)["errors"]] == [field]
    assert not asked.which


async def test_a_cursor_of_another_order_is_refused() -> None:
    """It would go on somewhere else."""
    cursor = write_cursor(Sort("value"), Cursor(1.5, 5))
    bench = Bench(explore=Asked())
    assert (await bench.get(f"{LIST}?cursor={cursor}")).status == 400
    assert (await bench.get(f"{LIST}?cursor={cursor}&sort=-value")).status == 200


async def test_a_key_sees_its_own_workspace() -> None:
    """Whatever is asked."""
    asked = Asked()
    await Bench(explore=asked).get(LIST, key=STRANGER)
    assert {of for of, _, _ in asked.which} != {OURS}


@given(st.sampled_from(SORTABLE), st.booleans(), st.data())
def test_a_cursor_reads_back(field: str, descending: bool, data: st.DataObject) -> None:
    """In its own order alone."""
    numbers = st.floats(-1e15, 1e15) if field == "value" else st.integers(0, 1 << 52)
    after = Cursor(data.draw(st.none() | numbers), data.draw(st.integers(0, 1 << 62)))
    text = write_cursor(Sort(field, descending), after)
    assert read_cursor(Sort(field, descending), text) == after
    assert read_cursor(Sort(field, not descending), text) is None


@given(st.text(alphabet="AYZaz09-_=+é", min_size=28, max_size=31))
def test_a_cursor_that_was_never_given_out_is_refused(text: str) -> None:
    """Whatever it holds."""
    assert read_cursor(Sort(), text) is None


def test_every_kind_of_field_is_answered() -> None:
    """A new one cannot be forgotten."""
    assert {each.kind for each in FIELDS.values()} == set(Kind)
