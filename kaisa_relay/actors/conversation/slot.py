"""A conversation's place in the house: it outlives the runs of its actor.

Rule 1: the slot knows which inbox rows were handed over and are not decided yet.
Rule 2: once behind, a conversation is fed from its rows alone, by id, until none is left.
"""

from collections.abc import Callable, Iterable

from attrs import define, field

from kaisa_relay.actors.messages import Deliver, ToConversation
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId, MessageId, WorkspaceId
from kaisa_relay.runtime.mailbox import Mailbox


@define(eq=False)
class Slot:
    """One live conversation: its mailbox, and the rows that are on their way to it."""

    workspace: WorkspaceId
    conversation: ConversationId
    on_done: Callable[[MessageId], None]
    mailbox: Mailbox[ToConversation]
    pending: dict[MessageId, None] = field(factory=dict)
    behind: bool = False
    channel: ChannelId | None = None
    contacts: tuple[ContactId, ...] = ()
    """Whose messages came in here, on that channel: the router remembers them meanwhile."""

    @property
    def stream(self) -> str:
        """The name of its stream."""
        return stream_of(self.conversation)

    def hand_over(self, deliver: Deliver) -> None:
        """Pass on an inbox item; if the mailbox is full it is found in the table, in order."""
        self.pending[deliver.item] = None
        if self.behind or not self.mailbox.tell(deliver):
            self.behind = True

    def heard_from(self, channel: ChannelId, contact: ContactId) -> None:
        """Note who writes here."""
        if contact not in self.contacts:
            self.channel, self.contacts = channel, (*self.contacts, contact)

    def fall_behind(self) -> None:
        """Forget what is queued: after a crash only the rows are certain."""
        self.mailbox.clear()
        self.behind = True

    def done(self, item: MessageId) -> None:
        """This row is decided."""
        if item in self.pending:
            del self.pending[item]
            if not self.pending:
                self.pending = {}  # one that was emptied keeps 170 bytes
            self.on_done(item)


def stream_of(conversation: ConversationId) -> str:
    """Return the name of a conversation's stream."""
    return f"conversation/{conversation}"


def conversation_of(stream: str) -> ConversationId:
    """Return whose stream this is."""
    return ConversationId(int(stream.removeprefix("conversation/")))


def conversations_of(streams: Iterable[str]) -> set[str]:
    """Return those streams that are a conversation's: a single item may be parked, too."""
    return {stream for stream in streams if stream.startswith("conversation/")}
