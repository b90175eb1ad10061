"""Exports as the API and the command line have them: every row that a filter means, as one file."""

from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Final, Protocol

from attrs import frozen

from kaisa_relay.domain.explore.columns import Column, Rows
from kaisa_relay.domain.explore.filtering import Filter
from kaisa_relay.domain.ids import WorkspaceId

MOST_SHEETED: Final = 100_000
"""Conversations in an XLSX file, a tenth where their messages or offers are its rows: nothing of it
goes out before all of it is made."""


class Format(StrEnum):
    """In which form rows go out."""

    CSV = "csv"
    JSONL = "jsonl"
    XLSX = "xlsx"


@frozen
class Wanted:
    """What is exported of a workspace."""

    which: Filter
    rows: Rows
    columns: tuple[Column, ...]
    format: Format


class Exports(Protocol):
    """The exports of the read model."""

    async def fits(self, of: WorkspaceId, wanted: Wanted) -> bool:
        """Say whether it is not too much for its format. Raises `StoreUnavailable`."""
        ...

    def pieces(self, of: WorkspaceId, wanted: Wanted) -> AsyncIterator[bytes]:
        """Yield the file, with no more than a page of it in memory. Raises `StoreUnavailable`.

        A conversation that begins meanwhile is not in it, and none is in it twice.
        """
        ...
