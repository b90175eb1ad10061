"""Everything that is counted as it happens, in a registry of its own.

Rule 1: label children that a message passes are made beforehand or kept; counting is one look-up.
Rule 2: the journal's tail is the one source of what became of conversations, offers and messages.
"""

import platform
from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Info,
    ProcessCollector,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.samples import Sample

from kaisa_relay.domain.template_refusals import TEMPLATE_ADVICE
from kaisa_relay.metrics.engagement import DeliveryCounts
from kaisa_relay.metrics.feed import FeedCounts
from kaisa_relay.metrics.files import FileCounts
from kaisa_relay.metrics.gauges import Gauges, Sources
from kaisa_relay.metrics.happenings import Happenings
from kaisa_relay.metrics.tallies import Spread, Tally
from kaisa_relay.ports import Recorded

MOST_CODES: Final = 200
"""Pairs of outcome and error code with a counter of their own; Meta documents about a hundred."""

OUTCOMES: Final = ("stored", "refused", "unavailable")
"""How a webhook ends (`whatsapp.webhook.Observer`)."""

ANSWERS: Final = ("accepted", "rejected", "deferred", "halted", "uncertain")
"""How WhatsApp answers a send (`ports.meter.Meter.answered`)."""
ACTORS: Final = ("conversation", "router", "alarm", "channel", "files", "pool", "workspace")
"""Kinds of actor that crash (`ports.meter.Meter.crashed`)."""

ACK_SECONDS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
RELAY_SECONDS: Final = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600)
COMMIT_SECONDS: Final = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5)
BATCH_UNITS: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


class Registry(CollectorRegistry):
    """Leaves out when each counter was made: a second series per counter that nobody reads."""

    def collect(self) -> Iterator[Metric]:
        """Return all families."""
        for metric in super().collect():
            metric.samples = [each for each in metric.samples if not _is_creation(each)]
            yield metric


def _is_creation(sample: Sample) -> bool:
    return sample.name.endswith("_created")


class Metrics:
    """Counts for `ports.meter.Meter`, the webhook lane's `Observer`, the store and the tail.

    All times are seconds. Every method returns at once and raises nothing. Whoever shows the page
    reads `registry`.
    """

    def __init__(self) -> None:
        self.registry = Registry()
        self._happenings = Happenings(self.registry)
        self._webhooks = self._tally("webhooks", "Webhook POSTs by how they ended", "outcome")
        self._items = self._tally("webhook_items", "New inbox rows that webhooks brought")
        self._ack = self._histogram(
            "webhook_ack_seconds", "From a webhook's last byte to its answer", ACK_SECONDS
        )
        self._sends = self._counter(
            "sends", "WhatsApp's answers to sends, with Meta's error code", "outcome", "code"
        )
        self._templates = self._counter(
            "template_refusals", "Templates that WhatsApp did not send, by its code", "code"
        )
        self._relay = self._histogram(
            "relay_seconds", "From a message's arrival to its acceptance by WhatsApp", RELAY_SECONDS
        )
        self._batch = self._histogram("journal_batch_units", "Units per transaction", BATCH_UNITS)
        self._commit = self._histogram(
            "journal_commit_seconds", "From taking a batch to its commit", COMMIT_SECONDS
        )
        self._crashes = self._counter("actor_crashes", "Crashes by kind of actor", "actor")
        self._files = FileCounts(self.registry)
        self.feed = FeedCounts(self.registry)
        self.deliveries = DeliveryCounts(self.registry)
        self._quarantines = self._counter("quarantines", "Conversations that were quarantined")
        self._away = self._counter(
            "database_outage_seconds", "Time that the database was away, outages that are over"
        )
        self._begin_at_zero()
        self._answers: dict[tuple[str, int | None], Counter] = {
            (answer, None): self._sends.labels(answer, "") for answer in ANSWERS
        }
        Info("kaisa_build", "Version of this program", registry=self.registry).info(
            {"version": version("kaisa-relay"), "python": platform.python_version()}
        )
        ProcessCollector(registry=self.registry)

    def _begin_at_zero(self) -> None:
        # What never happened is 0 from the start: a rate needs the value before the first time.
        for actor in ACTORS:
            self._crashes.labels(actor)
        for code in TEMPLATE_ADVICE:
            self._templates.labels(str(code))
        for each in OUTCOMES:
            self._webhooks.add(0, each)

    # --- ports.meter.Meter

    def crashed(self, actor: str) -> None:
        """An actor of this kind crashed and is started again."""
        self._crashes.labels(actor).inc()

    def quarantined(self) -> None:
        """A conversation gave up."""
        self._quarantines.inc()

    def answered(self, outcome: str, code: int | None) -> None:
        """WhatsApp answered a send; codes beyond `MOST_CODES` count as `other`."""
        counter = self._answers.get((outcome, code))
        if counter is None:
            counter = self._answer(outcome, code)
        counter.inc()

    def relayed(self, seconds: float) -> None:
        """A relayed message was accepted so long after it had arrived."""
        self._relay.observe(max(0.0, seconds))  # the wall clock may have been set back

    def template_refused(self, code: int) -> None:
        """WhatsApp did not send a template, for the template's own sake."""
        self._templates.labels(str(code)).inc()

    def file(self, state: str, size: int) -> None:
        """A file of so many bytes came to a state."""
        self._files.count(state, size)

    # --- the webhook lane and its listener

    def on_webhook(self, outcome: str, items: int) -> None:
        """One POST ended as `stored`, `refused` or `unavailable`, with so many new rows."""
        self._webhooks.add(1, outcome)
        self._items.add(items)

    def acknowledged(self, seconds: float) -> None:
        """A webhook was answered so long after its last byte had come."""
        self._ack.observe(seconds)

    # --- the store and the journal

    def on_commit(self, units: int, seconds: float) -> None:
        """A batch of so many units was committed in this time."""
        self._batch.observe(units)
        self._commit.observe(seconds)

    def on_outage(self, began: datetime, ended: datetime) -> None:
        """The database was away from one instant to the other."""
        self._away.inc(max(0.0, (ended - began).total_seconds()))

    def on_events(self, records: Sequence[Recorded]) -> None:
        """Events were committed; subscribe this to the journal's tail."""
        self._happenings.count(record.event for record in records)

    # --- who asks

    def watch(self, sources: Sources) -> Gauges:
        """Show these gauges on the page too; call once. Its `run` counts the rows."""
        gauges = Gauges(sources)
        self.registry.register(gauges)
        return gauges

    def _answer(self, outcome: str, code: int | None) -> Counter:
        if len(self._answers) >= MOST_CODES + len(ANSWERS):
            return self._sends.labels(outcome, "other")
        counter = self._sends.labels(outcome, "" if code is None else str(code))
        self._answers[outcome, code] = counter
        return counter

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(f"kaisa_{name}", says, labels, registry=self.registry)

    def _tally(self, name: str, says: str, *labels: str) -> Tally:
        tally = Tally(f"kaisa_{name}", says, *labels)
        self.registry.register(tally)
        return tally

    def _histogram(self, name: str, says: str, buckets: Sequence[float]) -> Spread:
        spread = Spread(f"kaisa_{name}", says, buckets)
        self.registry.register(spread)
        return spread
