"""Finding workspaces by name or id, and listing what belongs to them."""

from collections.abc import Mapping

from sqlalchemy import Connection

from kaisa_relay.accounts import rows
from kaisa_relay.accounts.commands import Channels, Keys, Why
from kaisa_relay.accounts.facts import channel_facts, key_facts
from kaisa_relay.accounts.refusal import Refusal
from kaisa_relay.accounts.rows import WorkspaceRow
from kaisa_relay.domain.ids import WORKSPACE, WorkspaceId, from_text


def find_workspace(connection: Connection, name_or_id: str) -> WorkspaceRow:
    """Return the workspace, or refuse with the names that exist."""
    existing = rows.workspaces(connection)
    id = from_text(WORKSPACE, name_or_id)
    for row in existing:
        if row.id == id or row.name == name_or_id:
            return row
    names = ", ".join(sorted(row.name for row in existing)) or "none yet"
    raise Refusal(Why.UNKNOWN, f"there is no workspace {name_or_id[:80]!r}; there are: {names}")


def list_channels(workspace: str | None, connection: Connection) -> Channels:
    """Return the channels of one workspace, or of all."""
    names = _names(connection, workspace)
    return Channels(
        tuple(
            channel_facts(row, names[row.channel.workspace])
            for row in rows.channels(connection)
            if row.channel.workspace in names
        )
    )


def list_keys(workspace: str | None, connection: Connection) -> Keys:
    """Return the keys of one workspace, or of all."""
    names = _names(connection, workspace)
    return Keys(
        tuple(
            key_facts(row, names[row.workspace])
            for row in rows.keys(connection)
            if row.workspace in names
        )
    )


def _names(connection: Connection, workspace: str | None) -> Mapping[WorkspaceId, str]:
    if workspace is None:
        return {row.id: row.name for row in rows.workspaces(connection)}
    row = find_workspace(connection, workspace)
    return {row.id: row.name}
