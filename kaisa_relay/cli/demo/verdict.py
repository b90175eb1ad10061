"""Whether every message arrived exactly once, in order: what was planned against what was seen.

Rule 1: pure; every problem is one sentence for people.
Rule 2: whatever is not in the plan is a problem, also when nothing of the plan is missing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from attrs import frozen

from kaisa_relay.cli.demo.cast import Chat
from kaisa_relay.cli.demo.relay import Event, Message

ARRIVED = frozenset({"delivered", "read"})

OUTCOMES: Mapping[str, str] = {
    "conversation.agent_accepted": "accepted",
    "conversation.offer_declined": "declined",
    "conversation.offer_expired": "expired",
    "conversation.offer_failed": "failed",
    "conversation.offer_rescinded": "rescinded",
}

WAY_BACK = (
    "conversation.abandoned",
    "conversation.link_created",
    "conversation.recovered",
    "conversation.recovered",
)
"""What happens to a conversation that a link brings back: they wrote by it, an agent took them."""


@frozen
class Heard:
    """What was seen of one chat: on the two phones, and in the relay."""

    to_visitor: tuple[str, ...]
    to_agent: tuple[str, ...]
    transcript: tuple[Message, ...]
    events: tuple[Event, ...]
    status: str


def compare(expected: Sequence[str], seen: Sequence[str]) -> tuple[str, ...]:
    """Say what is lost, doubled, unexpected or out of order in `seen`."""
    wanted, found = Counter(expected), Counter(seen)
    problems = [f"“{text}” is lost" for text in wanted - found]
    for text, times in (found - wanted).items():
        more = f"{times} time{'s' if times > 1 else ''} too often"
        problems.append(f"“{text}” came {more}" if text in wanted else f"“{text}” is unexpected")
    return (*problems, *_disorder(expected, seen))


def _disorder(expected: Sequence[str], seen: Sequence[str]) -> tuple[str, ...]:
    """Compare the order of what is in both, each text as often as it is in both."""
    both = Counter(expected) & Counter(seen)
    for wanted, found in zip(_only(expected, both), _only(seen, both), strict=True):
        if wanted != found:
            return (f"“{found}” came where “{wanted}” was due",)
    return ()


def _only(texts: Sequence[str], allowed: Counter[str]) -> list[str]:
    left = Counter(allowed)
    kept = []
    for text in texts:
        if left[text] > 0:
            left[text] -= 1
            kept.append(text)
    return kept


def relayed_problems(chat: Chat, heard: Heard) -> tuple[str, ...]:
    """Say where a message of this chat is not exactly once and in order, on either side."""
    told = _texts(chat, heard.transcript)
    compared = (
        ("on the agent's phone", chat.says, _of(chat.says, heard.to_agent)),
        ("on the visitor's phone", chat.answers, _of(chat.answers, heard.to_visitor)),
        ("in the transcript of the visitor", chat.says, told["visitor"]),
        ("in the transcript of the agent", chat.answers, told["agent"]),
    )
    return tuple(
        f"{chat.visitor.name}, {where}: {problem}"
        for where, expected, seen in compared
        for problem in compare(expected, seen)
    )


def _of(lines: Sequence[str], seen: Sequence[str]) -> tuple[str, ...]:
    """Return what belongs to a chat of all that a phone shows."""
    return tuple(text for text in seen if text in lines)


def _texts(chat: Chat, transcript: Sequence[Message]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {"visitor": [], "agent": []}
    for message in transcript:
        if message.author in told:
            told[message.author].append(message.text or f"[{message.type}]")
    return told


def course_problems(chat: Chat, heard: Heard) -> tuple[str, ...]:
    """Say where a chat did not begin, go on or end as planned."""
    problems = []
    if heard.status != "closed":
        problems.append(f"its status is {heard.status}, not closed")
    if (ended := ended_by(heard.events)) != chat.ending.value:
        problems.append(f"it was ended by {ended}, not by {chat.ending.value}")
    if (made := offers(heard.events)) != chat.offers:
        problems.append(f"its offers were {made}, not {chat.offers}")
    if any(event.type == "conversation.queued" for event in heard.events) != chat.queued:
        problems.append("it was not queued" if chat.queued else "it was queued")
    if (way := way_back(heard.events)) != (WAY_BACK if chat.unscanned else ()):
        problems.append(f"the way back to it was {way}")
    if any(message.status not in ARRIVED for message in spoken(heard.transcript)):
        problems.append("a message of it is not delivered, says the relay")
    return tuple(f"{chat.visitor.name}: {problem}" for problem in problems)


def spoken(transcript: Sequence[Message]) -> tuple[Message, ...]:
    """Return what visitor and agent said, without the automatic texts."""
    return tuple(each for each in transcript if each.author in ("visitor", "agent"))


def phone_problems(
    expected: Mapping[tuple[str, str], Sequence[str]], seen: Mapping[tuple[str, str], Sequence[str]]
) -> tuple[str, ...]:
    """Say where a phone shows more, less or something else than planned, automatic texts too."""
    return tuple(
        f"{person} on channel {channel}: {problem}"
        for person, channel in sorted({*expected, *seen})
        for problem in compare(expected.get((person, channel), ()), seen.get((person, channel), ()))
    )


def offers(events: Sequence[Event]) -> dict[str, int]:
    """Count the offers by what became of them."""
    return dict(Counter(OUTCOMES[each.type] for each in events if each.type in OUTCOMES))


def way_back(events: Sequence[Event]) -> tuple[str, ...]:
    """Return how somebody was lost and won back."""
    return tuple(event.type for event in events if event.type in WAY_BACK)


def ended_by(events: Sequence[Event]) -> str:
    """Return who ended it, as the event says."""
    closed = [each for each in events if each.type == "conversation.closed"]
    return str(closed[-1].data.get("by")) if closed else "nobody"
