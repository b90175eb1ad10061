"""What the writer can do to many units in one transaction.

Rule 1: together first; when a condition of one unit fails, each runs alone and only it fails.
Rule 2: whoever listens hears of units in the order of their commit, before their callers do.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from sqlalchemy import Connection

U = TypeVar("U")
R = TypeVar("R")


class Lost(Exception):
    """A condition that a unit names did not hold; `subject` is what it named."""

    def __init__(self, subject: object = None) -> None:
        super().__init__()
        self.subject = subject


class Operation(ABC, Generic[U, R]):
    """One kind of unit. Its methods but `committed` run on the writer's thread."""

    order: ClassVar[int] = 0
    """In one transaction the operations of a lower order run first."""

    def racy(self, unit: U) -> bool:
        """Say whether the unit may well lose a race, so that it had better run alone."""
        return False

    @abstractmethod
    def run(
        self, connection: Connection, units: Sequence[U], alone: bool
    ) -> Sequence[R | Exception]:
        """Write the units and return each one's answer, or what its caller shall see raised.

        Raises `Lost` when a condition failed, and leaves the undoing to the writer. `alone` says
        that there is one unit, whose failed condition must be named.
        """

    def refused(self, unit: U, lost: Lost) -> R | Exception:
        """Return the answer to a unit that lost; nothing of it was written."""
        return lost

    def committed(self, answers: Sequence[R]) -> None:
        """Tell whoever listens; called on the event loop, without a checkpoint, after a commit."""
        return
