"""What the API shows, read from the rows in memory."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from attrs import evolve as replace
from attrs import frozen

from kaisa_relay.domain.closing_word import closing_word
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import Media, Text
from kaisa_relay.domain.conversation.deadlines import expires_at
from kaisa_relay.domain.conversation.events import MessageReceived
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.ids import ContactId, ConversationId, MessageId, WorkspaceId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.presence import Agent
from kaisa_relay.journal.memory.commits import Commits
from kaisa_relay.journal.memory.rows import Rows
from kaisa_relay.journal.memory.tokens import tokens_of
from kaisa_relay.journal.message_listing import MESSAGE_EVENTS, Listing, Progress
from kaisa_relay.ports import (
    AgentView,
    BlockContact,
    BlockView,
    ConversationView,
    FileRow,
    Filter,
    MessageView,
    PersonView,
    Recorded,
)
from kaisa_relay.ports.views import AgentChannel

Id = TypeVar("Id", bound=int)


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
        listing = _listing(rows, workspace, row.state.visitor)
        return [
            (each.version, listing.view(each.event))
            for each in history
            if each.version > after and isinstance(each.event, MESSAGE_EVENTS)
        ][:limit]

    async def media(
        self, workspace: WorkspaceId, conversation: ConversationId, message: MessageId
    ) -> tuple[Media, FileRow | None] | None:
        """Return the file that a message of this conversation brought, and how our copy stands."""
        rows = await self.commits.read()
        row = rows.contents.get((workspace, message))
        if row is None or row.conversation != conversation or not isinstance(row.content, Media):
            return None
        return row.content, rows.files.get((workspace, message))

    async def events(
        self, workspace: WorkspaceId, conversation: ConversationId, after: int, limit: int
    ) -> Sequence[Recorded]:
        """Return the conversation's events above version `after`, in order."""
        streams = (await self.commits.read()).streams
        history = streams.get((workspace, f"conversation/{conversation}"), ())
        return [each for each in history if each.version > after][:limit]

    # --- conversations

    async def agent(self, workspace: WorkspaceId, contact: ContactId) -> AgentView | None:
        """Return one agent, or None when nobody named them as one."""
        found = await self.agents(workspace, ContactId(contact - 1), 1)
        return next((each for each in found if each.agent.contact == contact), None)

    async def agents(
        self, workspace: WorkspaceId, after: ContactId | None, limit: int
    ) -> Sequence[AgentView]:
        """Return up to `limit` agents with ids above `after`, the first known first."""
        rows = await self.commits.read()
        known = [
            agent
            for (of, who), agent in sorted(rows.agents.items())
            if of == workspace and who > (after or 0)
        ]
        return [_agent_view(rows, workspace, agent) for agent in known[:limit]]

    async def blocks(
        self, workspace: WorkspaceId, after: ContactId | None, limit: int
    ) -> Sequence[BlockView]:
        """Return up to `limit` of the block list with contacts above `after`, the lowest first."""
        rows = await self.commits.read()
        known = [
            block
            for (of, who), block in sorted(rows.blocks.items())
            if of == workspace and who > (after or 0)
        ]
        return [_block_view(rows, workspace, block) for block in known[:limit]]

    async def block(self, workspace: WorkspaceId, contact: ContactId) -> BlockView | None:
        """Return how this contact stands on the block list; None when they do not."""
        rows = await self.commits.read()
        block = rows.blocks.get((workspace, contact))
        return None if block is None else _block_view(rows, workspace, block)


def _block_view(rows: Rows, workspace: WorkspaceId, block: BlockContact) -> BlockView:
    person = _person(rows, workspace, block.contact)
    return BlockView(person, block.by, block.at, block.agent, block.conversation)


def _agent_view(rows: Rows, workspace: WorkspaceId, agent: Agent) -> AgentView:
    person = rows.people.get((workspace, agent.contact))
    name, phone = (person.name, person.phone) if person else (None, None)
    shown = PersonView(agent.contact, name, phone)
    pairs = [
        pair
        for (of, _, _), pair in sorted(rows.pairs.items())
        if of == workspace and pair.contact == agent.contact
    ]
    load = sum(pair.conversation is not None and pair.role is Side.AGENT for pair in pairs)
    channels = tuple(
        AgentChannel(pair.channel, pair.inbound_at, pair.conversation)
        for pair in pairs
        if pair.conversation is not None or pair.inbound_at is not None
    )
    return AgentView(agent, shown, load, channels)


def _view(rows: Rows, workspace: WorkspaceId, state: State) -> ConversationView:
    metadata = rows.metadata.get((workspace, state.id))
    links = tokens_of(rows, workspace, state.id)
    ending = state.outcome and rows.contents.get((workspace, state.outcome))
    closing = closing_word(ending.content if ending else None)
    agent = state.answering
    return ConversationView(
        id=state.id,
        phase=state.phase,
        reason=state.reason,
        outcome=closing.outcome,
        note=closing.note,
        channel=state.channel,
        form=_person(rows, workspace, state.visitor if state.form is None else state.form),
        visitor=_person(rows, workspace, state.visitor),
        agent=None if agent is None else _person(rows, workspace, agent),
        metadata=b"{}" if metadata is None else metadata.metadata,
        url=links[0].saved.url if links else None,
        created_at=state.created_at,
        started_at=state.started_at,
        accepted_at=state.accepted_at,
        ended_at=state.ended_at,
        expires_at=expires_at(_current(rows, workspace, state)),
        visitor_wrote_at=_wrote_at(rows, state, state.visitor),
        agent_wrote_at=None if state.agent is None else _wrote_at(rows, state, state.agent),
    )


def _wrote_at(rows: Rows, state: State, contact: ContactId) -> datetime | None:
    pair = rows.pairs.get((state.workspace, state.channel, contact))
    return None if pair is None else pair.inbound_at


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
        and (where.text is None or _says(rows, workspace, state, where))
    )


def _says(rows: Rows, workspace: WorkspaceId, state: State, where: Filter) -> bool:
    text, most = (where.text or "").lower(), where.searched
    if (workspace, state.id) not in _latest(rows.conversations, workspace, most):
        return False
    people, contents = (_latest(of, workspace, most) for of in (rows.people, rows.contents))
    said = [
        row.content.body
        for key in contents
        if (row := rows.contents[key]).conversation == state.id and isinstance(row.content, Text)
    ]
    both = [(workspace, each) for each in (state.visitor, state.agent) if each]
    names = [rows.people[each].name for each in both if each in people]
    return any(text in each.lower() for each in (*names, *said))


def _latest(
    table: Mapping[tuple[WorkspaceId, Id], object], workspace: WorkspaceId, most: int
) -> list[tuple[WorkspaceId, Id]]:
    """Return the keys of the latest `most` rows of a workspace; our ids grow with time."""
    return sorted(key for key in table if key[0] == workspace)[-most:]


def _current(rows: Rows, workspace: WorkspaceId, state: State) -> State:
    """Return the state with its last message, for which the row is not written."""
    history = rows.streams.get((workspace, f"conversation/{state.id}"), ())
    said = [each.event.at for each in history if isinstance(each.event, MessageReceived)]
    return replace(state, last_message_at=max([*said, state.last_message_at or state.created_at]))


# --- messages


def _listing(rows: Rows, workspace: WorkspaceId, visitor: ContactId) -> Listing:
    contents = {
        message: row.content
        for (owner, message), row in rows.contents.items()
        if owner == workspace
    }
    legs: dict[MessageId, list[Progress]] = {}
    for leg in rows.legs_of(workspace):
        legs.setdefault(leg.message, []).append(Progress(leg.rank, leg.code))
    files = {message: row for (owner, message), row in rows.files.items() if owner == workspace}
    return Listing(visitor, contents, legs, files)
