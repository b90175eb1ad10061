"""Memory with an end: a dict that forgets its oldest entries."""

from collections import OrderedDict
from typing import TypeVar

V = TypeVar("V")


class Recent(OrderedDict[str, V]):
    """At most `most` entries, in the order in which their keys first came."""

    # Of all dicts only this one finds its first key at once after many were removed before it.

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __setitem__(self, key: str, value: V) -> None:
        super().__setitem__(key, value)
        if len(self) > self._most:
            del self[next(iter(self))]
