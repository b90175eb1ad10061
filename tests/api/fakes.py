"""A desk, an archive and keys that work, in memory; what the API is tested against."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

from attrs import define, evolve, field

from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.messages import AlreadyEnded
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId, MessageId, WorkspaceId
from kaisa_relay.domain.requester import Requester
from kaisa_relay.ports.faces import (
    AgentView,
    ConversationView,
    Ended,
    Filter,
    FormPerson,
    KeyReused,
    MessageView,
    NewConversation,
    NotFound,
    PersonView,
    Reservation,
    ReserveRefusal,
)
from kaisa_relay.ports.journal import Recorded
from kaisa_relay.ports.keys import ApiKey, Scope
from kaisa_relay.ports.supervising import (
    AgentAsked,
    Noted,
    Supervision,
    SupervisionAnswer,
    SupervisionRefusal,
    TeamNote,
    TeamText,
    TeamTransfer,
    Wrote,
)
from kaisa_relay.runtime.callback import OnAnswer
from tests.api.rows import (
    CHANNEL,
    BlockingArchive,
    BlockingDesk,
)
from tests.api.rows import EPOCH as EPOCH
from tests.api.rows import OURS as OURS
from tests.api.rows import THEIRS as THEIRS
from tests.api.rows import Rows as Rows


async def _at_once() -> None:
    """Take no time."""


@define
class MemoryDesk(BlockingDesk):
    """Reserves for everybody unless told to refuse; keeps idempotency keys as the real one.

    `answering` is what happens between the commit and the answer.
    """

    asked: list[NewConversation] = field(factory=list)
    refusal: ReserveRefusal | None = None
    answering: Callable[[], Awaitable[None]] = _at_once
    supervised: list[Supervision] = field(factory=list)
    no: SupervisionRefusal | None = None
    ended_by: list[Requester | None] = field(factory=list)
    _kept: dict[tuple[WorkspaceId, str], tuple[bytes, Reservation]] = field(factory=dict)
    _answered: dict[tuple[WorkspaceId, str], tuple[bytes, SupervisionAnswer]] = field(factory=dict)

    async def reserve(
        self, workspace: WorkspaceId, request: NewConversation
    ) -> Reservation | ReserveRefusal:
        """Make a reservation with the first agent."""
        self.rows.check()
        repeatable = request.repeatable
        if repeatable and (kept := self._kept.get((workspace, repeatable.key))):
            return kept[1] if kept[0] == repeatable.request_hash else KeyReused()
        self.asked.append(request)
        if self.refusal is not None:
            return self.refusal
        made = self._made(ConversationId(100 + len(self.rows.views)), request)
        self.rows.views[workspace, made.conversation] = _view(made)
        if repeatable:
            self._kept[workspace, repeatable.key] = repeatable.request_hash, made
        await self.answering()
        return made

    async def supervise(
        self, workspace: WorkspaceId, conversation: ConversationId, request: Supervision
    ) -> SupervisionAnswer | SupervisionRefusal:
        """Say that it is done, unless told to refuse; keeps idempotency keys as the real one."""
        self.rows.check()
        if (workspace, conversation) not in self.rows.views:
            return NotFound()
        repeatable = request.repeatable
        if repeatable and (kept := self._answered.get((workspace, repeatable.key))):
            return kept[1] if kept[0] == repeatable.request_hash else KeyReused()
        self.supervised.append(request)
        if self.no is not None:
            return self.no
        answer = _done(request, len(self.supervised))
        if repeatable:
            self._answered[workspace, repeatable.key] = repeatable.request_hash, answer
        return answer

    async def end(
        self,
        workspace: WorkspaceId,
        conversation: ConversationId,
        by: Requester | None = None,
    ) -> Ended | AlreadyEnded | NotFound:
        """End it, once."""
        self.rows.check()
        self.ended_by.append(by)
        seen = self.rows.views.get((workspace, conversation))
        if seen is None:
            return NotFound()
        if seen.ended_at is not None:
            return AlreadyEnded(seen.ended_at)
        self.rows.views[workspace, conversation] = evolve(
            seen, phase=Phase.CLOSED, reason="api", ended_at=EPOCH
        )
        return Ended()

    def _made(self, id: ConversationId, request: NewConversation) -> Reservation:
        lasts = request.link_expires_after or timedelta(minutes=30)
        return Reservation(
            conversation=id,
            channel=CHANNEL.id,
            channel_phone=CHANNEL.phone,
            url=f"https://wa.me/46850000001?text=Hej%20{id}",
            visitor=request.visitor,
            agent=request.agents[0],
            metadata=request.metadata,
            created_at=EPOCH,
            expires_at=EPOCH + lasts,
        )


@define
class MemoryArchive(BlockingArchive):
    """Reads the rows; filters as the real one does."""

    async def conversation(
        self, workspace: WorkspaceId, conversation: ConversationId
    ) -> ConversationView | None:
        """Return one of this workspace."""
        self.rows.check()
        return self.rows.views.get((workspace, conversation))

    async def conversations(
        self,
        workspace: WorkspaceId,
        where: Filter,
        before: ConversationId | None,
        limit: int,
    ) -> Sequence[ConversationView]:
        """Return the newest that fit."""
        self.rows.check()
        found = [
            view
            for (owner, id), view in self.rows.views.items()
            if owner == workspace and (before is None or id < before) and _fits(view, where)
        ]
        return sorted(found, key=lambda view: view.id, reverse=True)[:limit]

    async def messages(
        self, workspace: WorkspaceId, conversation: ConversationId, after: int, limit: int
    ) -> Sequence[tuple[int, MessageView]]:
        """Return the messages after a version."""
        return [each for each in self.rows.messages if each[0] > after][:limit]

    async def agents(
        self, workspace: WorkspaceId, after: ContactId | None, limit: int
    ) -> Sequence[AgentView]:
        """Return the agents of this workspace after an id."""
        self.rows.check()
        agents = self.rows.agents if workspace == OURS else []
        return [each for each in agents if each.agent.contact > (after or 0)][:limit]

    async def events(
        self, workspace: WorkspaceId, conversation: ConversationId, after: int, limit: int
    ) -> Sequence[Recorded]:
        """Return the events after a version."""
        return [each for each in self.rows.events if each.version > after][:limit]


@define
class MemoryKeys:
    """Keys by their text."""

    known: Mapping[str, ApiKey]

    async def authenticate(self, bearer: str) -> ApiKey | None:
        """Return the key with this text."""
        return self.known.get(bearer)


@define
class MemoryChannels:
    """One workspace with one channel."""

    def channel(self, workspace: WorkspaceId, channel: ChannelId) -> Channel | None:
        """Return it where it belongs."""
        return CHANNEL if (workspace, channel) == (CHANNEL.workspace, CHANNEL.id) else None


@define
class MemoryLane:
    """Keeps what it is handed, and answers as told."""

    received: list[tuple[str, str | None, bytes]] = field(factory=list)
    answer: tuple[int, bytes] = (200, b"")

    def receive_nowait(
        self, app: str, signature: str | None, body: bytes, on_answer: OnAnswer[tuple[int, bytes]]
    ) -> None:
        """Keep one POST."""
        self.received.append((app, signature, body))
        on_answer(self.answer)

    def handshake(self, query: Mapping[str, str]) -> tuple[int, bytes]:
        """Give back the challenge."""
        return 200, query.get("hub.challenge", "").encode()


def make_key(id: int, workspace: WorkspaceId, *scopes: Scope) -> ApiKey:
    """Return a key with these scopes."""
    return ApiKey(id, workspace, frozenset(scope.value for scope in scopes))


def _done(request: Supervision, number: int) -> SupervisionAnswer:
    message = MessageId(500 + number)
    match request.wanted:
        case TeamNote():
            return Noted(message, EPOCH)
        case TeamText(to=to):
            return Wrote(message, EPOCH, held=to is Side.AGENT)
        case TeamTransfer():
            return AgentAsked(ContactId(12), number, EPOCH)


def _view(made: Reservation) -> ConversationView:
    return ConversationView(
        id=made.conversation,
        phase=Phase.RESERVED,
        reason=None,
        outcome=None,
        note=None,
        channel=made.channel,
        form=_person(11, made.visitor),
        visitor=_person(11, made.visitor),
        agent=_person(12, made.agent),
        metadata=made.metadata,
        url=made.url,
        created_at=made.created_at,
        started_at=None,
        accepted_at=None,
        ended_at=None,
        expires_at=made.expires_at,
    )


def _person(contact: int, person: FormPerson) -> PersonView:
    return PersonView(ContactId(contact), person.name, person.phone)


def _fits(view: ConversationView, where: Filter) -> bool:
    return (
        (not where.phases or view.phase in where.phases)
        and where.agent in (None, view.agent and view.agent.phone)
        and where.visitor in (None, view.visitor.phone)
        and where.channel in (None, view.channel)
        and (where.created_from is None or view.created_at >= where.created_from)
        and (where.created_before is None or view.created_at < where.created_before)
    )
