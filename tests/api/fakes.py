"""A desk, an archive and keys that work, in memory; what the API is tested against."""

from collections.abc import AsyncGenerator, Mapping, Sequence

from attrs import define, field

from kaisa_relay.domain.alerts import AlertRaised, Troubles
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.content import Media
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId, MessageId, WorkspaceId
from kaisa_relay.ports.boards import ChannelStanding, ChoicesView
from kaisa_relay.ports.faces import (
    AgentView,
    ConversationView,
    Filter,
    MessageView,
)
from kaisa_relay.ports.files import FileRow
from kaisa_relay.ports.journal import Recorded
from kaisa_relay.ports.keys import ApiKey, Scope
from kaisa_relay.runtime.callback import OnAnswer
from tests.api.rows import (
    CHANNEL,
    BlockingArchive,
)
from tests.api.rows import EPOCH as EPOCH
from tests.api.rows import OURS as OURS
from tests.api.rows import THEIRS as THEIRS
from tests.api.rows import Rows as Rows


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

    async def media(
        self, workspace: WorkspaceId, conversation: ConversationId, message: MessageId
    ) -> tuple[Media, FileRow | None] | None:
        """Return a message's file where the conversation is of this workspace."""
        known = (workspace, conversation) in self.rows.views
        return self.rows.media.get(message) if known else None

    async def agent(self, workspace: WorkspaceId, contact: ContactId) -> AgentView | None:
        """Return one agent, or None when nobody named them as one."""
        found = await self.agents(workspace, ContactId(contact - 1), 1)
        return next((each for each in found if each.agent.contact == contact), None)

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
class MemoryBoards:
    """What a dashboard is shown beside conversations."""

    rows: Rows

    async def choices(
        self, workspace: WorkspaceId, conversation: ConversationId
    ) -> ChoicesView | None:
        """Return those of a conversation of this workspace."""
        known = (workspace, conversation) in self.rows.views
        return self.rows.choices.get(conversation) if known else None

    async def channel_standings(
        self, workspace: WorkspaceId
    ) -> Mapping[ChannelId, ChannelStanding]:
        """Return how the channels of this workspace stand."""
        return self.rows.standings if workspace == OURS else {}

    async def alerts(self, workspace: WorkspaceId) -> Sequence[AlertRaised]:
        """Return those of this workspace."""
        return self.rows.alerts if workspace == OURS else []

    async def troubles(self, workspace: WorkspaceId) -> Troubles:
        """Return none: who shows alerts does not look for them."""
        return Troubles()


@define
class MemoryKept:
    """The bytes of files, in pieces of four."""

    rows: Rows

    async def inspect(self, workspace: WorkspaceId, message: MessageId) -> int | None:
        """Return how many there are."""
        found = self.rows.bytes.get(message)
        return None if found is None else len(found)

    async def read(
        self, workspace: WorkspaceId, message: MessageId, start: int = 0
    ) -> AsyncGenerator[bytes, None]:
        """Return them from `start` on."""
        found = self.rows.bytes[message][start:]
        for at in range(0, len(found), 4):
            yield found[at : at + 4]


@define
class MemoryKeys:
    """Keys by their text."""

    known: Mapping[str, ApiKey]

    async def authenticate(self, bearer: str) -> ApiKey | None:
        """Return the key with this text."""
        return self.known.get(bearer)

    def valid(self, key: ApiKey) -> bool:
        """Say whether the key is still there."""
        return key in self.known.values()


@define
class MemoryChannels:
    """One workspace with one channel."""

    def channels(self, workspace: WorkspaceId) -> Sequence[Channel]:
        """Return it, or nothing."""
        return [CHANNEL] if workspace == CHANNEL.workspace else []

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


def _fits(view: ConversationView, where: Filter) -> bool:
    return (
        (not where.phases or view.phase in where.phases)
        and where.agent in (None, view.agent and view.agent.phone)
        and where.visitor in (None, view.visitor.phone)
        and where.channel in (None, view.channel)
        and (where.created_from is None or view.created_at >= where.created_from)
        and (where.created_before is None or view.created_at < where.created_before)
        and (where.text is None or where.text in str(view.visitor.name))
    )
