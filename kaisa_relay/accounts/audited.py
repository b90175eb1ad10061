"""The command that lists the audit log, and what it is answered with."""

from datetime import datetime

from attrs import frozen


@frozen
class ListAudit:
    """Ask for a page of who saw or changed what, the newest first, below an entry's id.

    Without a workspace (name or id): what concerns the whole relay.
    """

    workspace: str | None = None
    below: str | None = None
    by: str | None = None
    action: str | None = None
    subject: str | None = None


@frozen
class AuditFacts:
    """One entry; `by` None is an operator, or somebody who is not known."""

    id: str
    at: datetime
    by: str | None
    action: str
    subject: str | None
    outcome: int | None


@frozen
class AuditLog:
    """A page of the log; `more` says that others are below its last."""

    entries: tuple[AuditFacts, ...]
    more: bool
