"""What Explore's reports count, and what each of their figures means.

Rule 1: a figure is defined here and nowhere else; the API serves the words with the numbers.
Rule 2: every figure is of the conversations that the filter means, and of no other.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from attrs import frozen


class Unit(StrEnum):
    """What a figure is counted in."""

    COUNT = "count"
    SHARE = "share"
    SECONDS = "seconds"


@frozen
class Figure:
    """One figure; a share is the one of `part` divided by the other."""

    name: str
    unit: Unit
    says: str
    part: tuple[str, str] | None = None


class ReportName(StrEnum):
    """The reports that there are."""

    FUNNEL = "funnel"
    TIMES = "times"
    AGENTS = "agents"
    CHANNELS = "channels"
    ENGAGEMENT = "engagement"


Values = Mapping[str, float | None]
"""Figures by name. Seconds are seconds; a share or a time of nothing is None."""

PERCENTILES: Final = {"median": 50, "p90": 90, "p99": 99}
"""Of a hundred, how many are at most as long."""


def with_shares(name: ReportName, counted: Values) -> Values:
    """Return every figure of a report in its order, the shares worked out from the counts."""
    return {
        each.name: counted.get(each.name) if each.part is None else _share(counted, *each.part)
        for each in FIGURES[name]
    }


def completed(name: ReportName, counted: Values) -> Values:
    """Return every figure of a report: what was not counted is none of it."""
    none = {each.name: 0 for each in FIGURES[name] if each.unit is Unit.COUNT}
    return with_shares(name, {**none, **{k: v for k, v in counted.items() if v is not None}})


def _share(counted: Values, part: str, whole: str) -> float | None:
    above, below = counted.get(part), counted.get(whole)
    return above / below if above is not None and below else None


def _count(name: str, says: str) -> Figure:
    return Figure(name, Unit.COUNT, says)


def _part(name: str, part: str, whole: str, says: str) -> Figure:
    return Figure(name, Unit.SHARE, says, (part, whole))


_CREATED: Final = _count("created", "Conversations that were created, whatever became of them.")

_FUNNEL: Final = (
    _CREATED,
    _count("scanned", "Conversations whose visitor wrote a first message."),
    _count("offered", "Conversations that at least one agent was asked to take."),
    _count("accepted", "Conversations that an agent took."),
    _count("replied", "Conversations in which the agent wrote after taking them."),
    _count("closed", "Conversations that were closed: by a person or for want of messages."),
    _count("with_outcome", "Conversations that were closed with an outcome."),
    _count("failed", "Conversations that no agent could be found for."),
    _count("abandoned", "Conversations whose link nobody used, or whose visitor came by another."),
    _part("scanned_share", "scanned", "created", "Scanned, of those created."),
    _part("offered_share", "offered", "scanned", "Offered, of those scanned."),
    _part("accepted_share", "accepted", "scanned", "Accepted, of those scanned."),
    _part("replied_share", "replied", "accepted", "Replied, of those accepted."),
    _part("closed_share", "closed", "created", "Closed, of those created."),
    _part("failed_share", "failed", "created", "Failed, of those created."),
    _part("abandoned_share", "abandoned", "created", "Abandoned, of those created."),
)

SPAN_SAYS: Final = {
    "to_message": "from the conversation's creation to the visitor's first message",
    "to_accept": "from the visitor's first message to the first yes of an agent",
    "to_reply": "from the first yes to the agent's first words after it",
    "duration": "from the visitor's first message to the end, of those that ended",
}
"""The spans of `fields.SPANS` in words."""

_OF_PERCENTILE: Final = {
    "median": "Half took at most so long",
    "p90": "Nine in ten took at most so long",
    "p99": "Ninety-nine in a hundred took at most so long",
}


def _times(span: str, says: str) -> tuple[Figure, ...]:
    counted = _count(span, f"Conversations with a time {says}.")
    return (
        counted,
        *(
            Figure(f"{span}_{each}", Unit.SECONDS, f"{words}, {says}.")
            for each, words in _OF_PERCENTILE.items()
        ),
    )


_TIMES: Final = (_CREATED, *(each for span in SPAN_SAYS.items() for each in _times(*span)))

_AGENTS: Final = (
    _count("offers", "Times that the agent was asked to take a conversation."),
    _count("accepts", "Offers that the agent accepted, transfers among them."),
    _count("declines", "Offers that the agent declined."),
    _count("missed", "Offers that ran out unanswered."),
    _count("unreached", "Offers that could not be delivered to the agent."),
    _count("rescinded", "Offers taken back, because somebody else was first or the visitor left."),
    _part("accept_share", "accepts", "offers", "Accepted, of those offered."),
    _count("conversations", "Conversations that the agent has, or had last."),
    *_times("to_reply", SPAN_SAYS["to_reply"])[1:],
    _count("most_at_once", "The most conversations at once of one agent, who had them last."),
)

_CHANNELS: Final = (
    _CREATED,
    _count("pairs", "Different pairs of a visitor and an agent that talked through the number."),
    _count("messages", "Messages that visitors, agents and the team wrote."),
    _count("undelivered", "Messages that will not arrive."),
    _part("undelivered_share", "undelivered", "messages", "Undelivered, of those written."),
    _count("offers", "Offers to agents that went out."),
    _count("unreached", "Offers that could not be delivered."),
    _part("unreached_share", "unreached", "offers", "Undelivered offers, of those that went out."),
)

_ENGAGEMENT: Final = (
    _count("started", "Times that a step began for something that happened in a conversation."),
    _count("sent", "Messages and calls of a step that were tried at least once."),
    _count("delivered", "Messages and calls that arrived."),
    _count("failed", "Messages and calls that were given up."),
    _count("stopped", "Messages and calls that were stopped before they arrived."),
    _count("waiting", "Messages and calls that are still to go out, or to arrive."),
    _part("delivered_share", "delivered", "sent", "Arrived, of those tried."),
    _count("links", "Links back into a conversation that a step made."),
    _count("links_used", "Such links by which somebody wrote."),
    _part("links_used_share", "links_used", "links", "Links used, of those made."),
    _count("came_back", "Conversations in which somebody wrote after such a link."),
    _count("accepted", "Such links whose visitor an agent then took."),
    _part("accepted_share", "accepted", "links_used", "Links that led to an agent, of those used."),
)
"""What is counted of deliveries is known until thirty days after each ended; links for ever."""

FIGURES: Final = {
    ReportName.FUNNEL: _FUNNEL,
    ReportName.TIMES: _TIMES,
    ReportName.AGENTS: _AGENTS,
    ReportName.CHANNELS: _CHANNELS,
    ReportName.ENGAGEMENT: _ENGAGEMENT,
}
"""What each report serves, in the order in which it is shown."""
