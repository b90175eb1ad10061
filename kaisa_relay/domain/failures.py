"""Why a message will not arrive, in the few classes that its writer can do something about.

Rule 1: the code decides (reference, section 4.12): Meta's, whether it came with the answer or
later with a status, or ours where a file could not be brought over.
"""

from enum import StrEnum
from typing import Final

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.files import FileProblem
from kaisa_relay.domain.texts import TextKey


class Failure(StrEnum):
    """What stood in the way of a message."""

    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    TOO_LATE = "too_late"
    TOO_LARGE = "too_large"
    FILE_LOST = "file_lost"
    FILE_NOT_TAKEN = "file_not_taken"
    OTHER = "other"


_CLASSES: Final[dict[int, Failure]] = {
    **dict.fromkeys((131021, 131026, 131030), Failure.UNREACHABLE),
    **dict.fromkeys((130472, 130497, 131048, 131049, 131050, 131064, 368), Failure.REFUSED),
    **dict.fromkeys((470, 131047), Failure.TOO_LATE),
    **dict.fromkeys((131052, FileProblem.TOO_LARGE), Failure.TOO_LARGE),
    **dict.fromkeys((131053, FileProblem.NOT_TAKEN), Failure.FILE_NOT_TAKEN),
    **dict.fromkeys(
        (FileProblem.EXPIRED, FileProblem.DAMAGED, FileProblem.TIMED_OUT), Failure.FILE_LOST
    ),
}
"""131052 is what Meta says of a file that was too large for it to hand on;
131026 is also what Meta says of somebody who has blocked the number."""

_TEXTS: Final = {
    (Failure.UNREACHABLE, Side.VISITOR): TextKey.UNREACHABLE_VISITOR,
    (Failure.REFUSED, Side.VISITOR): TextKey.REFUSED_VISITOR,
    (Failure.TOO_LATE, Side.VISITOR): TextKey.TOO_LATE_VISITOR,
    (Failure.TOO_LARGE, Side.VISITOR): TextKey.FILE_TOO_LARGE,
    (Failure.FILE_LOST, Side.VISITOR): TextKey.FILE_LOST,
    (Failure.FILE_NOT_TAKEN, Side.VISITOR): TextKey.FILE_NOT_TAKEN,
    (Failure.OTHER, Side.VISITOR): TextKey.NOT_DELIVERED_VISITOR,
    (Failure.UNREACHABLE, Side.AGENT): TextKey.UNREACHABLE_AGENT,
    (Failure.REFUSED, Side.AGENT): TextKey.REFUSED_AGENT,
    (Failure.TOO_LATE, Side.AGENT): TextKey.TOO_LATE_AGENT,
    (Failure.TOO_LARGE, Side.AGENT): TextKey.FILE_TOO_LARGE,
    (Failure.FILE_LOST, Side.AGENT): TextKey.FILE_LOST,
    (Failure.FILE_NOT_TAKEN, Side.AGENT): TextKey.FILE_NOT_TAKEN,
    (Failure.OTHER, Side.AGENT): TextKey.NOT_DELIVERED_AGENT,
}

NOTES: Final = frozenset(_TEXTS.values())
"""Every text that tells a writer that a message of theirs will not arrive."""


def failure_of(code: int | None) -> Failure:
    """Return the class of one of Meta's codes."""
    return _CLASSES.get(code or 0, Failure.OTHER)


def may_pass(code: int | None) -> bool:
    """Say whether what stood in the way has nothing to do with who it was for, and may go."""
    return failure_of(code) in (Failure.OTHER, Failure.TOO_LATE)


def note_for(writer: Side, code: int | None) -> TextKey:
    """Return what the writer of a message is told when it failed with this code."""
    return _TEXTS[failure_of(code), writer]
