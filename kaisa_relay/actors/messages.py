"""What actors tell each other.

Rule 1: actors only `tell`; an ask comes from a face (API, admin) and nowhere else.
Rule 2: nothing told here is the only copy: the inbox, the outbox and the journal have it.
"""

from collections.abc import Callable
from datetime import datetime

from attrs import field, frozen

from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.channel_health import Report
from kaisa_relay.domain.conversation.messages import (
    AgentBack,
    AgentGone,
    AlreadyEnded,
    Candidate,
    HearOutcome,
    NoteIdentity,
    Receive,
    Refusal,
    Strategy,
)
from kaisa_relay.domain.ids import (
    ChannelId,
    ContactId,
    ConversationId,
    MessageId,
    SendId,
)
from kaisa_relay.domain.outgoing import Recipient
from kaisa_relay.domain.requester import Requester
from kaisa_relay.ports import (
    Change,
    Ended,
    InboxItem,
    KeyReused,
    PresenceTold,
    Send,
    Shifted,
    Told,
)
from kaisa_relay.ports.linking import LinkMade, NewLink
from kaisa_relay.ports.outreach import Order
from kaisa_relay.ports.replacing import NotMoved
from kaisa_relay.ports.supervising import Supervision, SupervisionAnswer
from kaisa_relay.runtime.ask import Ask

# --- to a conversation ----------------------------------------------------------------------


@frozen
class Deliver:
    """An inbox item for this conversation; `changes` go into the commit that decides it.

    `refers` is the wamid of the earlier message that it is about; `channel` is where it came in.
    """

    item: MessageId
    command: Receive | HearOutcome | NoteIdentity | AgentGone | AgentBack
    changes: tuple[Change, ...] = field(repr=False, default=())
    wamid: str | None = field(repr=False, default=None)
    refers: str | None = field(repr=False, default=None)
    channel: ChannelId | None = None


def heard(outcome: Told, item: MessageId, at: datetime) -> Deliver:
    """Return the delivery that tells a conversation what became of a send, or of somebody."""
    if isinstance(outcome, PresenceTold):
        came = AgentBack if outcome.available else AgentGone
        return Deliver(item, came(outcome.contact, at))
    if isinstance(outcome, Shifted):
        return Deliver(item, NoteIdentity(outcome.contact, outcome.shift, at))
    command = HearOutcome(
        outcome.send,
        outcome.message,
        outcome.contact,
        outcome.rank,
        outcome.code,
        at,
        outcome.also,
    )
    return Deliver(item, command)


@frozen
class AgentProposed:
    """The pool holds this agent for us for a few seconds; `among` and `known` as `ProposeAgent`."""

    agent: ContactId
    window_open: bool
    among: int = 0
    known: bool = False


@frozen
class AgentsProposed:
    """The pool holds several agents for us, to be asked at once."""

    proposals: tuple[AgentProposed, ...]


@frozen
class NoAgentFree:
    """Nobody is free now; the pool will propose somebody when that changes, or it opens."""

    opens_at: datetime | None = None


@frozen
class NotNeeded:
    """The visitor came by another link."""

    instead: ConversationId


MoveAnswer = NotMoved | None


@frozen
class MoveConversation(Ask[MoveAnswer]):
    """Another number is to carry it; `announced`: the old one can still say so."""

    to: Channel
    announced: bool


@frozen
class VisitorGone:
    """Its visitor is on the block list: it ends, if it has not."""


EndAnswer = Ended | AlreadyEnded


@frozen
class EndConversation(Ask[EndAnswer]):
    """Somebody outside ends it."""

    by: Requester | None = None


SuperviseAnswer = SupervisionAnswer | Refusal | KeyReused


@frozen
class Supervise(Ask[SuperviseAnswer]):
    """Somebody outside wants something done in the team's name."""

    request: Supervision


LinkAnswer = LinkMade | Refusal | KeyReused


@frozen
class MakeLink(Ask[LinkAnswer]):
    """Somebody outside, or a trigger, wants a link that leads here."""

    request: NewLink


@frozen
class AgentWrote:
    """This agent wrote here, at `sent_at`, what the router has had obeyed."""

    agent: ContactId
    sent_at: datetime


@frozen
class SendOutreach(Ask[bool]):
    """A trigger wants its template on the way to the visitor; answers whether it is news.

    `whom` is where the visitor was reached when it was asked.
    """

    order: Order = field(repr=False)
    whom: Recipient = field(repr=False)


ToConversation = (
    Deliver
    | AgentProposed
    | AgentsProposed
    | NoAgentFree
    | NotNeeded
    | AgentWrote
    | VisitorGone
    | MoveConversation
    | EndConversation
    | Supervise
    | MakeLink
    | SendOutreach
)

# --- to a channel ---------------------------------------------------------------------------


@frozen
class Ring:
    """These sends were just committed (the doorbell: the rows are the truth)."""

    sends: tuple[Send, ...] = field(repr=False)


@frozen
class Withdraw:
    """This send is pointless now: end it if it has not begun."""

    send: SendId


@frozen
class Statuses:
    """A row of statuses for this channel; `done` is called once it is applied."""

    item: InboxItem
    done: Callable[[], None]


@frozen
class SendsSettled:
    """Statuses gave these sends their outcome; their rows are gone."""

    sends: tuple[SendId, ...]


@frozen
class Noticed:
    """Sending told something about the number itself."""

    report: Report


ToChannel = Ring | Withdraw | Statuses | SendsSettled | Noticed

# --- to the agent pool of a workspace -------------------------------------------------------


@frozen
class AgentWanted:
    """A conversation looks for an agent on its channel, among these; `at_once` by a broadcast.

    `late` is who came while it was closed: on-call agents alone are asked until it opens.
    """

    conversation: ConversationId
    channel: ChannelId
    visitor: ContactId
    candidates: tuple[Candidate, ...]
    strategy: Strategy
    at_once: int = 1
    late: bool = False


@frozen
class AgentFreed:
    """These agents' pairs on the channel are free again."""

    channel: ChannelId
    agents: tuple[ContactId, ...]


@frozen
class AgentNotWanted:
    """The conversation needs nobody any more."""

    conversation: ConversationId


@frozen
class AgentChanged:
    """This agent's presence, or what they may do, has changed."""

    agent: ContactId


@frozen
class AgentsNamed:
    """A form named these agents, for a conversation on this channel."""

    channel: ChannelId
    agents: tuple[ContactId, ...]


@frozen
class OfferMissed:
    """This agent has let an offer run out."""

    agent: ContactId


ToPool = AgentWanted | AgentFreed | AgentNotWanted | AgentChanged | AgentsNamed | OfferMissed
