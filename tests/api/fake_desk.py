"""A desk that works, in memory."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from attrs import define, evolve, field

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.links import LinkRefusal
from kaisa_relay.domain.conversation.messages import AlreadyEnded
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId, MessageId, WorkspaceId
from kaisa_relay.domain.presence import TeamWish, obey_team
from kaisa_relay.domain.presence import evolve as presence_after
from kaisa_relay.domain.requester import Requester
from kaisa_relay.ports.faces import (
    ConversationView,
    Ended,
    FormPerson,
    KeyReused,
    NewConversation,
    NotFound,
    PersonView,
    Reservation,
    ReserveRefusal,
)
from kaisa_relay.ports.linking import LinkMade, NewLink
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
from tests.api.rows import CHANNEL, EPOCH, OURS, BlockingDesk

WEEK = timedelta(days=7)


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
    wishes: list[TeamWish] = field(factory=list)
    no: SupervisionRefusal | None = None
    links_asked: list[NewLink] = field(factory=list)
    no_link: LinkRefusal | None = None
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

    async def wish(
        self, workspace: WorkspaceId, agent: ContactId, wanted: TeamWish
    ) -> NotFound | None:
        """Let the rows have it."""
        self.rows.check()
        for at, view in enumerate(self.rows.agents if workspace == OURS else []):
            if view.agent.contact == agent:
                after = view.agent
                for event in obey_team(after, wanted, EPOCH):
                    after = presence_after(after, event)
                self.rows.agents[at] = evolve(view, agent=after)
                self.wishes.append(wanted)
                return None
        return NotFound()

    def carried(self, workspace: WorkspaceId) -> Mapping[ChannelId, int]:
        """Return what one channel carried."""
        return {CHANNEL.id: 12} if workspace == OURS else {}

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

    async def link(
        self, workspace: WorkspaceId, conversation: ConversationId, request: NewLink
    ) -> LinkMade | LinkRefusal | NotFound:
        """Make one with each call, unless told to refuse."""
        self.rows.check()
        if (workspace, conversation) not in self.rows.views:
            return NotFound()
        self.links_asked.append(request)
        if self.no_link is not None:
            return self.no_link
        number = len(self.links_asked)
        url, until = f"https://wa.me/12?text={number}", EPOCH + (request.lasts or WEEK)
        phone = CHANNEL.phone
        return LinkMade(conversation, number, CHANNEL.id, phone, url, "token", EPOCH, until)

    async def link_of(self, workspace: WorkspaceId, token: str) -> str | None:
        """Know one token."""
        self.rows.check()
        known = (workspace, token) == (OURS, "token")
        return "https://wa.me/12?text=token" if known else None

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
