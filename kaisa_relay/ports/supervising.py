"""What faces ask of a conversation in the team's name, and the answers.

Rule 1: a repeat with the same idempotency key gets the first answer, and nothing is done twice.
"""

from datetime import datetime
from typing import Protocol

from attrs import field, frozen

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.messages import Refusal
from kaisa_relay.domain.ids import ContactId, ConversationId, MessageId, WorkspaceId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.requester import Requester
from kaisa_relay.ports.faces import KeyReused, NotFound, Repeatable


@frozen
class TeamNote:
    """Keep this with the conversation; nobody is sent it."""

    text: str = field(repr=False)


@frozen
class TeamText:
    """Write this to one side; what the agent gets is never the visitor's to see."""

    to: Side
    text: str = field(repr=False)


@frozen
class TeamTransfer:
    """Ask another agent to take over: this one, or whoever comes next (None)."""

    to: ContactId | Phone | None = field(repr=False)
    note: str | None = field(repr=False, default=None)


@frozen
class Supervision:
    """A request, by whom it is, and how a repeat of it is known."""

    wanted: TeamNote | TeamText | TeamTransfer
    by: Requester
    repeatable: Repeatable | None = None


@frozen
class Noted:
    """The note is kept."""

    message: MessageId
    at: datetime


@frozen
class Wrote:
    """The text is on its way, or held until its reader's window opens."""

    message: MessageId
    at: datetime
    held: bool


@frozen
class AgentAsked:
    """This agent was asked to take over, by the conversation's offer of this number."""

    agent: ContactId
    offer: int
    at: datetime


SupervisionAnswer = Noted | Wrote | AgentAsked
SupervisionRefusal = Refusal | KeyReused | NotFound


class SupervisingDesk(Protocol):
    """Where those requests reach the actors. Raises `Busy` or `StoreUnavailable`."""

    async def supervise(
        self, workspace: WorkspaceId, conversation: ConversationId, request: Supervision
    ) -> SupervisionAnswer | SupervisionRefusal:
        """Have it done in the team's name, or hear why not."""
        ...
