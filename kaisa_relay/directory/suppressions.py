"""Which of these addresses triggers are not to write to."""

from collections.abc import Sequence

from sqlalchemy import Connection, select, tuple_

from kaisa_relay.domain.engagement.suppression import Address, Source, Way
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.store import Concealing
from kaisa_relay.store.engagement_table import suppression


def suppressed(
    connection: Connection,
    workspace: WorkspaceId,
    addresses: Sequence[Address],
    concealing: Concealing,
) -> dict[Address, Source]:
    """Return those of one workspace, as they stand on the list, and how we know of each."""
    table = suppression.c
    asked = [
        (each.way.value, form)
        for each in addresses
        for form in concealing.forms(workspace, each.way.value, each.text)
    ]
    query = select(table.way, table.address, table.source).where(
        table.workspace == workspace, tuple_(table.way, table.address).in_(asked)
    )
    rows = connection.execute(query)
    return {Address(Way(row.way), row.address): Source(row.source) for row in rows}
