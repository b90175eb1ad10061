"""The search for an agent."""

from datetime import datetime

from attrs import frozen

from kaisa_relay.domain.conversation.terms import AgentReason
from kaisa_relay.domain.ids import ContactId, MessageId, SendId
from kaisa_relay.domain.requester import Requester


@frozen
class AgentOffered:
    """An agent is asked; their pair is claimed with this. `template` says by which message.

    In an active conversation it is to be handed over, with the words of `note` if there are any;
    `by` is who wants that from outside. `why` says why it is this agent, among so many who were
    free.
    """

    offer: int
    agent: ContactId
    message: MessageId
    send: SendId
    template: bool
    at: datetime
    note: MessageId | None = None
    by: Requester | None = None
    why: AgentReason | None = None
    among: int = 0


@frozen
class OfferSent:
    """The offer went out: its time runs from here."""

    offer: int
    at: datetime


@frozen
class OfferDeclined:
    """The agent said no, with the message `answer`."""

    offer: int
    agent: ContactId
    at: datetime
    answer: MessageId | None = None


@frozen
class OfferExpired:
    """The agent did not answer in time: a miss."""

    offer: int
    agent: ContactId
    at: datetime


@frozen
class OfferFailed:
    """The offer never reached the agent: nobody's miss. `code` is Meta's, where it gave one."""

    offer: int
    agent: ContactId
    code: int | None
    at: datetime


@frozen
class OfferRescinded:
    """The offer was taken back: the conversation ended, or somebody else accepted."""

    offer: int
    agent: ContactId
    at: datetime


@frozen
class AgentAccepted:
    """The agent took the conversation, with the message `answer`."""

    offer: int
    agent: ContactId
    at: datetime
    answer: MessageId | None = None


@frozen
class ConversationTransferred:
    """Another agent took the conversation over from `before`, with the message `answer`."""

    offer: int
    before: ContactId
    agent: ContactId
    at: datetime
    answer: MessageId | None = None


@frozen
class ConversationQueued:
    """Nobody is free: we keep looking until `until`; `opens_at` is set while it is closed."""

    until: datetime
    at: datetime
    opens_at: datetime | None = None
