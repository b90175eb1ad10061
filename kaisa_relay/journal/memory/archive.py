"""What the API shows, read from the rows in memory."""

from collections.abc import Sequence

from attrs import frozen

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import Content, kind_of
from kaisa_relay.domain.conversation.deadlines import expires_at
from kaisa_relay.domain.conversation.events import (
    AgentOffered,
    MessageReceived,
    MessageRelayed,
    Notified,
)
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.ids import ContactId, ConversationId, MessageId, WorkspaceId
from kaisa_relay.domain.outgoing import Buttons, Outgoing, Template
from kaisa_relay.domain.phone import Phone
from kaisa_relay.journal.memory.commits import Commits
from kaisa_relay.journal.memory.rows import LegRow, Rows
from kaisa_relay.journal.message_status import WORDS, best
from kaisa_relay.ports import ConversationView, Filter, MessageView, PersonView, Recorded


@frozen
class MemoryArchive:
    """`ports.Archive`."""

    commits: Commits

    async def conversation(
        self, workspace: WorkspaceId, conversation: ConversationId
    ) -> ConversationView | None:
        """Return one conversation, or None when this workspace has no such."""
        rows = await self.commits.read()
        row = rows.conversations.get((workspace, conversation))
        return None if row is None else _view(rows, workspace, row.state)

    async def conversations(
        self, workspace: WorkspaceId, where: Filter, before: ConversationId | None, limit: int
    ) -> Sequence[ConversationView]:
        """Return up to `limit` conversations with ids below `before`, the newest first."""
        rows = await self.commits.read()
        states = [
            row.state
            for (owner, id), row in sorted(rows.conversations.items(), reverse=True)
            if owner == workspace and (before is None or id < before)
        ]
        wanted = [state for state in states if _matches(rows, workspace, state, where)]
        return [_view(rows, workspace, state) for state in wanted[:limit]]

    async def messages(
        self, workspace: WorkspaceId, conversation: ConversationId, after: int, limit: int
    ) -> Sequence[tuple[int, MessageView]]:
        """Return messages in order, each with the stream version it came by, above `after`."""
        rows = await self.commits.read()
        row = rows.conversations.get((workspace, conversation))
        if row is None:
            return []
        history = rows.streams.get((workspace, f"conversation/{conversation}"), ())
        listing = _Listing(rows, workspace, row.state.visitor, _relayed(history))
        views = ((each.version, listing.view(each)) for each in history if each.version > after)
        return [(version, view) for version, view in views if view is not None][:limit]

    async def events(
        self, workspace: WorkspaceId, conversation: ConversationId, after: int, limit: int
    ) -> Sequence[Recorded]:
        """Return the conversation's events above version `after`, in order."""
        streams = (await self.commits.read()).streams
        history = streams.get((workspace, f"conversation/{conversation}"), ())
        return [each for each in history if each.version > after][:limit]


# --- conversations


def _view(rows: Rows, workspace: WorkspaceId, state: State) -> ConversationView:
    metadata = rows.metadata.get((workspace, state.id))
    urls = [
        token.saved.url
        for (owner, _), token in rows.tokens.items()
        if owner == workspace and token.saved.conversation == state.id
    ]
    return ConversationView(
        id=state.id,
        phase=state.phase,
        reason=state.reason,
        channel=state.channel,
        visitor=_person(rows, workspace, state.visitor),
        agent=None if state.agent is None else _person(rows, workspace, state.agent),
        metadata=b"{}" if metadata is None else metadata.metadata,
        url=urls[0] if urls else None,
        created_at=state.created_at,
        started_at=state.started_at,
        accepted_at=state.accepted_at,
        ended_at=state.ended_at,
        expires_at=expires_at(state),
    )


def _person(rows: Rows, workspace: WorkspaceId, contact: ContactId) -> PersonView:
    person = rows.people.get((workspace, contact))
    return PersonView(contact, person.name if person else None, person.phone if person else None)


def _matches(rows: Rows, workspace: WorkspaceId, state: State, where: Filter) -> bool:
    def has(contact: ContactId | None, phone: Phone | None) -> bool:
        return phone is None or (
            contact is not None and rows.identities.get((workspace, "phone", phone)) == contact
        )

    return (
        (not where.phases or state.phase in where.phases)
        and has(state.agent, where.agent)
        and has(state.visitor, where.visitor)
        and where.channel in (None, state.channel)
        and (where.created_from is None or state.created_at >= where.created_from)
        and (where.created_before is None or state.created_at < where.created_before)
    )


# --- messages


@frozen
class _Listing:
    """Makes views of one conversation's messages."""

    rows: Rows
    workspace: WorkspaceId
    visitor: ContactId
    relayed: frozenset[MessageId]

    def view(self, recorded: Recorded) -> MessageView | None:
        """Return the message that an event brought, if it brought one."""
        match recorded.event:
            case MessageReceived() as event:
                return self._received(event)
            case (
                Notified(message, _, contact, at=at)
                | AgentOffered(agent=contact, message=message, at=at)
            ):
                content = self._content(message)
                status, code = self._status(message, "sending")
                to = Side.VISITOR if contact == self.visitor else Side.AGENT
                kind = _kind(content)
                return MessageView(message, "system", to, content, kind, at, status, code)
            case _:
                return None

    def _received(self, event: MessageReceived) -> MessageView:
        waiting = event.held and event.message not in self.relayed
        status, code = self._status(event.message, "held" if waiting else "received")
        return MessageView(
            id=event.message,
            author=event.side.value,
            to=event.side.other,
            content=self._content(event.message),
            kind=event.kind,
            received_at=event.at,
            status=status,
            error_code=code,
        )

    def _content(self, message: MessageId) -> Content | Outgoing | None:
        row = self.rows.contents.get((self.workspace, message))
        return None if row is None else row.content

    def _status(self, message: MessageId, without_leg: str) -> tuple[str, int | None]:
        legs = self._legs(message)
        rank = best(leg.rank for leg in legs)
        if rank is None:
            return without_leg, None
        return WORDS[rank], next((leg.code for leg in legs if leg.rank is rank), None)

    def _legs(self, message: MessageId) -> list[LegRow]:
        return [
            leg
            for (owner, _), leg in self.rows.legs.items()
            if owner == self.workspace and leg.message == message
        ]


def _relayed(history: Sequence[Recorded]) -> frozenset[MessageId]:
    events = (each.event for each in history)
    return frozenset(event.message for event in events if isinstance(event, MessageRelayed))


def _kind(content: Content | Outgoing | None) -> str:
    match content:
        case None:
            return "text"
        case Buttons():
            return "buttons"
        case Template():
            return "template"
        case _:
            return kind_of(content)
