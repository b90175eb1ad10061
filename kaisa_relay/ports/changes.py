"""The rows that change in one commit with the events, each a frozen class.

Rule 1: a change names what it expects; where that does not hold, the whole commit is a `Conflict`.
Rule 2: personal data is only in fields that `repr` leaves out.
"""

from datetime import datetime

from attrs import field, frozen

from kaisa_relay.domain.contact import Person, Side, Team
from kaisa_relay.domain.content import Content
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.ids import (
    ChannelId,
    ContactId,
    ConversationId,
    MessageId,
    SendId,
    WorkspaceId,
)
from kaisa_relay.domain.outgoing import Outgoing, Recipient
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.sending import Purpose, Rank, SendState
from kaisa_relay.ports.agents import CountMiss, KnowAgent, SavePresence
from kaisa_relay.ports.blocks import BlockContact, UnblockContact
from kaisa_relay.ports.files import MoveFile, WantFile
from kaisa_relay.ports.health import SaveHealth
from kaisa_relay.ports.inbox import Told
from kaisa_relay.ports.suppressing import Allow, Suppress
from kaisa_relay.ports.tokens import NoteRecovery, SaveToken, UseToken


@frozen
class Done:
    """These inbox rows are decided; their bodies go, the rows stay for dedup.

    A conflict when one of them is not `new` any more: it was decided before.
    """

    items: tuple[MessageId, ...]


@frozen
class ParkItem:
    """These inbox rows wait for an operator, with the reason and the stream they belong to.

    Those that are not `new` any more stay as they are.
    """

    items: tuple[MessageId, ...]
    stream: str
    reason: str


@frozen
class Tell:
    """A row of the inbox that we write ourselves: what a conversation must hear."""

    channel: ChannelId
    outcome: Told


@frozen
class StoreContent:
    """What a message says, keyed by whose it is; `author` is None for our automatic texts."""

    message: MessageId
    conversation: ConversationId | None
    contact: ContactId
    author: Side | Team | None
    content: Content | Outgoing = field(repr=False)
    wamid: str | None = field(repr=False, default=None)


@frozen
class Send:
    """One message on its way out. Its row is born `ready`, with a leg of rank `READY`.

    Sends to one recipient on one channel leave in the order of their ids. `message` is the
    message whose leg it is. `purpose` says which outcomes its conversation hears (`Outcome`).
    `due_at` is set while it waits (backoff, grace of `unknown`, end of `parked`).
    """

    workspace: WorkspaceId
    id: SendId
    channel: ChannelId
    conversation: ConversationId | None
    message: MessageId
    contact: ContactId
    recipient: Recipient = field(repr=False)
    outgoing: Outgoing = field(repr=False)
    purpose: Purpose
    state: SendState = SendState.READY
    attempt: int = 0
    due_at: datetime | None = None


@frozen
class NewSend:
    """Put a send into the outbox in this commit; a conflict when its id was used before."""

    send: Send


@frozen
class MoveSend:
    """Change a send's state; a conflict unless it stands in one of `sources` now.

    To `parked` its leg moves too, without an event: the conversation says `MessageUnconfirmed`.
    """

    send: SendId
    sources: tuple[SendState, ...]
    state: SendState
    attempt: int
    due_at: datetime | None = None


@frozen
class EndSend:
    """A send has its outcome: the row goes, its leg moves to `rank` if that is further.

    A conflict unless it stands in one of `sources` now. A leg that moved gives one event
    `message_status` on `send/<id>` whose version is the rank.
    """

    send: SendId
    sources: tuple[SendState, ...]
    rank: Rank
    at: datetime
    wamid: str | None = field(repr=False, default=None)
    code: int | None = None


@frozen
class JoinSends:
    """Several sends become one: `into` is the last of them and says what all of them said.

    A conflict unless all of them are `ready` now. The rows of the others go, and their legs become
    legs of `into`: what becomes of it counts for every message in it.
    """

    into: SendId
    others: tuple[SendId, ...]
    outgoing: Outgoing = field(repr=False)


@frozen
class DropSends:
    """These sends were not begun and are not wanted any more: their rows and legs go.

    A conflict unless all of them are `ready` now.
    """

    sends: tuple[SendId, ...]


@frozen
class ClaimPair:
    """This person is in this conversation on this channel; a conflict while in another one."""

    channel: ChannelId
    contact: ContactId
    conversation: ConversationId
    role: Side


@frozen
class ReleasePair:
    """This person has left this conversation; no effect when they hold another."""

    channel: ChannelId
    contact: ContactId
    conversation: ConversationId


@frozen
class TouchPair:
    """This person wrote at `at`, which opens their window; only later instants count."""

    channel: ChannelId
    contact: ContactId
    at: datetime


@frozen
class SaveConversation:
    """The current-state row: written when phase, party or deadline changes, and on passivation."""

    state: State = field(repr=False)
    version: int
    due_at: datetime | None


@frozen
class SaveContact:
    """A person and what finds them (identities are added; `ForgetNumbers` takes away).

    `phones` are the candidates of the form's number; identities that exist already stay with
    the contact that has them. A phone or BSUID that is None leaves what is known.
    """

    person: Person = field(repr=False)
    portfolio: str
    phones: tuple[Phone, ...] = field(repr=False, default=())
    wa_id: str | None = field(repr=False, default=None)


@frozen
class ForgetNumbers:
    """This person moved away from these numbers: who has them now is somebody else.

    They are neither found by them nor written to at them any more: sends that are `ready` for one
    of them go to the number that the same commit saves, else to their BSUID, else nowhere.
    """

    contact: ContactId
    phones: tuple[Phone, ...] = field(repr=False)
    wa_id: str | None = field(repr=False, default=None)


@frozen
class MergeContacts:
    """`absorbed` is the same person as `heir`, and is found as `heir` from now on.

    Its identities and pairs go over; both keep their rows and know each other's number and BSUID.
    What they said and a block go over too. A conflict while `absorbed` is live or an agent.
    """

    absorbed: ContactId
    heir: ContactId


@frozen
class SaveMetadata:
    """The free JSON object that came with the form; the visitor's personal data."""

    conversation: ConversationId
    contact: ContactId
    metadata: bytes = field(repr=False)


@frozen
class SaveAnswer:
    """The answer to a request with an `Idempotency-Key`; a conflict while the key is kept."""

    key: str
    request_hash: bytes = field(repr=False)
    answer: bytes = field(repr=False)
    until: datetime


Change = (
    Done
    | ParkItem
    | Tell
    | StoreContent
    | NewSend
    | MoveSend
    | EndSend
    | JoinSends
    | DropSends
    | ClaimPair
    | ReleasePair
    | TouchPair
    | SaveConversation
    | SaveToken
    | UseToken
    | NoteRecovery
    | SaveContact
    | ForgetNumbers
    | MergeContacts
    | BlockContact
    | UnblockContact
    | Suppress
    | Allow
    | SaveMetadata
    | KnowAgent
    | SavePresence
    | CountMiss
    | SaveHealth
    | WantFile
    | MoveFile
    | SaveAnswer
)
