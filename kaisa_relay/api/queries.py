"""A request's query: one reading that finds everything wrong, unknown parameters included.

Rule 1: an empty parameter is as good as none.
Rule 2: a `+` that its sender did not escape arrives as a space and is taken for what was meant.
"""

from datetime import UTC, datetime
from typing import Final

import msgspec
from attrs import frozen
from werkzeug.datastructures import MultiDict

from kaisa_relay.api.bodies import LONGEST_FIELD, Errors
from kaisa_relay.api.cursors import Listing, read_cursor
from kaisa_relay.api.problems import Problem, problem
from kaisa_relay.api.refusals import BadCursor
from kaisa_relay.api.shapes import MOST_PER_PAGE, USUAL_PER_PAGE, PageQuery
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import CHANNEL, ChannelId, from_text
from kaisa_relay.domain.phone import BadPhone, Phone, parse
from kaisa_relay.ports.faces import Filter

SHORTEST_TEXT: Final = 2
LONGEST_TEXT: Final = 100
_LONGEST_NUMBER: Final = 9
"""Digits; no parameter of ours is larger."""


class Query:
    """The parameters of one request; `shape` has a field for each that is known."""

    def __init__(self, args: MultiDict[str, str], shape: type[msgspec.Struct]) -> None:
        self.errors = Errors()
        self._args = args
        known = shape.__struct_fields__
        for name in args:
            if name not in known:
                message = f"is unknown; known are {', '.join(known)}"
                self.errors.add(name[:LONGEST_FIELD], message)

    def text(self, name: str) -> str | None:
        """Return a parameter that may be given once."""
        given = [text for text in self._args.getlist(name) if text]
        if len(given) > 1:
            self.errors.add(name, "is given more than once")
        return given[0] if given else None

    def number(self, name: str, bounds: range, default: int) -> int:
        """Return a whole number within bounds."""
        text = self.text(name)
        if text is None:
            return default
        digits = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
        if not digits or int(text) not in bounds:
            self.errors.add(name, f"must be a whole number from {bounds[0]} to {bounds[-1]}")
            return default
        return int(text)

    def choice(self, name: str, known: tuple[str, ...]) -> str | None:
        """Return one of a few words."""
        text = self.text(name)
        if text is not None and text not in known:
            self.errors.add(name, f"is unknown; known are {', '.join(known)}")
        return text

    def phases(self, name: str) -> tuple[Phase, ...]:
        """Return statuses, given with commas or repeated, without repetitions."""
        known = {phase.value: phase for phase in Phase}
        words = [word.strip() for text in self._args.getlist(name) for word in text.split(",")]
        if unknown := [word for word in words if word and word not in known]:
            seen = "is" if len(words) == 1 else f"has {len(unknown)} that are"
            self.errors.add(name, f"{seen} unknown; known are {', '.join(known)}")
        return tuple(dict.fromkeys(known[word] for word in words if word in known))

    def phone(self, name: str) -> Phone | None:
        """Return a number in its international form."""
        text = self.text(name)
        if text is None:
            return None
        phone = parse(_with_plus(text), None)
        if isinstance(phone, BadPhone):
            self.errors.add(name, phone.reason)
            return None
        return phone

    def channel(self, name: str) -> ChannelId | None:
        """Return a channel's id."""
        text = self.text(name)
        if text is None:
            return None
        id = from_text(CHANNEL, text)
        if id is None:
            self.errors.add(name, f"must be a channel's id, such as {CHANNEL}_ and 13 characters")
            return None
        return ChannelId(id)

    def instant(self, name: str) -> datetime | None:
        """Return an instant, in UTC."""
        text = self.text(name)
        if text is None:
            return None
        try:
            instant = msgspec.convert(text.strip().replace(" ", "+"), datetime)
            if instant.tzinfo is not None:
                return instant.astimezone(UTC)
        except (msgspec.ValidationError, OverflowError):
            pass
        self.errors.add(name, "must be an instant with its zone, such as 2026-11-22T08:00:00Z")
        return None

    def page(self, listing: Listing) -> "Page | Problem":
        """Return which page is asked for, or the problem with anything read so far."""
        limit = self.number("limit", range(1, MOST_PER_PAGE + 1), USUAL_PER_PAGE)
        text = self.text("cursor")
        if self.errors.found:
            return self.errors.problem()
        if text is None:
            return Page(limit, None)
        number = read_cursor(listing, text)
        return problem(BadCursor) if number is None else Page(limit, number)


@frozen
class Page:
    """How many items, and after which number of the list."""

    limit: int
    after: int | None


def read_page(args: MultiDict[str, str], listing: Listing) -> Page | Problem:
    """Read a query that asks for a page and nothing else."""
    return Query(args, PageQuery).page(listing)


def read_filter(query: Query) -> Filter:
    """Read which conversations are asked for."""
    return Filter(
        phases=query.phases("status"),
        agent=query.phone("agent"),
        visitor=query.phone("visitor"),
        channel=query.channel("channel"),
        created_from=query.instant("created_from"),
        created_before=query.instant("created_before"),
        text=_text(query),
    )


def _text(query: Query) -> str | None:
    text = query.text("text")
    if text is None:
        return None
    if not SHORTEST_TEXT <= len(text.strip()) <= LONGEST_TEXT or "\0" in text:
        query.errors.add("text", f"must have {SHORTEST_TEXT} to {LONGEST_TEXT} characters")
    return text.strip()


def _with_plus(text: str) -> str:
    return f"+{text[1:]}" if text.startswith(" ") else text
