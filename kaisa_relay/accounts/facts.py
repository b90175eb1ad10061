"""Rows as operators see them: text ids, no hashes, no tokens."""

from kaisa_relay.accounts.commands import ChannelFacts, KeyFacts, WorkspaceFacts
from kaisa_relay.accounts.rows import ChannelRow, KeyRow, WorkspaceRow
from kaisa_relay.domain.ids import CHANNEL, KEY, WORKSPACE, to_text


def workspace_facts(row: WorkspaceRow) -> WorkspaceFacts:
    """Show a workspace."""
    return WorkspaceFacts(to_text(WORKSPACE, row.id), row.name, row.settings)


def channel_facts(row: ChannelRow, workspace: str) -> ChannelFacts:
    """Show a channel of the workspace with this name."""
    channel = row.channel
    return ChannelFacts(
        id=to_text(CHANNEL, channel.id),
        workspace=workspace,
        phone_number_id=channel.phone_number_id,
        number=channel.phone,
        waba=row.waba,
        app=channel.app,
        portfolio=channel.portfolio,
        throughput=channel.throughput,
        draining=channel.draining,
    )


def key_facts(row: KeyRow, workspace: str) -> KeyFacts:
    """Show a key of the workspace with this name."""
    return KeyFacts(
        id=to_text(KEY, row.id),
        workspace=workspace,
        name=row.name,
        scopes=row.scopes,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
