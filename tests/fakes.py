"""Fakes and builders that tests of domain, actors and stores share. Nothing is opened here."""

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import trio
from attrs import define, field, frozen

from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.contact import Person, Sender
from kaisa_relay.domain.content import Content, Text
from kaisa_relay.domain.conversation.events import ConversationCreated
from kaisa_relay.domain.conversation.terms import Candidate, Strategy, Terms
from kaisa_relay.domain.ids import (
    ChannelId,
    ContactId,
    ConversationId,
    WorkspaceId,
)
from kaisa_relay.domain.inbound import Inbound
from kaisa_relay.domain.outgoing import Outgoing, Recipient
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.sending import Accepted, Answer, Deferred, Uncertain
from kaisa_relay.journal.memory import MemoryStore
from kaisa_relay.ports import ChannelAccess, ItemKind, NewItem, Workspace
from kaisa_relay.runtime.clock import WallClock, wall_from_trio
from kaisa_relay.runtime.id_source import IdSource

EPOCH = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
WORKSPACE = WorkspaceId(1)
PORTFOLIO = "portfolio-1"


# --- time, ids, store -----------------------------------------------------------------------


def wall_clock() -> WallClock:
    """Return a wall clock that stands at `EPOCH` when Trio's clock stands at zero."""
    return wall_from_trio(EPOCH)


def id_source(clock: WallClock, node: int = 0) -> IdSource:
    """Return rising ids by this clock."""
    return IdSource(lambda: clock().timestamp(), node)


def memory_store(clock: WallClock | None = None) -> MemoryStore:
    """Return an empty store on Trio's clock."""
    clock = clock or wall_clock()
    return MemoryStore(clock, id_source(clock))


# --- WhatsApp -------------------------------------------------------------------------------


@frozen
class Lost:
    """The message is accepted, but its sender never sees the answer."""


@frozen
class Accepting:
    """What WhatsApp took: from which number, for whom, what, and when on Trio's clock."""

    phone_number_id: str
    recipient: Recipient
    outgoing: Outgoing
    opaque: str
    wamid: str
    at: float


@define(eq=False)
class FakeGateway:
    """`ports.Gateway`: accepts everything, unless told otherwise, and remembers it in order.

    `latency`, and `marking` of a read mark, are in seconds; while `away` nothing gets through and
    nothing is sent.
    """

    latency: float = 0.0
    marking: float = 0.0
    away: bool = False
    accepted: list[Accepting] = field(factory=list)
    read: list[str] = field(factory=list)
    calls: int = 0
    probes: int = 0
    in_flight: int = 0
    most_in_flight: dict[Recipient, int] = field(factory=lambda: defaultdict(int))
    _marks: deque[Answer] = field(factory=deque)
    _flying: dict[Recipient, int] = field(factory=lambda: defaultdict(int))
    _script: dict[str, deque[Answer | Lost | None]] = field(factory=lambda: defaultdict(deque))

    def answer_next(self, to: str, *answers: Answer | Lost | None) -> None:
        """Give the next sends to this phone or BSUID these answers; None accepts as usual."""
        self._script[to].extend(answers)

    def answer_marks(self, *answers: Answer) -> None:
        """Give the next read marks these answers, and what comes after them the usual one."""
        self._marks = deque(answers)

    def sent_to(self, to: str) -> list[Outgoing]:
        """Return what was accepted for this phone or BSUID, in order."""
        return [each.outgoing for each in self.accepted if _address(each.recipient) == to]

    async def send(
        self, access: ChannelAccess, recipient: Recipient, outgoing: Outgoing, opaque: str
    ) -> Answer:
        """Accept the message, or answer as the script says."""
        self.calls += 1
        self._flying[recipient] += 1
        self.most_in_flight[recipient] = max(
            self.most_in_flight[recipient], self._flying[recipient]
        )
        try:
            await self._travel()
        finally:
            self._flying[recipient] -= 1
        if self.away:
            return Deferred(None, "unreachable", whole_channel=True)
        script = self._script[_address(recipient)]
        scripted = script.popleft() if script else None
        if scripted is not None and not isinstance(scripted, Lost | Accepted):
            return scripted
        answer = scripted if isinstance(scripted, Accepted) else self._accept()
        sent = Accepting(
            access.phone_number_id, recipient, outgoing, opaque, answer.wamid, trio.current_time()
        )
        self.accepted.append(sent)
        return Uncertain("no answer") if isinstance(scripted, Lost) else answer

    async def mark_read(self, access: ChannelAccess, wamid: str) -> Answer:
        """Remember what was marked."""
        await self._travel()
        await trio.sleep(self.marking)
        if self.away:
            return Deferred(None, "unreachable", whole_channel=True)
        if self._marks:
            return self._marks.popleft()
        self.read.append(wamid)
        return Accepted("")

    async def probe(self, access: ChannelAccess) -> Answer:
        """Answer for the number itself."""
        self.probes += 1
        await self._travel()
        return Deferred(None, "unreachable", whole_channel=True) if self.away else Accepted("")

    def _accept(self) -> Accepted:
        return Accepted(f"wamid.out.{len(self.accepted) + 1}")

    async def _travel(self) -> None:
        self.in_flight += 1
        try:
            await trio.sleep(self.latency)
        finally:
            self.in_flight -= 1


def _address(recipient: Recipient) -> str:
    return recipient.phone or recipient.bsuid or ""


# --- accounts -------------------------------------------------------------------------------


@define(eq=False)
class FakeAccounts:
    """`ports.Accounts` over what a test puts into it."""

    configured: dict[WorkspaceId, Workspace] = field(factory=dict)
    numbers: dict[ChannelId, Channel] = field(factory=dict)

    def add(self, workspace: Workspace, *channels: Channel) -> None:
        """Configure a workspace and channels of it."""
        self.configured[workspace.id] = workspace
        self.numbers.update({channel.id: channel for channel in channels})

    def workspaces(self) -> Sequence[WorkspaceId]:
        """Return all workspaces."""
        return sorted(self.configured)

    def workspace(self, workspace: WorkspaceId) -> Workspace:
        """Return one workspace's settings."""
        return self.configured[workspace]

    def channels(self, workspace: WorkspaceId) -> Sequence[Channel]:
        """Return the channels of a workspace, by id."""
        return [each for _, each in sorted(self.numbers.items()) if each.workspace == workspace]

    def channel(self, workspace: WorkspaceId, channel: ChannelId) -> Channel | None:
        """Return one channel."""
        found = self.numbers.get(channel)
        return found if found is not None and found.workspace == workspace else None

    def by_phone_number_id(self, app: str, phone_number_id: str) -> Channel | None:
        """Return the channel with Meta's id, if it belongs to this app."""
        return self._first(lambda each: each.app == app and each.phone_number_id == phone_number_id)

    def of_app(self, app: str) -> Sequence[Channel]:
        """Return the channels that belong to this app, by id."""
        return [each for _, each in sorted(self.numbers.items()) if each.app == app]

    def by_phone(self, workspace: WorkspaceId, phones: Sequence[Phone]) -> Channel | None:
        """Return the channel of this workspace that has one of these numbers."""
        return self._first(lambda each: each.workspace == workspace and each.phone in phones)

    def access(self, channel: ChannelId) -> ChannelAccess:
        """Return the channel's Meta id and a token."""
        return ChannelAccess(self.numbers[channel].phone_number_id, "token")

    def _first(self, holds: Callable[[Channel], bool]) -> Channel | None:
        return next((each for _, each in sorted(self.numbers.items()) if holds(each)), None)


# --- builders -------------------------------------------------------------------------------


def phone(number: int) -> Phone:
    """Return the number of nobody: from a range that is kept for fiction."""
    return Phone(f"+1202555{number:04}")


PATIENT = Terms(first_reply_time=timedelta(days=30), resume_time=timedelta(0))
"""So that an agent of a test may say nothing, and an end is one."""


def workspace(id: int = WORKSPACE, terms: Terms | None = None) -> Workspace:
    """Return a workspace with the usual settings."""
    return Workspace(WorkspaceId(id), f"workspace {id}", terms or PATIENT)


def channel(id: int = 1, of: int = WORKSPACE) -> Channel:
    """Return a channel; those of one test share a portfolio."""
    return Channel(
        WorkspaceId(of), ChannelId(id), f"2000000000{id:05}", phone(9000 + id), PORTFOLIO
    )


def person(id: int, name: str = "", language: str = "en") -> Person:
    """Return somebody whose phone follows from their id."""
    return Person(ContactId(id), name or f"Person {id}", language, phone(id))


def candidate(id: int, priority: int = 0, language: str = "en") -> Candidate:
    """Return an agent who may be asked."""
    return Candidate(ContactId(id), language, priority)


def created(
    conversation: int = 1,
    visitor: int = 100,
    agents: Sequence[int] = (200,),
    at: datetime = EPOCH,
    channel: int = 1,
) -> ConversationCreated:
    """Return the first event of a conversation in `WORKSPACE`."""
    return ConversationCreated(
        workspace=WORKSPACE,
        conversation=ConversationId(conversation),
        channel=ChannelId(channel),
        visitor=ContactId(visitor),
        language="en",
        agents=tuple(candidate(each) for each in agents),
        chosen=ContactId(agents[0]),
        strategy=Strategy.LISTED,
        terms=Terms(),
        at=at,
    )


def sender(who: Person) -> Sender:
    """Return a person as WhatsApp shows them."""
    return Sender(who.phone.removeprefix("+") if who.phone else None, who.bsuid, who.name)


def inbound(who: Sender, content: Content | str, wamid: str, sent_at: datetime = EPOCH) -> Inbound:
    """Return a message as the webhook lane reads it; a text stands for its content."""
    said = Text(content) if isinstance(content, str) else content
    return Inbound(wamid, who, sent_at, said)


def new_item(message: Inbound, channel: Channel) -> NewItem:
    """Return the inbox row of a message; its body is only fit for the store in memory."""
    return NewItem(
        workspace=channel.workspace,
        channel=channel.id,
        kind=ItemKind.MESSAGE,
        dedup=message.wamid,
        body=b"{}",
        item=message,
    )
