"""What is counted, as Prometheus reads it back from the page."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
import trio
import trio.testing
from attrs import define, field
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Connection, Table, insert

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.messages import (
    AbandonReason,
    AgentAccepted,
    AgentOffered,
    ConversationAbandoned,
    ConversationClosed,
    ConversationFailed,
    ConversationStarted,
    EndedBy,
    Event,
    FailReason,
    MatchedBy,
    MessageReceived,
    MessageStatus,
    OfferDeclined,
    OfferExpired,
    OfferFailed,
)
from kaisa_relay.domain.ids import ContactId, ConversationId, MessageId, SendId, WorkspaceId
from kaisa_relay.domain.sending import Rank
from kaisa_relay.metrics import CONTENT_TYPE, Metrics, RowCounts, Sources, count_rows
from kaisa_relay.metrics.counters import MOST_CODES
from kaisa_relay.metrics.gauges import REMEMBERED
from kaisa_relay.metrics.happenings import MESSAGES, OFFERS, PHASES, STEPS
from kaisa_relay.ports import Recorded, StoreUnavailable
from kaisa_relay.ports.meter import Meter
from kaisa_relay.runtime.clock import system_clock
from kaisa_relay.runtime.mailbox import Mailbox, MailboxStatistics
from kaisa_relay.store import open_store, tables
from kaisa_relay.store.engine import Statistics
from kaisa_relay.whatsapp.webhook import Observer

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
AGENT, MESSAGE, SEND = ContactId(2), MessageId(9), SendId(10)


@define
class House:
    """A house to look at: what its parts say of themselves."""

    router: Mapping[str, int] = field(
        factory=lambda: {"live": 2, "quarantined": 1, "queued": 7, "in_flight": 3}
    )
    away_since: datetime | None = None
    rows: RowCounts = field(
        factory=lambda: RowCounts({"new": 4}, {"ready": 5}, {"reserved": 6, "active": 2})
    )
    reachable: bool = True
    counted: int = 0
    boxes: list[Mailbox[int]] = field(factory=list)

    def sources(self) -> Sources:
        return Sources(lambda: self.router, self._store, self._mailboxes, self._rows)

    def _store(self) -> Statistics:
        return Statistics(11, 1, 1, 1, 0.1, outages=2, away_since=self.away_since)

    def _mailboxes(self) -> Mapping[str, list[MailboxStatistics]]:
        return {"channel": [box.statistics() for box in self.boxes]}

    async def _rows(self) -> RowCounts:
        self.counted += 1
        await trio.lowlevel.checkpoint()
        if not self.reachable:
            raise StoreUnavailable("the database is away")
        return self.rows


async def read(metrics: Metrics) -> dict[str, float]:
    """Every sample of the page, by its name and labels."""
    page = (await metrics.page()).decode()
    return {
        sample.name + "".join(f" {k}={v}" for k, v in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def recorded(*events: Event) -> list[Recorded]:
    return [Recorded(WorkspaceId(1), n, "conversation/7", n, e) for n, e in enumerate(events, 1)]


async def test_it_fits_the_ports_it_is_given_to() -> None:
    metrics = Metrics()
    meter: Meter = metrics
    observer: Observer = metrics
    meter.crashed("channel")
    observer.on_webhook("stored", 3)
    observer.on_webhook("stored", 0)
    observer.on_webhook("refused", 0)
    page = await read(metrics)
    assert page["kaisa_actor_crashes_total actor=channel"] == 1
    assert page["kaisa_webhooks_total outcome=stored"] == 2
    assert page["kaisa_webhooks_total outcome=refused"] == 1
    assert page["kaisa_webhooks_total outcome=unavailable"] == 0
    assert page["kaisa_webhook_items_total"] == 3


async def test_answers_are_told_apart_by_outcome_and_code() -> None:
    metrics = Metrics()
    for code in (None, None, 131047):
        metrics.answered("rejected" if code else "accepted", code)
    page = await read(metrics)
    assert page["kaisa_sends_total code= outcome=accepted"] == 2
    assert page["kaisa_sends_total code=131047 outcome=rejected"] == 1


async def test_codes_that_somebody_makes_up_cannot_fill_the_memory() -> None:
    metrics = Metrics()
    for code in range(2 * MOST_CODES):
        metrics.answered("rejected", code)
    metrics.answered("rejected", 0)
    page = await read(metrics)
    assert sum(name.startswith("kaisa_sends_total") for name in page) == MOST_CODES + 1
    assert page["kaisa_sends_total code=other outcome=rejected"] == MOST_CODES
    assert page["kaisa_sends_total code=0 outcome=rejected"] == 2


async def test_durations_fall_into_buckets_in_seconds() -> None:
    metrics = Metrics()
    metrics.relayed(0.15)
    metrics.relayed(-5.0)
    metrics.acknowledged(0.004)
    metrics.on_commit(100, 0.003)
    page = await read(metrics)
    assert page["kaisa_relay_seconds_bucket le=0.1"] == 1, "a clock set back counts as no time"
    assert page["kaisa_relay_seconds_bucket le=0.2"] == 2
    assert page["kaisa_relay_seconds_sum"] == pytest.approx(0.15)
    assert page["kaisa_webhook_ack_seconds_bucket le=0.005"] == 1
    assert page["kaisa_journal_batch_units_bucket le=64.0"] == 0
    assert page["kaisa_journal_batch_units_bucket le=128.0"] == 1
    assert page["kaisa_journal_commit_seconds_bucket le=0.002"] == 0
    assert page["kaisa_journal_commit_seconds_count"] == 1


async def test_events_say_what_became_of_offers_and_conversations() -> None:
    metrics = Metrics()
    metrics.on_events(
        recorded(
            ConversationStarted(ContactId(1), MatchedBy.TOKEN, NOW),
            MessageReceived(MESSAGE, Side.VISITOR, "text", NOW, NOW, held=True),
            AgentOffered(1, AGENT, MESSAGE, SEND, True, NOW),
            OfferDeclined(1, AGENT, NOW),
            AgentOffered(2, AGENT, MESSAGE, SEND, True, NOW),
            OfferExpired(2, AGENT, NOW),
            AgentOffered(3, AGENT, MESSAGE, SEND, True, NOW),
            OfferFailed(3, AGENT, 131026, NOW),
            AgentOffered(4, AGENT, MESSAGE, SEND, True, NOW),
            AgentAccepted(4, AGENT, NOW),
            MessageStatus(MESSAGE, SEND, ConversationId(7), Rank.READ, None, NOW),
        )
    )
    metrics.on_events(recorded(ConversationClosed(EndedBy.AGENT, NOW)))
    metrics.on_events(recorded(ConversationFailed(FailReason.NO_AGENT, NOW)))
    metrics.on_events(recorded(ConversationAbandoned(AbandonReason.UNSCANNED, NOW)))
    page = await read(metrics)
    offers = {name: value for name, value in page.items() if name.startswith("kaisa_offers_total")}
    assert {name.rpartition("=")[2]: int(value) for name, value in offers.items() if value} == {
        "made": 4, "accepted": 1, "declined": 1, "expired": 1, "failed": 1,
    }  # fmt: skip
    assert page["kaisa_conversations_total phase=seeking reason="] == 1
    assert page["kaisa_conversations_total phase=active reason="] == 1
    assert page["kaisa_conversations_total phase=closed reason=agent"] == 1
    assert page["kaisa_conversations_total phase=failed reason=no_agent"] == 1
    assert page["kaisa_conversations_total phase=abandoned reason=unscanned"] == 1
    assert page["kaisa_messages_total event=received"] == 1
    assert page["kaisa_statuses_total rank=read"] == 1


def test_every_event_is_counted_somewhere() -> None:
    with_reason = {MessageStatus, ConversationClosed, ConversationFailed, ConversationAbandoned}
    assert {*OFFERS, *MESSAGES, *PHASES, *STEPS, *with_reason} == set(get_args(Event))


async def test_gauges_show_the_house_at_the_moment_of_the_question() -> None:
    house, metrics = House(), Metrics()
    metrics.watch(house.sources())
    box = Mailbox[int](1)
    house.boxes += [box, Mailbox[int](5)]
    assert [box.tell(1), box.tell(2)] == [True, False]
    page = await read(metrics)
    assert page["kaisa_conversations_live"] == 2
    assert page["kaisa_conversations_quarantined"] == 1
    assert page["kaisa_conversations_passivated"] == 6
    assert page["kaisa_items_in_flight"] == 3
    assert page["kaisa_mailbox_messages actor=conversation"] == 7
    assert page["kaisa_mailbox_messages actor=channel"] == 1
    assert page["kaisa_mailbox_refused_total actor=channel"] == 1
    assert page["kaisa_journal_units_waiting"] == 11
    assert page["kaisa_database_outages_total"] == 2
    assert page["kaisa_inbox_rows state=new"] == 4
    assert page["kaisa_outbox_rows state=ready"] == 5
    assert page["kaisa_conversations_open phase=reserved"] == 6


async def test_rows_are_counted_once_in_a_while(autojump_clock: trio.testing.MockClock) -> None:
    house, metrics = House(), Metrics()
    metrics.watch(house.sources())
    await read(metrics)
    await read(metrics)
    assert house.counted == 1
    await trio.sleep(REMEMBERED)
    house.rows = RowCounts({"new": 0}, {}, {})
    assert (await read(metrics))["kaisa_inbox_rows state=new"] == 0
    assert house.counted == 2


async def test_the_page_is_there_while_the_database_is_not(
    autojump_clock: trio.testing.MockClock,
) -> None:
    house, metrics = House(), Metrics()
    metrics.watch(house.sources())
    house.away_since = NOW
    page = await read(metrics)
    assert page["kaisa_database_away"] == 1
    assert house.counted == 0, "a database that is known to be away is not asked"
    assert "kaisa_conversations_passivated" not in page, "what is not known is not shown as none"
    house.away_since, house.reachable = None, False
    await trio.sleep(REMEMBERED)
    assert (await read(metrics))["kaisa_database_away"] == 0
    metrics.on_outage(NOW, NOW + timedelta(seconds=90))
    assert (await read(metrics))["kaisa_database_outage_seconds_total"] == 90


async def test_two_houses_in_one_process_do_not_share_a_count() -> None:
    one, other = Metrics(), Metrics()
    one.quarantined()
    assert (await read(one))["kaisa_quarantines_total"] == 1
    assert (await read(other))["kaisa_quarantines_total"] == 0


async def test_the_page_names_our_units_and_its_version() -> None:
    page = await read(Metrics())
    assert any(name.startswith("kaisa_build_info") and "version=0" in name for name in page)
    ours = [name.partition(" ")[0] for name in page if not name.startswith("process_")]
    assert all(name.startswith("kaisa_") for name in ours)
    assert not any(name.endswith("_created") for name in ours)
    assert CONTENT_TYPE.startswith("text/plain; version=0.0.4")


def put(connection: Connection, table: Table, **values: Any) -> None:
    """Insert a row, with something in each column that must have it."""
    needed = {c.name: _anything(c) for c in table.columns if not c.nullable and c.name != "id"}
    connection.execute(insert(table).values(**{**needed, **values}))


def _anything(column: Any) -> Any:
    kind = column.type.python_type
    return {int: 1, str: "x", bytes: b"x", bool: True}[kind]


def fill(connection: Connection) -> None:
    rows = [("new", 1), ("new", 1), ("done", 1), ("parked", 1), ("parked", None)]
    for number, (state, workspace) in enumerate(rows, 1):
        put(connection, tables.inbox, id=number, state=state, workspace=workspace)
    for number, state in enumerate(("ready", "ready", "unknown"), 1):
        put(connection, tables.send, id=number, state=state)
    for number, (phase, due) in enumerate([("active", 5), ("reserved", 5), ("closed", None)], 1):
        put(connection, tables.conversation, id=number, phase=phase, due_at=due)


async def test_rows_are_counted_by_what_they_wait_for(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'kaisa.db'}"
    async with open_store(url, wall=system_clock) as store, trio.open_nursery() as nursery:
        await nursery.start(store.run)
        assert await store.read(count_rows) == RowCounts(
            {"new": 0, "parked": 0, "unrouted": 0}, {}, {}
        )
        await store.write(fill)
        counted = await store.read(count_rows)
        nursery.cancel_scope.cancel()
    assert counted == RowCounts(
        inbox={"new": 2, "parked": 1, "unrouted": 1},
        outbox={"ready": 2, "unknown": 1},
        conversations={"active": 1, "reserved": 1},
    )
