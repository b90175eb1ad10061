"""The report of engagement: each step's deliveries and links, against the rows themselves."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pytest
from attrs import frozen
from sqlalchemy import insert

from benchmarks.shelving import Talk
from kaisa_relay.domain.engagement.ids import TRIGGER, TriggerId
from kaisa_relay.domain.explore.filtering import Filter
from kaisa_relay.domain.explore.grouping import Own
from kaisa_relay.domain.explore.reports import FIGURES, ReportName
from kaisa_relay.domain.ids import to_text
from kaisa_relay.explore.reports import engaging
from kaisa_relay.explore.reports.reporting import Reporting
from kaisa_relay.ports.engagement import DeliveryState
from kaisa_relay.ports.reports import Report, Wanted
from kaisa_relay.store.engagement_table import delivery, trigger
from tests.explore.conftest import Library
from tests.explore.test_finding import FILTERS, fits, shelved, which

STATES = tuple(DeliveryState)


@frozen
class Delivered:
    """A delivery, as far as it is counted."""

    conversation: int | None
    trigger: int
    step: int
    seq: int
    state: str
    attempts: int


async def asked(here: Library, meant: Filter, is_divided: bool = True) -> Report:
    """Return the report of the workspace."""
    wanted = Wanted(ReportName.ENGAGEMENT, meant, Own.STEP, is_divided=is_divided)
    return await Reporting(here.shelf).report(here.world.workspace, wanted)


async def delivering(here: Library, talks: Sequence[Talk]) -> list[Delivered]:
    """Write two deliveries for each start of a step, some of them of no conversation."""
    made = [
        Delivered(
            None if number % 7 == 0 else talk.row.id,
            number % 3,
            number % 2,
            number // 2,
            STATES[number % 4],
            number % 5,
        )
        for number, talk in enumerate(talk for talk in talks for _ in range(2))
    ]
    of = here.world.workspace
    usual = {"version": 1, "endpoint": 1, "first_due_at": 1, "due_at": 1}
    rows = [
        {
            "workspace": of, "id": number, "trigger_id": each.trigger, "seq": each.seq,
            "conversation": each.conversation, "step": each.step, "action": number,
            "state": each.state, "attempts": each.attempts, **usual,
        }
        for number, each in enumerate(made)
    ]  # fmt: skip
    known = {"name": "Left alone", "version": 1, "enabled": True, "since": 0, "changed_at": 0}
    await here.store.store.write(
        lambda each: (
            each.execute(insert(delivery), rows),
            each.execute(insert(trigger).values(workspace=of, id=1, **known)),
        )
    )
    return made


def counted(made: Sequence[Delivered], talks: Sequence[Talk]) -> dict[str, Any]:
    """Count what was delivered, and what links led to."""
    links = [each for talk in talks for each in talk.recoveries]
    states = [each.state for each in made]
    return {
        "started": len({(each.trigger, each.step, each.seq) for each in made}),
        "sent": sum(each.attempts > 0 for each in made),
        "delivered": states.count("delivered"),
        "failed": states.count("dead"),
        "stopped": states.count("cancelled"),
        "waiting": states.count("waiting"),
        "links": sum(each.stage == "made" for each in links),
        "links_used": sum(each.stage == "wrote" for each in links),
        "came_back": len({each.conversation for each in links if each.stage == "wrote"}),
        "accepted": 0,
    }


@pytest.mark.parametrize("pairs", FILTERS)
async def test_steps_are_counted(here: Library, pairs: tuple[tuple[str, str], ...]) -> None:
    """Of the conversations that the list would show, and of no other."""
    known, meant = await shelved(here), which(*pairs)
    made = await delivering(here, known)
    talks = [each for each in known if fits(each, meant)]
    ids = {each.row.id for each in talks}
    theirs = [each for each in made if each.conversation in ids]
    found = await asked(here, meant)
    total = counted(theirs, talks)
    assert {name: found.total[name] for name in total} == total
    assert list(found.total) == [each.name for each in FIGURES[ReportName.ENGAGEMENT]]
    places: dict[Any, list[Delivered]] = defaultdict(list)
    for each in theirs:
        places[each.trigger, each.step].append(each)
    groups = {each.key: each for each in found.groups}
    for (id, step), some in places.items():
        group = groups[f"{to_text(TRIGGER, TriggerId(id))}:{step}"]
        expected = counted(some, [])
        for name in ("started", "sent", "delivered", "failed", "stopped", "waiting"):
            assert group.values[name] == expected[name]
        assert group.label == ("Left alone" if id == 1 else None)
    for name in ("links", "links_used"):
        assert sum(each.values[name] or 0 for each in found.groups) == total[name]


async def test_the_whole_needs_no_groups(here: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """And of more groups than are shown the first are."""
    await delivering(here, await shelved(here))
    divided = await asked(here, Filter())
    assert await asked(here, Filter(), is_divided=False) == Report(divided.total, (), False)
    monkeypatch.setattr(engaging, "MOST_GROUPS", 2)
    assert await asked(here, Filter()) == Report(divided.total, divided.groups[:2], True)
