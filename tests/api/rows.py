"""The rows that the API's desk and archive share in tests, and the block list among them."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from attrs import define, field

from kaisa_relay.domain.alerts import AlertRaised
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.contact_events import BlockedBy
from kaisa_relay.domain.content import Media
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId, MessageId, WorkspaceId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.ports.blocks import BlockView, ListBlocked, ListUnblocked, Whom
from kaisa_relay.ports.boards import ChannelStanding, ChoicesView
from kaisa_relay.ports.faces import (
    AgentView,
    ChannelAsPerson,
    ConversationView,
    MessageView,
    NotFound,
    PersonView,
)
from kaisa_relay.ports.files import FileRow
from kaisa_relay.ports.journal import Recorded

EPOCH = datetime(2026, 11, 22, 8, tzinfo=UTC)
OURS, THEIRS = WorkspaceId(1), WorkspaceId(2)
CHANNEL = Channel(OURS, ChannelId(7), "1001", Phone("+46850000001"), "portfolio")

Failure = Callable[[], Exception]


@define
class Rows:
    """What both the desk and the archive see; `failure` is a store that is away."""

    views: dict[tuple[WorkspaceId, ConversationId], ConversationView] = field(factory=dict)
    messages: list[tuple[int, MessageView]] = field(factory=list)
    events: list[Recorded] = field(factory=list)
    agents: list[AgentView] = field(factory=list)
    media: dict[MessageId, tuple[Media, FileRow | None]] = field(factory=dict)
    bytes: dict[MessageId, bytes] = field(factory=dict)
    alerts: list[AlertRaised] = field(factory=list)
    choices: dict[ConversationId, ChoicesView] = field(factory=dict)
    standings: dict[ChannelId, ChannelStanding] = field(factory=dict)
    blocks: dict[tuple[WorkspaceId, ContactId], BlockView] = field(factory=dict)
    failure: Failure | None = None

    def check(self) -> None:
        """Raise what a store that is away raises."""
        if self.failure is not None:
            raise self.failure()


@define
class BlockingDesk:
    """Keeps the block list."""

    rows: Rows

    async def block(
        self, workspace: WorkspaceId, whom: Whom, by: BlockedBy
    ) -> ListBlocked | NotFound | ChannelAsPerson:
        """Block a contact that is on nobody's list, or a number under a contact of its own."""
        self.rows.check()
        if whom == CHANNEL.phone:
            return ChannelAsPerson(-1)
        if not isinstance(whom, str) and whom > 1000:
            return NotFound()
        contact = ContactId(int(whom[-3:])) if isinstance(whom, str) else whom
        person = PersonView(contact, None, whom if isinstance(whom, str) else None)
        news = (workspace, contact) not in self.rows.blocks
        self.rows.blocks.setdefault((workspace, contact), BlockView(person, by, EPOCH))
        return ListBlocked((contact,), news)

    async def unblock(
        self, workspace: WorkspaceId, whom: Whom, by: BlockedBy
    ) -> ListUnblocked | NotFound:
        """Take a contact off the list."""
        self.rows.check()
        assert not isinstance(whom, str)
        gone = self.rows.blocks.pop((workspace, whom), None)
        return NotFound() if gone is None else ListUnblocked((whom,))


@define
class BlockingArchive:
    """Shows the block list."""

    rows: Rows

    async def blocks(
        self, workspace: WorkspaceId, after: ContactId | None, limit: int
    ) -> Sequence[BlockView]:
        """Return the block list of this workspace after an id."""
        self.rows.check()
        rows = sorted(self.rows.blocks.items())
        return [each for (of, who), each in rows if of == workspace and who > (after or 0)][:limit]

    async def block(self, workspace: WorkspaceId, contact: ContactId) -> BlockView | None:
        """Return one of the list."""
        return self.rows.blocks.get((workspace, contact))
