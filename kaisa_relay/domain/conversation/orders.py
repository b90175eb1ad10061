"""What supervisors and programs ask of a conversation, beside its end, and why it may say no.

Rule 1: an order says by whom it is; what it writes is a message of the team's, of neither side's.
"""

from datetime import datetime

from attrs import field, frozen

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import Text
from kaisa_relay.domain.ids import ContactId, MessageId
from kaisa_relay.domain.requester import Requester


@frozen
class Handover:
    """What must be known to hand a conversation over: who is meant, and who can be asked.

    `named` are the agents whom the command names, None is whoever comes next. `free` are those
    who can take a conversation on this channel now, `reachable` those whose window is open. `away`
    says that it is because its agent is away, and not because they want it.
    """

    named: tuple[ContactId, ...] | None
    free: tuple[ContactId, ...]
    reachable: tuple[ContactId, ...]
    noted: bool = False
    away: bool = False


@frozen
class WriteTo:
    """Somebody of the team writes to one side; at most `supervising.LONGEST` characters."""

    message: MessageId
    to: Side
    content: Text = field(repr=False)
    by: Requester
    at: datetime


@frozen
class KeepNote:
    """Somebody of the team notes something."""

    message: MessageId
    content: Text = field(repr=False)
    by: Requester
    at: datetime


@frozen
class HandOver:
    """Somebody of the team wants another agent to take over; the words are for whom is asked."""

    handover: Handover
    message: MessageId
    content: Text | None = field(repr=False)
    by: Requester
    at: datetime


Order = WriteTo | KeepNote | HandOver


@frozen
class NotStarted:
    """The visitor has not written yet: nobody could be reached."""


@frozen
class NoAgent:
    """Nobody has accepted the conversation (yet)."""


@frozen
class TransferUnderWay:
    """This agent was asked already and has not answered."""

    agent: ContactId


@frozen
class AgentNotFree:
    """This agent cannot take a conversation on this channel now."""

    agent: ContactId


@frozen
class NobodyToAsk:
    """None of the other agents of the conversation is free."""


@frozen
class UnknownAgent:
    """Nobody else whom this conversation could go to is meant."""


OrderRefusal = NotStarted | NoAgent | TransferUnderWay | AgentNotFree | NobodyToAsk | UnknownAgent
