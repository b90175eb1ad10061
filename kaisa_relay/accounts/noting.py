"""The audit log for operators: what they change goes into it, and they read it.

Rule 1: an entry goes in with the transaction that makes the change: none is without the other.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, TypeVar

from attrs import frozen
from sqlalchemy import Connection

from kaisa_relay.accounts import agents, apps, changes, commands, rows, suppressions, users
from kaisa_relay.accounts.audited import AuditFacts, AuditLog, ListAudit
from kaisa_relay.accounts.commands import Command, Why
from kaisa_relay.accounts.listing import find_workspace
from kaisa_relay.accounts.refusal import Refusal
from kaisa_relay.accounts.replaced import ReplaceChannel
from kaisa_relay.accounts.transactions import Transactions
from kaisa_relay.domain.ids import AUDIT, WORKSPACE, AuditId, WorkspaceId, from_text, to_text
from kaisa_relay.ports.auditing import Action, Entry, Which
from kaisa_relay.runtime.clock import WallClock
from kaisa_relay.store import audit_rows

T = TypeVar("T")

PAGE: Final = 1_000

ACTIONS: Final[Mapping[type[Command], Action]] = {
    commands.AddWorkspace: Action.WORKSPACE_ADDED,
    changes.SetWorkspace: Action.WORKSPACE_CHANGED,
    agents.SetHours: Action.WORKSPACE_CHANGED,
    commands.AddChannel: Action.CHANNEL_ADDED,
    changes.SetChannel: Action.CHANNEL_CHANGED,
    changes.SetChannelToken: Action.CHANNEL_CHANGED,
    changes.DrainChannel: Action.CHANNEL_CHANGED,
    changes.ResealTokens: Action.CHANNEL_CHANGED,
    ReplaceChannel: Action.CHANNEL_CHANGED,
    apps.AddApp: Action.APP_CHANGED,
    apps.SetApp: Action.APP_CHANGED,
    agents.AddAgent: Action.AGENT_CHANGED,
    agents.SetAgent: Action.AGENT_CHANGED,
    commands.AddKey: Action.KEY_ADDED,
    commands.RevokeKey: Action.KEY_REVOKED,
    commands.ReleaseConversation: Action.CONVERSATION_RELEASED,
    users.AddUser: Action.USER_ADDED,
    users.SetUser: Action.USER_CHANGED,
    users.RemoveUser: Action.USER_REMOVED,
    suppressions.AddSuppression: Action.SUPPRESSION_ADDED,
    suppressions.RemoveSuppression: Action.SUPPRESSION_REMOVED,
}
"""Erasures write their own, wherever they are asked for; blocks say themselves who made them."""


@frozen
class Noting:
    """Transactions of which each that writes leaves an entry."""

    store: Transactions
    command: Command
    action: Action
    new_id: Callable[[], int]
    clock: WallClock

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Read."""
        return await self.store.read(work)

    async def browse(self, work: Callable[[Connection], T]) -> T:
        """Read."""
        return await self.store.browse(work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Write, and say so."""
        return await self.store.write(partial(self._noted, work))

    def _noted(self, work: Callable[[Connection], T], connection: Connection) -> T:
        result = work(connection)
        subject = getattr(result, "id", None)
        of = _workspace(connection, subject, *(_named(each) for each in (self.command, result)))
        id, at = AuditId(self.new_id()), self.clock()
        audit_rows.add(connection, Entry(id, of, at, None, self.action, subject))
        return result


def list_audit(asked: ListAudit, connection: Connection) -> AuditLog:
    """Return a page of the log."""
    of = None if asked.workspace is None else find_workspace(connection, asked.workspace).id
    if asked.action is not None and asked.action not in list(Action):
        raise Refusal(Why.INVALID, f"the action must be one of: {', '.join(Action)}")
    action = None if asked.action is None else Action(asked.action)
    below = None if asked.below is None else AuditId(from_text(AUDIT, asked.below) or 0)
    which = Which(asked.by, action, asked.subject)
    found = audit_rows.page(connection, of, which, below, PAGE + 1)
    return AuditLog(tuple(_facts(each) for each in found[:PAGE]), len(found) > PAGE)


def _workspace(connection: Connection, *names: str | None) -> WorkspaceId | None:
    """Return whose it is; None is the whole relay."""
    for row in rows.workspaces(connection):
        if row.name in names or to_text(WORKSPACE, row.id) in names:
            return row.id
    return None


def _named(what: object) -> str | None:
    name = getattr(what, "workspace", None)
    return name if isinstance(name, str) else None


def _facts(entry: Entry) -> AuditFacts:
    return AuditFacts(
        id=to_text(AUDIT, entry.id),
        at=entry.at,
        by=entry.by,
        action=entry.action.value,
        subject=entry.subject,
        outcome=entry.outcome,
    )
