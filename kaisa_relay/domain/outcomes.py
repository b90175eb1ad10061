"""Outcomes that an agent can name with a tap; any other word can be typed after `/close`."""

from enum import StrEnum


class Outcome(StrEnum):
    """How a conversation ended, as its agent calls it; new ones come last (see `payloads`)."""

    SOLD = "sold"
    LOST = "lost"
    LATER = "later"
