"""Where the decided rows of the inbox lie: below zero, in the order in which they came.

A row keeps its page on SQLite, and no later one fills the hole that its body leaves there; among
the others that are decided it takes a quarter of the space.
"""

from typing import Final

BELOW: Final = 1 << 63
"""What is taken from a row's id when it is decided."""


def decided(id: int) -> int:
    """Return where the row of this id lies once it is decided."""
    return id - BELOW
