"""How events of an older version are read today.

Rule 1: an event's version rises when an old text of it would be misread or refused; a new field
with a default needs no version.
Rule 2: an upcast leads from one version to the next, on plain JSON objects, and stays for ever.
"""

from collections.abc import Callable
from typing import Any, Final

Json = dict[str, Any]
Upcast = Callable[[Json], Json]

CURRENT: Final[dict[str, int]] = {}
"""The version in which each kind of event is written; those not named are in version 1."""

UPCASTS: Final[dict[tuple[str, int], Upcast]] = {}
"""From (kind, version) to the text that version + 1 would have been."""


def upcast(kind: str, versions: range, data: Json) -> Json:
    """Return `data` of the first of `versions` as the version after the last of them has it.

    Raises `KeyError` where a step is missing.
    """
    for version in versions:
        data = UPCASTS[kind, version](data)
    return data
