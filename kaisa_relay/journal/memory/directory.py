"""The directory in memory."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from kaisa_relay.domain.channel_health import Health
from kaisa_relay.domain.contact import Person, Sender, Side
from kaisa_relay.domain.content import Content
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.engagement.suppression import Address, Source
from kaisa_relay.domain.identity import By, Match, Recognised, recognise
from kaisa_relay.domain.ids import (
    ChannelId,
    ContactId,
    ConversationId,
    MessageId,
    SendId,
    WorkspaceId,
)
from kaisa_relay.domain.outgoing import Outgoing
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.presence import Agent
from kaisa_relay.domain.routing import Pair, Token
from kaisa_relay.domain.sending import Purpose
from kaisa_relay.journal.memory.commits import Commits
from kaisa_relay.journal.memory.tokens import token, tokens_of
from kaisa_relay.ports.directory import Briefing, Met, Said, Writer, Written


@frozen
class MemoryDirectory:
    """`ports.Directory`."""

    commits: Commits

    async def find(
        self, workspace: WorkspaceId, portfolio: str, sender: Sender, phones: Sequence[Phone]
    ) -> Recognised:
        """Return who this sender is by `domain.identity`, from BSUID, wa_id and `phones`."""
        identities = (await self.commits.read()).identities
        owner = f"bsuid of {portfolio}"
        keys = [(By.BSUID, owner, sender.bsuid)] if sender.bsuid else []
        keys += [(By.WA_ID, "wa_id", sender.wa_id)] if sender.wa_id else []
        keys += [(By.PHONE, "phone", str(phone)) for phone in phones]
        led = [(identities.get((workspace, kind, value)), by) for by, kind, value in keys]
        bsuids: dict[ContactId, frozenset[str]] = defaultdict(frozenset)
        for (of, kind, value), contact in identities.items():
            if (of, kind) == (workspace, owner):
                bsuids[contact] |= {value}
        matches = [Match(who, by, bsuids[who]) for who, by in led if who is not None]
        return recognise(sender, matches)

    async def people(
        self, workspace: WorkspaceId, contacts: Sequence[ContactId]
    ) -> dict[ContactId, Person]:
        """Return the persons behind these contacts."""
        people = (await self.commits.read()).people
        return {
            contact: people[workspace, contact]
            for contact in contacts
            if (workspace, contact) in people
        }

    async def pairs(
        self,
        workspace: WorkspaceId,
        contacts: Sequence[ContactId],
        channel: ChannelId | None = None,
    ) -> list[Pair]:
        """Return the pairs of these contacts, on one channel or on all."""
        rows = (await self.commits.read()).pairs
        return [
            pair
            for (owner, on, contact), pair in sorted(rows.items())
            if owner == workspace and contact in contacts and channel in (None, on)
        ]

    async def agents(
        self, workspace: WorkspaceId, contacts: Sequence[ContactId]
    ) -> dict[ContactId, Agent]:
        """Return how those of them stand who are known as agents."""
        rows = (await self.commits.read()).agents
        return {who: rows[workspace, who] for who in contacts if (workspace, who) in rows}

    async def blocked(
        self, workspace: WorkspaceId, contacts: Sequence[ContactId]
    ) -> frozenset[ContactId]:
        """Return those of them that are on the block list."""
        rows = (await self.commits.read()).blocks
        return frozenset(who for who in contacts if (workspace, who) in rows)

    async def suppressed(
        self, workspace: WorkspaceId, addresses: Sequence[Address]
    ) -> dict[Address, Source]:
        """Return those of them that triggers are not to write to, and how we know."""
        rows = (await self.commits.read()).suppressions
        found = ((each, rows.get((workspace, each))) for each in addresses)
        return {each: row.source for each, row in found if row is not None}

    async def pauses(self, workspace: WorkspaceId) -> list[tuple[datetime, ContactId]]:
        """Return who is paused, and until when, the earliest first."""
        rows = (await self.commits.read()).agents
        found = [(agent.paused_until, who) for (of, who), agent in rows.items() if of == workspace]
        return sorted((until, who) for until, who in found if until is not None)

    async def last_agent(self, workspace: WorkspaceId, visitor: ContactId) -> ContactId | None:
        """Return who spoke to this visitor last."""
        rows = (await self.commits.read()).conversations
        for (of, _), row in sorted(rows.items(), reverse=True):
            if of == workspace and row.state.visitor == visitor and row.state.agent is not None:
                return row.state.agent
        return None

    async def meet(self, writers: Sequence[Writer]) -> list[Met]:
        """Return for each writer what `find`, `pairs`, `people` and `blocked` say."""
        return [await self._meet(writer) for writer in writers]

    async def _meet(self, writer: Writer) -> Met:
        workspace = writer.workspace
        found = await self.find(workspace, writer.portfolio, writer.sender, writer.phones)
        contacts = found.contacts
        pairs = await self.pairs(workspace, contacts, writer.channel) if contacts else []
        people = await self.people(workspace, contacts)
        blocked = await self.blocked(workspace, contacts)
        return Met(contacts, tuple(pairs), people, found, blocked)

    async def briefing(
        self,
        workspace: WorkspaceId,
        conversation: ConversationId,
        contacts: Sequence[ContactId],
    ) -> Briefing:
        """Return what `people` and `metadata` say."""
        people = await self.people(workspace, contacts)
        return Briefing(people, await self.metadata(workspace, conversation))

    async def health(self, workspace: WorkspaceId) -> dict[ChannelId, Health]:
        """Return how those channels stand of which anything was ever reported."""
        rows = (await self.commits.read()).healths
        return {channel: health for (of, channel), health in rows.items() if of == workspace}

    async def load(self, workspace: WorkspaceId) -> dict[ChannelId, int]:
        """Return how many live conversations each channel carries."""
        rows = (await self.commits.read()).conversations
        live = [row.state for key, row in rows.items() if key[0] == workspace]
        return dict(Counter(state.channel for state in live if state.phase.live))

    async def carried(
        self,
        workspace: WorkspaceId,
        channel: ChannelId,
        after: ConversationId | None,
        limit: int,
    ) -> list[ConversationId]:
        """Return conversations on a channel that seek or have an agent, by id, above `after`."""
        rows = (await self.commits.read()).conversations
        found = [
            id
            for (of, id), row in sorted(rows.items())
            if of == workspace and row.state.channel == channel and id > (after or 0)
            if row.state.phase in (Phase.SEEKING, Phase.ACTIVE)
        ]
        return found[:limit]

    async def token(self, workspace: WorkspaceId, value: str) -> Token | None:
        """Return what the token stands for, also after its use."""
        rows = await self.commits.read()
        row = rows.tokens.get((workspace, value))
        return None if row is None else token(rows, workspace, row)

    async def link(
        self, workspace: WorkspaceId, conversation: ConversationId, number: int
    ) -> Token | None:
        """Return the token of a link that was made later."""
        rows = await self.commits.read()
        made = tokens_of(rows, workspace, conversation)
        found = next((each for each in made if each.saved.link == number), None)
        return None if found is None else token(rows, workspace, found)

    async def content(
        self, workspace: WorkspaceId, messages: Sequence[MessageId]
    ) -> dict[MessageId, Content | Outgoing]:
        """Return what these messages say."""
        contents = (await self.commits.read()).contents
        return {
            message: contents[workspace, message].content
            for message in messages
            if (workspace, message) in contents
        }

    async def said(self, workspace: WorkspaceId, messages: Sequence[MessageId]) -> list[Said]:
        """Return those of these messages that people wrote, by id."""
        contents = (await self.commits.read()).contents
        return [
            Said(message, row.contact, row.author, row.content)
            for message in sorted(set(messages))
            if (row := contents.get((workspace, message))) is not None
            and isinstance(row.author, Side)
            and isinstance(row.content, Content)
        ]

    async def message(
        self, workspace: WorkspaceId, contact: ContactId, wamid: str
    ) -> MessageId | None:
        """Return the message that this person's chat knows by a wamid, if a person wrote it."""
        rows = await self.commits.read()
        for leg in rows.legs_of(workspace):  # of several joined in one, the last comes first
            said = rows.contents.get((workspace, leg.message))
            known = leg.wamid == wamid and leg.contact == contact
            if known and said is not None and said.author is not None:
                return leg.message
        for (owner, message), said in rows.contents.items():
            if owner == workspace and said.contact == contact and said.wamid == wamid:
                return message
        return None

    async def wamid(
        self, workspace: WorkspaceId, contact: ContactId, message: MessageId
    ) -> str | None:
        """Return what this person's chat calls a message, if it is there."""
        rows = await self.commits.read()
        for leg in rows.legs_of(workspace):
            here = (leg.message, leg.contact) == (message, contact)
            if here and leg.wamid is not None:
                return leg.wamid
        said = rows.contents.get((workspace, message))
        return said.wamid if said is not None and said.contact == contact else None

    async def written(self, workspace: WorkspaceId, sends: Sequence[SendId]) -> list[Written]:
        """Return the messages of people that these sends carry to the other side."""
        rows = await self.commits.read()
        found = []
        for leg in rows.legs_of(workspace):
            said = rows.contents.get((workspace, leg.message))
            wanted = leg.send in sends and leg.purpose is Purpose.RELAY
            if wanted and said is not None and said.author is not None and said.wamid:
                found.append(Written(leg.message, leg.channel, said.contact, said.wamid))
        return sorted(found, key=lambda each: each.message)

    async def metadata(self, workspace: WorkspaceId, conversation: ConversationId) -> bytes:
        """Return the conversation's metadata as JSON; `{}` when there is none."""
        row = (await self.commits.read()).metadata.get((workspace, conversation))
        return b"{}" if row is None else row.metadata

    async def answer(
        self, workspace: WorkspaceId, key: str, at: datetime
    ) -> tuple[bytes, bytes] | None:
        """Return the request's hash and the answer kept under an idempotency key."""
        row = (await self.commits.read()).answers.get((workspace, key))
        return None if row is None or at >= row.until else (row.request_hash, row.answer)
