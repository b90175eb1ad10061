"""`POST /conversations/whatsapp`: from what was asked to what the desk understands.

Rule 1: whatever can be known to be wrong without asking anybody is said here, all of it at once.
Rule 2: who is whom, and which numbers are channels, is the desk's to know.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, Final

import msgspec

from kaisa_relay.api.bodies import Errors
from kaisa_relay.api.problems import Problem
from kaisa_relay.api.shapes import (
    LARGEST_METADATA,
    LONGEST_NAME,
    MOST_AGENTS,
    Agent,
    CreateConversation,
    Visitor,
)
from kaisa_relay.domain.conversation.messages import Strategy
from kaisa_relay.domain.durations import BadDuration, read_duration
from kaisa_relay.domain.phone import BadPhone, Phone, candidates, parse
from kaisa_relay.ports.faces import FormPerson, NewConversation, Repeatable

SHORTEST: Final = timedelta(minutes=1)
LONGEST_SILENCE: Final = timedelta(days=30)
LONGEST_LINK: Final = timedelta(days=7)
DEEPEST_METADATA: Final = 32
PRIORITIES: Final = range(-1000, 1001)
MOST_AT_ONCE: Final = 100
LONGEST_LANGUAGE: Final = 35
"""Characters (RFC 5646, section 4.4.1)."""

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", re.ASCII)
_CONTROLS: Final = {"Cc", "Zl", "Zp"}


def read_creation(
    asked: CreateConversation, repeatable: Repeatable | None
) -> NewConversation | Problem:
    """Return the request as the desk takes it, or the problem with all that is wrong."""
    reading = _Reading(asked)
    visitor = reading.person(asked.visitor, "visitor")
    agents = reading.agents(asked.agents)
    request = NewConversation(
        visitor=visitor,
        agents=agents,
        metadata=reading.metadata(),
        strategy=reading.strategy(),
        expires_after=reading.duration("expires_after", LONGEST_SILENCE),
        link_expires_after=reading.duration("link_expires_after", LONGEST_LINK),
        repeatable=repeatable,
    )
    reading.all_different([visitor, *agents])
    return reading.errors.problem() if reading.errors.found else request


class _Reading:
    """One request on its way through the checks; what a failed check returns is never used."""

    def __init__(self, asked: CreateConversation) -> None:
        self.asked = asked
        self.errors = Errors()
        self.region = self._region(asked.region)
        self.language = self._language(asked.language, "language", None)

    def agents(self, asked: Sequence[Agent]) -> tuple[FormPerson, ...]:
        """Read the list of agents."""
        if not 1 <= len(asked) <= MOST_AGENTS:
            self.errors.add("agents", f"must hold 1 to {MOST_AGENTS} people")
            return ()
        return tuple(self.person(each, f"agents[{at}]") for at, each in enumerate(asked))

    def person(self, asked: Visitor | Agent, at: str) -> FormPerson:
        """Read one person."""
        priority = asked.priority or 0 if isinstance(asked, Agent) else 0
        if priority not in PRIORITIES:
            bounds = f"{PRIORITIES[0]} to {PRIORITIES[-1]}"
            self.errors.add(f"{at}.priority", f"must be within {bounds}")
        phone = parse(asked.phone, self.region)
        if isinstance(phone, BadPhone):
            self.errors.add(f"{at}.phone", phone.reason)
        return FormPerson(
            name=self._name(asked.name, f"{at}.name"),
            phone=_NO_PHONE if isinstance(phone, BadPhone) else phone,
            language=self._language(asked.language, f"{at}.language", self.language),
            priority=priority,
            capacity=self._capacity(asked, at),
        )

    def _capacity(self, asked: Visitor | Agent, at: str) -> int | None:
        capacity = asked.capacity if isinstance(asked, Agent) else None
        if capacity is not None and not 1 <= capacity <= MOST_AT_ONCE:
            self.errors.add(f"{at}.capacity", f"must be within 1 to {MOST_AT_ONCE}")
        return capacity

    def metadata(self) -> bytes:
        """Return the metadata as compact JSON."""
        metadata = self.asked.metadata or {}
        if _deeper_than(DEEPEST_METADATA, metadata):
            self.errors.add("metadata", f"must be nested at most {DEEPEST_METADATA} deep")
            return b"{}"
        encoded = msgspec.json.encode(metadata)
        if len(encoded) > LARGEST_METADATA:
            self.errors.add("metadata", f"must be at most {LARGEST_METADATA} bytes of JSON")
        return encoded

    def strategy(self) -> Strategy:
        """Return the strategy, or the usual one."""
        asked = self.asked.strategy
        known = [each.value for each in Strategy]
        if asked is not None and asked not in known:
            self.errors.add("strategy", f"is unknown; known are {', '.join(known)}")
            return Strategy.LISTED
        return Strategy(asked) if asked is not None else Strategy.LISTED

    def duration(self, name: str, most: timedelta) -> timedelta | None:
        """Read one of the two times."""
        text: str | None = getattr(self.asked, name)
        if text is None:
            return None
        duration = read_duration(text, SHORTEST, most)
        if isinstance(duration, BadDuration):
            self.errors.add(name, duration.reason)
            return None
        return duration

    def all_different(self, people: Sequence[FormPerson]) -> None:
        """Note who has a number that somebody before them may have too."""
        owners: dict[str, int] = {}
        for index, person in enumerate(people):
            if person.phone == _NO_PHONE:
                continue
            forms = candidates(person.phone)
            owner = next((owners[form] for form in forms if form in owners), None)
            if owner is not None:
                first = "visitor" if owner == 0 else f"agents[{owner - 1}]"
                self.errors.add(
                    f"agents[{index - 1}].phone", f"is the same number as {first}.phone"
                )
            owners |= {form: index for form in forms if form not in owners}

    def _region(self, region: str | None) -> str | None:
        # An empty number is refused for its region first, if that is no region.
        empty = parse("", None)
        refused = parse("", region)
        if isinstance(refused, BadPhone) and refused != empty:
            self.errors.add("region", refused.reason)
            return None
        return region

    def _name(self, name: str, at: str) -> str:
        trimmed = name.strip()
        if not 1 <= len(trimmed) <= LONGEST_NAME:
            self.errors.add(at, f"must have 1 to {LONGEST_NAME} characters")
        elif any(unicodedata.category(character) in _CONTROLS for character in trimmed):
            self.errors.add(at, "must not hold control characters or line breaks")
        return trimmed

    def _language(self, language: str | None, at: str, default: str | None) -> str | None:
        if language is None:
            return default
        if len(language) > LONGEST_LANGUAGE or not _LANGUAGE.fullmatch(language):
            self.errors.add(at, "must be a language tag such as en, sv or es-MX")
        return language


def _deeper_than(most: int, value: dict[str, Any]) -> bool:
    # Level by level: whoever reads it later may do so by recursion, this may not.
    level: list[dict[str, Any] | list[Any]] = [value]
    for _ in range(most):
        level = [
            each for outer in level for each in _inside(outer) if isinstance(each, dict | list)
        ]
    return bool(level)


def _inside(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


_NO_PHONE: Final = Phone("")
"""Stands where a number did not parse."""
