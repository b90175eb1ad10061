"""What an answer of WhatsApp means for a send: its next state, and for the channel.

Rule 1: pure; the table of durability's "Sending", point 4, in code.
Rule 2: only what was certainly not sent is ever tried again.
"""

from datetime import datetime, timedelta
from enum import Enum
from random import Random
from typing import Final, assert_never

from attrs import frozen

from kaisa_relay.domain.ids import ConversationId
from kaisa_relay.domain.outgoing import messages_of
from kaisa_relay.domain.replacing import replace
from kaisa_relay.domain.sending import (
    PAIR_LIMIT,
    Accepted,
    Answer,
    Deferred,
    Halted,
    Purpose,
    Rank,
    Rejected,
    SendState,
    Uncertain,
)
from kaisa_relay.ports import Change, EndSend, MoveSend, Outcome, Send, Tell
from kaisa_relay.runtime.id_source import born_at

FIRST_DELAY: Final = 1.0
LONGEST_DELAY: Final = 300.0
LONGEST_WAIT: Final = timedelta(hours=24)
"""How long a send is put off for its own sake; later it would come out of nowhere."""


class Move(Enum):
    """Where the send goes."""

    END = "end"
    AGAIN = "again"
    UNKNOWN = "unknown"


TOKEN_CODES: Final = (0, 190)
"""Meta's word that a token has expired, or never was valid (reference, section 4.12)."""


class Stop(Enum):
    """Whether the whole channel stops until it answers a probe, and why."""

    NO = "too many unknown outcomes"
    AWAY = "WhatsApp cannot be reached"
    HALTED = "WhatsApp refuses this number: see doctor"
    TOKEN = "the access token is not valid: see doctor"


@frozen
class Verdict:
    """The rows that change, the send as it stands then, and what the channel does.

    `pause` is in seconds; 0 is none.
    """

    move: Move
    send: Send
    changes: tuple[Change, ...]
    pause: float = 0.0
    stop: Stop = Stop.NO


_SENDING: Final = (SendState.SENDING,)


def conclude(send: Send, answer: Answer, at: datetime, rng: Random, grace: timedelta) -> Verdict:
    """Say what follows from an answer."""
    match answer:
        case Accepted(wamid=wamid):
            end = EndSend(send.id, _SENDING, Rank.SENT, at, wamid)
            told = _tell(send, Rank.SENT, None) if send.purpose is Purpose.OFFER else ()
            return Verdict(Move.END, send, (end, *told))
        case Rejected(code=code):
            end = EndSend(send.id, _SENDING, Rank.FAILED, at, code=code)
            told = _tell(send, Rank.FAILED, code) if send.purpose is not Purpose.NOTICE else ()
            return Verdict(Move.END, send, (end, *told))
        case Deferred(code=None, whole_channel=True):
            return _again(send, None, Stop.AWAY)
        case Deferred(int(code), reason, whole_channel=False) if _overdue(send, at):
            return conclude(send, Rejected(code, reason), at, rng, grace)
        case Deferred(code=code, after=after, whole_channel=whole):
            delay = after if after is not None else _delay(code, send.attempt, rng)
            if whole:
                return replace(_again(send, None), pause=delay)
            return _again(send, at + timedelta(seconds=delay))
        case Halted(code=code):
            return _again(send, None, Stop.TOKEN if code in TOKEN_CODES else Stop.HALTED)
        case Uncertain():
            due = at + grace
            move = MoveSend(send.id, _SENDING, SendState.UNKNOWN, send.attempt, due)
            unknown = replace(send, state=SendState.UNKNOWN, due_at=due)
            return Verdict(Move.UNKNOWN, unknown, (move,))
        case _:
            assert_never(answer)


def _again(send: Send, due: datetime | None, stop: Stop = Stop.NO) -> Verdict:
    move = MoveSend(send.id, _SENDING, SendState.READY, send.attempt, due)
    ready = replace(send, state=SendState.READY, due_at=due)
    return Verdict(Move.AGAIN, ready, (move,), stop=stop)


def _tell(send: Send, rank: Rank, code: int | None) -> tuple[Change, ...]:
    if send.conversation is None:
        return ()
    return (Tell(send.channel, outcome_of(send, send.conversation, rank, code)),)


def outcome_of(
    send: Send, conversation: ConversationId, rank: Rank, code: int | None = None
) -> Outcome:
    """Return what a conversation hears of a send, for every message that is in it."""
    message, *also = messages_of(send.message, send.outgoing)
    return Outcome(send.id, message, conversation, send.contact, rank, code, tuple(also))


def _delay(code: int | None, attempt: int, rng: Random) -> float:
    if code == PAIR_LIMIT:  # Meta's own advice: 4 to the power of X seconds, X from 0 on
        return min(LONGEST_DELAY, 4.0 ** min(attempt - 1, 8))
    return _backoff(attempt, rng)


def _backoff(attempt: int, rng: Random) -> float:
    return min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(attempt - 1, 16)) * rng.uniform(0.5, 1.0)


def _overdue(send: Send, at: datetime) -> bool:
    return at.timestamp() - born_at(send.id) > LONGEST_WAIT.total_seconds()
