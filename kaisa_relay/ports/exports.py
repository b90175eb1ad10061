"""Exports as the API and the command line have them: every row that a filter means, as one file."""

from collections.abc import AsyncIterator
from typing import Final, Protocol

from kaisa_relay.domain.explore.wanted import Format as Format
from kaisa_relay.domain.explore.wanted import Wanted as Wanted
from kaisa_relay.domain.ids import WorkspaceId

MOST_SHEETED: Final = 100_000
"""Conversations in a workbook or Parquet file that goes out at once, a tenth where their messages
or offers are its rows: nothing of it goes out before all of it is made."""


class Exports(Protocol):
    """The exports of the read model."""

    def offers(self, format: Format) -> bool:
        """Say whether what makes such files is installed; `parquet` is an extra."""
        ...

    async def fits(self, of: WorkspaceId, wanted: Wanted) -> bool:
        """Say whether it is not too much for its format. Raises `StoreUnavailable`."""
        ...

    def pieces(self, of: WorkspaceId, wanted: Wanted) -> AsyncIterator[bytes]:
        """Yield the file, with no more than a page of it in memory. Raises `StoreUnavailable`.

        A conversation that begins meanwhile is not in it, and none is in it twice.
        """
        ...
