"""Erasing a person: what faces ask for, and what it needs of the actors.

Rule 1: a receipt holds ids, counts and instants only, so it may be kept and shown for ever.
Rule 2: what was asked for is done in the end, whatever stops in between.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from attrs import frozen

from kaisa_relay.domain.contact import Person
from kaisa_relay.domain.ids import ContactId, ConversationId, ErasureId, WorkspaceId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.requester import Requester
from kaisa_relay.ports.faces import NotFound
from kaisa_relay.ports.views import PersonView


@frozen
class Erasure:
    """A receipt: what became of a request to erase somebody.

    `removed` counts by kind what was taken out so far; `done_at` is None until all of it is.
    `asked_by` is the public id of a key or an account, None for an operator.
    """

    id: ErasureId
    workspace: WorkspaceId
    contact: ContactId
    asked_at: datetime
    asked_by: str | None
    done_at: datetime | None
    removed: Mapping[str, int]


@frozen
class StillTalking:
    """The person is in a conversation that has not ended."""

    conversation: ConversationId


@frozen
class AgentToo:
    """The person is an agent of the workspace, whose name and number are still needed."""


ErasureAnswer = Erasure | NotFound | StillTalking | AgentToo


class Erasing(Protocol):
    """What the API and operators ask for. Raises `StoreUnavailable`."""

    async def erase(
        self, workspace: WorkspaceId, contact: ContactId, by: Requester | None, *, force: bool
    ) -> ErasureAnswer:
        """Erase somebody, ending their conversations first if `force`; a repeat returns what is
        there. Returns within seconds, perhaps before it is done."""
        ...

    async def receipt(self, workspace: WorkspaceId, erasure: ErasureId) -> Erasure | None:
        """Return one receipt."""
        ...

    async def visitors(self, workspace: WorkspaceId, phone: Phone) -> Sequence[PersonView]:
        """Return who is known by this number and is no agent."""
        ...


class Parting(Protocol):
    """What an erasure asks of the actors. Raises `Busy`, `Fenced` or `StoreUnavailable`."""

    async def end(self, workspace: WorkspaceId, conversation: ConversationId) -> None:
        """End a conversation with the usual words to both; one that has ended stays so."""
        ...

    def leave(self, people: Sequence[Person], phones: Sequence[Phone]) -> None:
        """These people are about to be found by nothing any more: what is on its way to be
        written must not bring a number back."""
        ...

    def left(self, people: Sequence[Person]) -> None:
        """That was committed."""
        ...

    async def record(self, workspace: WorkspaceId, contact: ContactId, erasure: ErasureId) -> None:
        """Commit `contact.erased`, unless the contact's stream has it of this erasure."""
        ...
