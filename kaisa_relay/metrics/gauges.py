"""How things stand at the moment of the question.

Rule 1: what memory knows is asked of it at each scrape, by its `statistics`.
Rule 2: a scrape never waits for the database: rows are counted beside it, every `COUNT_EVERY`.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Final

import trio
from attrs import frozen
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.sending import SendState
from kaisa_relay.metrics.rows import RowCounts
from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.runtime.mailbox import MailboxStatistics
from kaisa_relay.store.engine import Statistics

LIVE_PHASES: Final = [phase.value for phase in Phase if phase.live]

COUNT_EVERY: Final = 10.0
"""Seconds between two counts of rows."""


@frozen
class Sources:
    """Whom to ask: `Router.statistics`, `Store.statistics`, mailboxes by kind of actor, rows.

    The router gives `live`, `quarantined`, `queued` and `in_flight`; `rows` is
    `lambda: store.read(count_rows)`.
    """

    router: Callable[[], Mapping[str, int]]
    store: Callable[[], Statistics]
    mailboxes: Callable[[], Mapping[str, Sequence[MailboxStatistics]]]
    rows: Callable[[], Awaitable[RowCounts]]
    channels: Callable[[], Mapping[str, int]] = dict
    """How many channels stand how (`HealthDesk.statistics`)."""
    longest_pause: Callable[[], float] = lambda: 0.0
    """Seconds for which a garbage collection has stopped everything, at the most."""
    unread: Callable[[], int] = lambda: 0
    """Events that the read model has heard of and not taken in."""
    behind: Callable[[], int] = lambda: 0
    """Workspaces of which the read model has something left to take in."""


class Gauges(Collector):
    """Asks the sources whenever the registry is read."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._rows: RowCounts | None = None

    async def run(self, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Count rows until cancelled; while the database is away, the last count stays."""
        task_status.started()
        while True:
            if self._sources.store().away_since is None:
                await self.count()
            await trio.sleep(COUNT_EVERY)

    async def count(self) -> None:
        """Count the rows now, or keep the last count when the database cannot be read."""
        try:
            self._rows = await self._sources.rows()
        except StoreUnavailable:
            return  # the store says so itself, once

    def collect(self) -> Iterator[Metric]:
        """Return the families, as prometheus_client wants them."""
        router = self._sources.router()
        yield from self._memory(router)
        yield from self._store()
        yield from self._mailboxes(router["queued"])
        if self._rows is not None:
            yield from _counted(self._rows, router["live"])

    def _memory(self, router: Mapping[str, int]) -> Iterator[Metric]:
        yield _gauge("conversations_live", "Conversations in memory", router["live"])
        quarantined = router["quarantined"]
        yield _gauge("conversations_quarantined", "Conversations in quarantine", quarantined)
        pause = self._sources.longest_pause()
        yield _gauge("gc_longest_pause_seconds", "Longest garbage collection so far", pause)
        channels = self._sources.channels()
        yield _by("channels", "Channels, by what is against using them", "burden", channels)
        unread = self._sources.unread()
        yield _gauge("explore_events_waiting", "Events that Explore has yet to take in", unread)
        behind = self._sources.behind()
        yield _gauge("explore_workspaces_behind", "Workspaces Explore has not all of", behind)
        in_flight = router["in_flight"]
        yield _gauge("items_in_flight", "Inbox items handed on and not yet decided", in_flight)

    def _store(self) -> Iterator[Metric]:
        store = self._sources.store()
        yield _gauge("journal_units_waiting", "Units that wait for a transaction", store.waiting)
        away = store.away_since is not None
        yield _gauge("database_away", "1 while the database cannot be written", int(away))
        yield CounterMetricFamily(
            "kaisa_database_outages", "Times that the database went away", value=store.outages
        )

    def _mailboxes(self, queued_for_conversations: int) -> Iterator[Metric]:
        mailboxes = self._sources.mailboxes()
        depths = {kind: sum(box.queued for box in boxes) for kind, boxes in mailboxes.items()}
        depths["conversation"] = queued_for_conversations
        yield _by("mailbox_messages", "Messages queued, by kind of actor", "actor", depths)
        refused = {kind: sum(box.refused for box in boxes) for kind, boxes in mailboxes.items()}
        family = CounterMetricFamily(
            "kaisa_mailbox_refused", "Messages that found a mailbox full", labels=["actor"]
        )
        for kind, count in refused.items():
            family.add_metric([kind], count)
        yield family


def _counted(rows: RowCounts, in_memory: int) -> Iterator[Metric]:
    yield _by("inbox_rows", "Rows in the inbox that are not done", "state", rows.inbox)
    outbox = {state.value: 0 for state in SendState} | {**rows.outbox}
    yield _by("outbox_rows", "Sends without an outcome", "state", outbox)
    phases = dict.fromkeys(LIVE_PHASES, 0) | {**rows.conversations}
    yield _by("conversations_open", "Conversations with a deadline", "phase", phases)
    # A reservation is in no memory until its visitor writes: it counts as passivated.
    passivated = max(0, sum(phases.values()) - in_memory)
    yield _gauge("conversations_passivated", "Open conversations not in memory", passivated)


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(f"kaisa_{name}", says, value=value)


def _by(name: str, says: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(f"kaisa_{name}", says, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family
