"""The rows of the read model as the projector holds them while it takes in a batch of events.

Rule 1: a row's fields are the columns of its table, under the same names and in the same units.
"""

from attrs import define


@define(eq=False)
class ConversationRow:
    """`tables.conversation`."""

    workspace: int
    id: int
    status: str
    channel: int
    visitor: int
    form: int
    language: str
    strategy: str
    created_at: int
    last_at: int
    reason: str | None = None
    outcome: str | None = None
    value: float | None = None
    currency: str | None = None
    agent: int | None = None
    started_at: int | None = None
    offered_at: int | None = None
    queued_at: int | None = None
    accepted_at: int | None = None
    replied_at: int | None = None
    ended_at: int | None = None
    offers: int = 0
    declined: int = 0
    missed: int = 0
    unreached: int = 0
    transfers: int = 0
    resumed: int = 0
    links: int = 0
    recovered: int = 0
    from_visitor: int = 0
    from_agent: int = 0
    from_team: int = 0
    undelivered: int = 0


@define(eq=False)
class MessageRow:
    """`tables.message`."""

    workspace: int
    conversation: int
    id: int
    writer: str
    kind: str
    at: int
    contact: int | None = None
    send: int | None = None
    template: int = 0
    held_at: int | None = None
    sent_at: int | None = None
    delivered_at: int | None = None
    read_at: int | None = None
    failed_at: int | None = None
    code: int | None = None


@define(eq=False)
class OfferRow:
    """`tables.offer`."""

    workspace: int
    conversation: int
    number: int
    agent: int
    template: int
    created_at: int
    offered_at: int
    why: str | None = None
    sent_at: int | None = None
    ended_at: int | None = None
    end: str | None = None
    code: int | None = None


@define(eq=False)
class RecoveryRow:
    """`tables.recovery`."""

    workspace: int
    conversation: int
    link: int
    stage: str
    at: int
    trigger_id: int | None = None
    version: int | None = None
    step: int | None = None


Row = ConversationRow | MessageRow | OfferRow | RecoveryRow
