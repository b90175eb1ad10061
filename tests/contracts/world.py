"""A small world on a store, and short ways to make things happen in it."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from attrs import define, evolve, field, frozen

from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.contact import Person
from kaisa_relay.domain.content import Text
from kaisa_relay.domain.conversation.deadlines import next_deadline
from kaisa_relay.domain.conversation.events import Event
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.conversation.state import created as first_state
from kaisa_relay.domain.ids import ContactId, ConversationId, MessageId, SendId, WorkspaceId
from kaisa_relay.domain.outgoing import Recipient
from kaisa_relay.domain.sending import Purpose, opaque
from kaisa_relay.ports import (
    Append,
    Change,
    Conflict,
    InboxItem,
    ItemKind,
    NewItem,
    NewSend,
    Recorded,
    SaveContact,
    SaveConversation,
    SaveToken,
    Send,
)
from kaisa_relay.whatsapp.inbound import split
from tests import fakes
from tests.contracts.stores import NewId, Store


@define
class SetClock:
    """A wall clock that stands still until a test moves it."""

    now: datetime

    def __call__(self) -> datetime:
        """Return the instant that was set."""
        return self.now

    def forward(self, **by: float) -> None:
        """Move on by so much, in the words of `timedelta`."""
        self.now += timedelta(**by)


@frozen
class Started:
    """A conversation as it was begun: its first state, its stream, its token."""

    state: State
    token: str

    @property
    def id(self) -> ConversationId:
        """The conversation's id."""
        return self.state.id

    @property
    def stream(self) -> str:
        """The stream of its events."""
        return f"conversation/{self.state.id}"


@define(eq=False)
class World:
    """One workspace with one channel on a store, and what is heard from it."""

    store: Store
    clock: SetClock
    new_id: NewId
    workspace: WorkspaceId
    channel: Channel
    recorded: list[Recorded] = field(factory=list)
    items: list[InboxItem] = field(factory=list)
    ended: list[Send] = field(factory=list)
    """Sends that statuses have ended."""

    def __attrs_post_init__(self) -> None:
        self.store.journal.subscribe(self.recorded.extend)
        self.store.inbox.subscribe(self.items.extend)
        self.store.sends.subscribe(self.ended.extend)

    async def another(self) -> "World":
        """Return a world on the same store with a workspace and a channel of its own."""
        workspace = await self.store.add_workspace()
        channel = await self.store.add_channel(workspace)
        return World(self.store, self.clock, self.new_id, workspace, channel)

    # --- the journal

    async def append(
        self, stream: str, version: int, events: Sequence[Event], *changes: Change
    ) -> Conflict | None:
        """Append to a stream of this workspace."""
        commit = Append(self.workspace, stream, version, tuple(events), changes)
        return await self.store.journal.append(commit)

    async def change(self, *changes: Change) -> Conflict | None:
        """Commit changes without events."""
        return await self.append("change/0", 0, (), *changes)

    async def must(self, *changes: Change) -> None:
        """Commit changes that cannot lose."""
        assert await self.change(*changes) is None

    async def start(self, visitor: Person, agent: Person) -> Started:
        """Begin a conversation of these two, who become known."""
        id = self.new_id()
        event = fakes.created(id, visitor.contact, (agent.contact,), self.clock(), self.channel.id)
        event = evolve(event, workspace=self.workspace)
        row = first_state(event)
        token = f"token{id}"
        started = Started(row, token)
        lost = await self.append(
            started.stream,
            0,
            (event,),
            SaveContact(visitor, fakes.PORTFOLIO),
            SaveContact(agent, fakes.PORTFOLIO),
            SaveConversation(row, 1, next_deadline(row)),
            SaveToken(token, row.id, self.channel.id, self.clock(), f"https://wa.me/?{token}"),
        )
        assert lost is None
        return started

    # --- the outbox

    def outgoing(self, purpose: Purpose = Purpose.RELAY) -> Send:
        """Return a send that no store has yet."""
        return Send(
            workspace=self.workspace,
            id=SendId(self.new_id()),
            channel=self.channel.id,
            conversation=ConversationId(7),
            message=MessageId(self.new_id()),
            contact=ContactId(8),
            recipient=Recipient(fakes.phone(8), None),
            outgoing=Text("hello"),
            purpose=purpose,
        )

    async def sent(self, purpose: Purpose = Purpose.RELAY) -> Send:
        """Put a send into the outbox."""
        send = self.outgoing(purpose)
        await self.must(NewSend(send))
        return send

    # --- the inbox

    def message(self, wamid: str, text: str = "hello") -> NewItem:
        """Return the row of a message to this channel, as the webhook lane makes it."""
        message = {
            "from": "12025550100",
            "id": wamid,
            "timestamp": str(int(self.clock().timestamp())),
            "type": "text",
            "text": {"body": text},
        }
        return self._row({"messages": [message]})

    def statuses(self, *of: tuple[Send, str]) -> NewItem:
        """Return the row of one POST for this channel, as the webhook lane makes it.

        Each send is said to have this status; without any it is one that names no send of ours.
        """
        names = [self._status(f"out{send.id}", name, self._opaque(send)) for send, name in of]
        return self._row({"statuses": names or [self._status("out", "sent", {})]})

    def _status(self, wamid: str, name: str, ours: dict[str, str]) -> dict[str, object]:
        at = str(int(self.clock().timestamp()))
        errors = {"errors": [{"code": 131026}]} if name == "failed" else {}
        status = {"id": wamid, "status": name, "timestamp": at, "recipient_id": "12025550100"}
        return {**status, **errors, **ours}

    def _opaque(self, send: Send) -> dict[str, str]:
        return {"biz_opaque_callback_data": opaque(send.workspace, send.channel, send.id)}

    def unrouted(self) -> NewItem:
        """Return a row that belongs to nobody."""
        (row,) = split(b"no JSON", lambda _: None, str)
        return row

    def unreadable(self, kind: ItemKind = ItemKind.MESSAGE) -> NewItem:
        """Return a row of this channel as another version of the program may have stored it."""
        return NewItem(self.workspace, self.channel.id, kind, None, b"later")

    async def arrive(self, wamid: str | None = None) -> MessageId:
        """Store one message and return its id."""
        before = len(self.items)
        assert await self.store.inbox.store([self.message(wamid or f"w{self.new_id()}")]) == 1
        (item,) = self.items[before:]
        return item.id

    async def waiting(self) -> list[InboxItem]:
        """Return this workspace's rows that are still `new`."""
        return await self.store.inbox.new_rows([self.workspace], MessageId(0), 1000)

    def _row(self, value: dict[str, object]) -> NewItem:
        metadata = {"phone_number_id": self.channel.phone_number_id}
        value = {"messaging_product": "whatsapp", "metadata": metadata, **value}
        changes = [{"field": "messages", "value": value}]
        body = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}
        (row,) = split(json.dumps(body).encode(), lambda _: self.channel, str)
        return row
