"""Who saw or changed what: the audit log.

Rule 1: an entry has our ids, codes and instants; no names, no texts, nothing that was looked for.
Rule 2: what was seen is written before it is shown, and a change before it is made.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from attrs import frozen

from kaisa_relay.domain.ids import AuditId, WorkspaceId


class Action(StrEnum):
    """What was done; of a change, what was asked for."""

    TRANSCRIPT_READ = "transcript.read"
    FILE_READ = "file.read"
    TEXT_SEARCHED = "text.searched"
    VISITOR_LOOKED_UP = "visitor.looked-up"
    EXPORT_MADE = "export.made"
    EXPORT_DOWNLOADED = "export.downloaded"
    EXPORT_REMOVED = "export.removed"
    VIEW_SAVED = "view.saved"
    VIEW_REMOVED = "view.removed"
    SUPPRESSIONS_EXPORTED = "suppressions.exported"
    AUDIT_EXPORTED = "audit.exported"
    VISITOR_ERASED = "visitor.erased"
    NOTE_ADDED = "note.added"
    MESSAGE_WRITTEN = "message.written"
    CONVERSATION_TRANSFERRED = "conversation.transferred"
    CONVERSATION_RELEASED = "conversation.released"
    BLOCK_ADDED = "block.added"
    BLOCK_REMOVED = "block.removed"
    SUPPRESSION_ADDED = "suppression.added"
    SUPPRESSION_REMOVED = "suppression.removed"
    DELIVERY_REPLAYED = "delivery.replayed"
    TRIGGER_ADDED = "trigger.added"
    TRIGGER_CHANGED = "trigger.changed"
    TRIGGER_REMOVED = "trigger.removed"
    TRIGGER_TESTED = "trigger.tested"
    ENDPOINT_ADDED = "endpoint.added"
    ENDPOINT_CHANGED = "endpoint.changed"
    ENDPOINT_REMOVED = "endpoint.removed"
    ENDPOINT_TESTED = "endpoint.tested"
    SECRET_ROTATED = "endpoint.secret-rotated"
    WORKSPACE_ADDED = "workspace.added"
    WORKSPACE_CHANGED = "workspace.changed"
    CHANNEL_ADDED = "channel.added"
    CHANNEL_CHANGED = "channel.changed"
    AGENT_CHANGED = "agent.changed"
    APP_CHANGED = "app.changed"
    KEY_ADDED = "key.added"
    KEY_REVOKED = "key.revoked"
    USER_ADDED = "user.added"
    USER_CHANGED = "user.changed"
    USER_REMOVED = "user.removed"
    SIGNED_IN = "session.begun"
    SIGN_IN_REFUSED = "session.refused"
    LOCKED_OUT = "session.locked-out"


REPEATS_KNOWN: Final = 600.0
"""Seconds in which the same caller who sees the same thing again is not written down again."""


@frozen
class Entry:
    """One line of the log; `workspace` None is the whole relay.

    `by` is the public id of a key or an account; None is an operator at the command line, whoever
    had a download's link, or whoever tried to sign in. `subject` is a public id. `outcome` is the
    HTTP status of a change, None while it is not known, and for what needs none.
    """

    id: AuditId
    workspace: WorkspaceId | None
    at: datetime
    by: str | None
    action: Action
    subject: str | None = None
    outcome: int | None = None


@frozen
class Deed:
    """What is about to be written down; `workspace` None is the whole relay."""

    workspace: WorkspaceId | None
    by: str | None
    action: Action
    subject: str | None = None


@frozen
class Which:
    """The entries that are asked for; None is any."""

    by: str | None = None
    action: Action | None = None
    subject: str | None = None
    since: datetime | None = None
    before: datetime | None = None


class Auditing(Protocol):
    """The log of the workspaces. Raises `StoreUnavailable`: then nothing may be shown or done."""

    async def saw(self, deed: Deed) -> None:
        """Somebody is about to see something; returns when that is on disk."""
        ...

    async def asked(self, deed: Deed) -> Entry:
        """Somebody is about to change something; returns when that is on disk."""
        ...

    async def answered(self, entry: Entry, outcome: int, subject: str | None) -> None:
        """Note what came of a change, and of what it was. Raises nothing: a change was made."""
        ...

    async def entries(
        self, workspace: WorkspaceId, which: Which, below: AuditId | None, most: int
    ) -> Sequence[Entry]:
        """Return entries of a workspace, the newest first."""
        ...
