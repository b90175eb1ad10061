"""What a performance came to: the JSON of `demo --once --json`, and the table of `demo --once`."""

from collections.abc import Mapping, Sequence
from statistics import quantiles

from attrs import field, frozen

from kaisa_relay.cli.demo.outreach import Recovery
from kaisa_relay.cli.demo.play import Scene
from kaisa_relay.cli.demo.verdict import (
    Heard,
    course_problems,
    ended_by,
    offers,
    relayed_problems,
)


@frozen
class Messages:
    """How many messages of people arrived on the other side."""

    to_agent: int
    to_visitor: int


@frozen
class Latency:
    """Milliseconds from a person's sending to the other phone, webhooks included."""

    p50: float
    p95: float
    samples: int


@frozen
class Played:
    """One conversation.

    `post_to_offer_ms` is from the POST, or from the visitor's coming back, to the first agent's
    phone.
    """

    visitor: str
    language: str
    agent: str
    id: str
    status: str
    ended_by: str
    queued: bool
    offers: Mapping[str, int]
    messages: Messages
    exactly_once: bool
    post_to_offer_ms: float | None
    relay_latency_ms: Latency | None


@frozen
class Summary:
    """The whole performance; `logs` is where the children's logs were kept, if they were."""

    ok: bool
    problems: tuple[str, ...]
    database: str
    seed: int
    seconds: float
    logs: str | None
    conversations: tuple[Played, ...] = ()
    relay_latency_ms: Latency | None = None
    faults_struck: Mapping[str, int] = field(factory=dict)
    recovery: Recovery | None = None


def problems_of(scene: Scene, heard: Heard) -> tuple[str, ...]:
    """Say everything that is wrong with one conversation."""
    return (*relayed_problems(scene.chat, heard), *course_problems(scene.chat, heard))


def played(scene: Scene, heard: Heard) -> Played:
    """Sum up one conversation."""
    chat = scene.chat
    return Played(
        visitor=chat.visitor.name,
        language=chat.visitor.language,
        agent=chat.taker.name,
        id=scene.created.id,
        status=heard.status,
        ended_by=ended_by(heard.events),
        queued=chat.queued,
        offers=offers(heard.events),
        messages=Messages(
            sum(text in chat.says for text in heard.to_agent),
            sum(text in chat.answers for text in heard.to_visitor),
        ),
        exactly_once=not relayed_problems(chat, heard),
        post_to_offer_ms=_post_to_offer(scene),
        relay_latency_ms=latency(scene.relayed),
    )


def _post_to_offer(scene: Scene) -> float | None:
    if scene.asked_at is None or scene.offered_at is None:
        return None
    return round((scene.offered_at - scene.asked_at).total_seconds() * 1000, 1)


def latency(seconds: Sequence[float]) -> Latency | None:
    """Return the median and the 95th percentile, or None of nothing."""
    if not seconds:
        return None
    if len(seconds) == 1:
        return Latency(_ms(seconds[0]), _ms(seconds[0]), 1)
    cuts = quantiles(seconds, n=20, method="inclusive")
    return Latency(_ms(cuts[9]), _ms(cuts[18]), len(seconds))


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


def lines(summary: Summary) -> list[str]:
    """Return the summary for people."""
    told = [_line(each) for each in summary.conversations]
    if summary.recovery is not None:
        told.append(_won_back(summary.recovery))
    if summary.relay_latency_ms is not None:
        latency = summary.relay_latency_ms
        told.append(f"From phone to phone: median {latency.p50} ms, 95 % within {latency.p95} ms.")
    if summary.faults_struck:
        struck = ", ".join(f"{times} {name}" for name, times in summary.faults_struck.items())
        told.append(f"Faults on the way: {struck}.")
    return told


def _won_back(recovery: Recovery) -> str:
    """Return what the trigger counts, all its steps together."""
    steps = recovery.counted
    recovered, accepted = (
        sum(each.recovered for each in steps),
        sum(each.accepted for each in steps),
    )
    return (
        f"Won back by the trigger's text messages ({recovery.text_messages} sent): "
        f"{recovered} recovered, {accepted} accepted."
    )


def _line(one: Played) -> str:
    made = ", ".join(f"{times} {outcome}" for outcome, times in one.offers.items())
    arrived = f"{one.messages.to_agent} and {one.messages.to_visitor} messages"
    once = "each once, in order" if one.exactly_once else "NOT each once and in order"
    waited = ", after a wait in the queue" if one.queued else ""
    return (
        f"{one.visitor} ({one.language}) and {one.agent}: {arrived}, {once}; "
        f"offers: {made}{waited}; {one.status} by {one.ended_by}."
    )
