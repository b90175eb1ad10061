"""The tokens of links in memory."""

from kaisa_relay.domain.conversation.links import RecoveryStage
from kaisa_relay.domain.ids import ConversationId, WorkspaceId
from kaisa_relay.domain.replacing import replace
from kaisa_relay.domain.routing import Token
from kaisa_relay.journal.memory.rows import Rows, TokenRow, Transaction
from kaisa_relay.ports import NoteRecovery


def tokens_of(rows: Rows, workspace: WorkspaceId, of: ConversationId) -> list[TokenRow]:
    """Return the links that lead to a conversation, the newest first."""
    found = (
        token
        for (owner, _), token in rows.tokens.items()
        if owner == workspace and token.saved.conversation == of
    )
    return sorted(found, key=lambda token: token.saved.link or 0, reverse=True)


def token(rows: Rows, workspace: WorkspaceId, row: TokenRow) -> Token:
    """Return what a token stands for."""
    saved = row.saved
    state = rows.conversations[workspace, saved.conversation].state
    newest = tokens_of(rows, workspace, saved.conversation)[0].saved
    return Token(
        value=saved.value,
        conversation=saved.conversation,
        channel=saved.channel,
        until=saved.until,
        visitor=state.visitor,
        used_by=row.used_by,
        live=state.phase.live,
        url=saved.url,
        link=saved.link,
        newer=newest.url if newest.link != saved.link else None,
    )


def note_recovery(tx: Transaction, workspace: WorkspaceId, change: NoteRecovery) -> None:
    """Keep how far a link has brought somebody, the first time."""
    for row in tokens_of(tx.rows, workspace, change.conversation):
        if row.saved.link != change.link:
            continue
        noted = row
        if change.stage is RecoveryStage.WROTE:
            noted = replace(row, wrote_at=row.wrote_at or change.at)
        else:
            noted = replace(row, accepted_at=row.accepted_at or change.at)
        tx.put(tx.rows.tokens, (workspace, row.saved.value), noted)
