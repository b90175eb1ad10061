"""Why a message will not arrive, in the few classes that its writer can do something about.

Rule 1: the code decides (reference, section 4.12), and it is Meta's, whether it came with the
answer or later with a status.
"""

from enum import StrEnum
from typing import Final

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.texts import TextKey


class Failure(StrEnum):
    """What stood in the way of a message."""

    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    TOO_LATE = "too_late"
    OTHER = "other"


_CLASSES: Final = {
    **dict.fromkeys((131021, 131026, 131030), Failure.UNREACHABLE),
    **dict.fromkeys((130472, 130497, 131048, 131049, 131050, 131064, 368), Failure.REFUSED),
    **dict.fromkeys((470, 131047), Failure.TOO_LATE),
}
"""131026 is also what Meta says of somebody who has blocked the number."""

_TEXTS: Final = {
    (Failure.UNREACHABLE, Side.VISITOR): TextKey.UNREACHABLE_VISITOR,
    (Failure.REFUSED, Side.VISITOR): TextKey.REFUSED_VISITOR,
    (Failure.TOO_LATE, Side.VISITOR): TextKey.TOO_LATE_VISITOR,
    (Failure.OTHER, Side.VISITOR): TextKey.NOT_DELIVERED_VISITOR,
    (Failure.UNREACHABLE, Side.AGENT): TextKey.UNREACHABLE_AGENT,
    (Failure.REFUSED, Side.AGENT): TextKey.REFUSED_AGENT,
    (Failure.TOO_LATE, Side.AGENT): TextKey.TOO_LATE_AGENT,
    (Failure.OTHER, Side.AGENT): TextKey.NOT_DELIVERED_AGENT,
}

NOTES: Final = frozenset(_TEXTS.values())
"""Every text that tells a writer that a message of theirs will not arrive."""


def failure_of(code: int | None) -> Failure:
    """Return the class of one of Meta's codes."""
    return _CLASSES.get(code or 0, Failure.OTHER)


def note_for(writer: Side, code: int | None) -> TextKey:
    """Return what the writer of a message is told when it failed with this code."""
    return _TEXTS[failure_of(code), writer]
