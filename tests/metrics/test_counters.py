"""What is counted as it happens, as Prometheus reads it back."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import get_args

import pytest
import trio
import trio.testing
from attrs import evolve, frozen

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
    MessageUnmatched,
    OfferDeclined,
    OfferExpired,
    OfferFailed,
)
from kaisa_relay.domain.ids import (
    ChannelId,
    ContactId,
    ConversationId,
    MessageId,
    SendId,
    WorkspaceId,
)
from kaisa_relay.domain.sending import Answer, Rank
from kaisa_relay.domain.texts import TextKey
from kaisa_relay.metrics import Metrics, TimedLane
from kaisa_relay.metrics.counters import ANSWERS, MOST_CODES
from kaisa_relay.metrics.happenings import (
    AGENTS,
    ALERTS,
    CHANNELS,
    MESSAGES,
    OFFERS,
    PHASES,
    STEPS,
)
from kaisa_relay.ports import Recorded
from kaisa_relay.ports.meter import Meter
from kaisa_relay.runtime.callback import Callback, OnAnswer
from kaisa_relay.whatsapp.webhook import Observer
from tests.metrics.page import read

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
AGENT, MESSAGE, SEND = ContactId(2), MessageId(9), SendId(10)


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
    page = read(metrics)
    assert page["kaisa_actor_crashes_total actor=channel"] == 1
    assert page["kaisa_webhooks_total outcome=stored"] == 2
    assert page["kaisa_webhooks_total outcome=refused"] == 1
    assert page["kaisa_webhooks_total outcome=unavailable"] == 0
    assert page["kaisa_webhook_items_total"] == 3


async def test_answers_are_told_apart_by_outcome_and_code() -> None:
    metrics = Metrics()
    for code in (None, None, 131047):
        metrics.answered("rejected" if code else "accepted", code)
    page = read(metrics)
    assert page["kaisa_sends_total code= outcome=accepted"] == 2
    assert page["kaisa_sends_total code=131047 outcome=rejected"] == 1


async def test_codes_that_somebody_makes_up_cannot_fill_the_memory() -> None:
    metrics = Metrics()
    for code in range(2 * MOST_CODES):
        metrics.answered("rejected", code)
    metrics.answered("rejected", 0)
    page = read(metrics)
    assert (
        sum(name.startswith("kaisa_sends_total") for name in page) == MOST_CODES + len(ANSWERS) + 1
    )
    assert page["kaisa_sends_total code=other outcome=rejected"] == MOST_CODES
    assert page["kaisa_sends_total code=0 outcome=rejected"] == 2


async def test_durations_fall_into_buckets_in_seconds() -> None:
    metrics = Metrics()
    metrics.relayed(0.15)
    metrics.relayed(-5.0)
    metrics.acknowledged(0.004)
    metrics.on_commit(100, 0.003)
    page = read(metrics)
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
    page = read(metrics)
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


async def test_who_belongs_nowhere_is_counted_by_whether_they_were_answered() -> None:
    metrics = Metrics()
    answered = MessageUnmatched(
        MESSAGE, ChannelId(5), AGENT, MESSAGE, SEND, TextKey.OUT_OF_SESSION_VISITOR, NOW
    )
    silent = evolve(answered, answer=None, send=None)
    metrics.on_events(recorded(answered, silent, silent))
    page = read(metrics)
    assert page["kaisa_messages_total event=unmatched"] == 1
    assert page["kaisa_messages_total event=unanswered"] == 2


async def test_what_never_happened_is_none_and_not_absent() -> None:
    """An alert on a rate would sleep through the first crash."""
    page = read(Metrics())
    for answer in get_args(Answer):
        assert page[f"kaisa_sends_total code= outcome={answer.__name__.lower()}"] == 0
    for actor in ("conversation", "router", "alarm", "channel", "pool", "workspace"):
        assert page[f"kaisa_actor_crashes_total actor={actor}"] == 0


def test_every_event_is_counted_somewhere() -> None:
    endings = {ConversationClosed, ConversationFailed, ConversationAbandoned}
    apart = {MessageStatus, MessageUnmatched, *endings}
    counted = {*OFFERS, *MESSAGES, *PHASES, *STEPS, *CHANNELS, *AGENTS, *ALERTS}
    assert counted | apart == set(get_args(Event))


@frozen
class SlowLane:
    """A lane that takes a quarter of a second."""

    nursery: trio.Nursery

    def receive_nowait(
        self, app: str, signature: str | None, body: bytes, on_answer: OnAnswer[tuple[int, bytes]]
    ) -> None:
        async def later() -> None:
            await trio.sleep(0.25)
            on_answer((200, body))

        self.nursery.start_soon(later)

    def handshake(self, query: Mapping[str, str]) -> tuple[int, bytes]:
        return 403, b"no"


async def test_the_time_of_a_webhook_is_measured_around_the_lane(
    autojump_clock: trio.testing.MockClock, nursery: trio.Nursery
) -> None:
    metrics = Metrics()
    lane = TimedLane(SlowLane(nursery), metrics.acknowledged)
    answer = Callback[tuple[int, bytes]]()
    lane.receive_nowait("", None, b"body", answer)
    assert await answer.wait() == (200, b"body")
    assert lane.handshake({}) == (403, b"no")
    page = read(metrics)
    assert page["kaisa_webhook_ack_seconds_count"] == 1
    assert page["kaisa_webhook_ack_seconds_sum"] == pytest.approx(0.25)


async def test_two_houses_in_one_process_do_not_share_a_count() -> None:
    one, other = Metrics(), Metrics()
    one.quarantined()
    assert read(one)["kaisa_quarantines_total"] == 1
    assert read(other)["kaisa_quarantines_total"] == 0


async def test_the_page_names_our_units_and_its_version() -> None:
    page = read(Metrics())
    assert any(name.startswith("kaisa_build_info") and "version=0" in name for name in page)
    ours = [name.partition(" ")[0] for name in page if not name.startswith("process_")]
    assert all(name.startswith("kaisa_") for name in ours)
    assert not any(name.endswith("_created") for name in ours)
