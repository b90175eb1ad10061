"""The life of a send: its states, the ranks of its statuses, and what an answer means.

Rule 1: an outcome that is not known is never repeated blindly (durability, "Sending").
Rule 2: a rank only rises; `failed` only over what has not been delivered.
"""

from enum import IntEnum, StrEnum
from typing import Final

from attrs import frozen

from kaisa_relay.domain.ids import ChannelId, SendId, WorkspaceId

PAIR_LIMIT: Final = 131056
"""Meta's code for too many messages to one person; everybody else is served."""
SPAM_LIMIT: Final = 131048
"""Meta's code for a number whose messages people have blocked or reported too often."""


class Rank(IntEnum):
    """How far a leg has come; also the version of its event on `send/<id>`."""

    READY = 0
    PARKED = 1
    SENT = 2
    DELIVERED = 3
    READ = 4
    PLAYED = 5
    FAILED = 6


class SendState(StrEnum):
    """Where a send stands while its row lives; finished rows are deleted."""

    READY = "ready"
    SENDING = "sending"
    UNKNOWN = "unknown"
    PARKED = "parked"


class Purpose(StrEnum):
    """Why a send exists, which says what its conversation wants to hear of it.

    Of an offer: sent or failed, its time runs from there. Of a relayed message: failed, parked,
    or settled late. Of a notice (an automatic text): nothing.
    """

    OFFER = "offer"
    RELAY = "relay"
    NOTICE = "notice"


def moves(current: Rank, new: Rank) -> bool:
    """Say whether a leg at `current` moves to `new`."""
    if new is Rank.FAILED:
        return current < Rank.DELIVERED
    return current < new


@frozen
class Accepted:
    """Meta answered 200: it took the message (which is not delivery)."""

    wamid: str
    wa_id: str | None = None
    bsuid: str | None = None


@frozen
class Rejected:
    """Meta answered no, for good: this message will never go out as it is."""

    code: int
    details: str


@frozen
class Deferred:
    """Certainly not sent, worth trying again; `after` is Meta's hint in seconds where it gave one.

    `whole_channel` says that the trouble concerns every send of the number, not this recipient.
    """

    code: int | None
    reason: str
    after: float | None = None
    whole_channel: bool = False


@frozen
class Halted:
    """Certainly not sent, and nothing will be until an operator acts (token, account, payment)."""

    code: int
    details: str


@frozen
class Uncertain:
    """The first byte went out and no answer tells what became of it: it may have been sent."""

    reason: str


Answer = Accepted | Rejected | Deferred | Halted | Uncertain


def opaque(workspace: WorkspaceId, channel: ChannelId, send: SendId) -> str:
    """Return our id as it travels in `biz_opaque_callback_data`."""
    return f"{workspace}.{channel}.{send}"


def send_of(data: str | None, workspace: WorkspaceId, channel: ChannelId) -> SendId | None:
    """Return the send named by an echoed opaque id, or None when it is not this channel's."""
    ours = f"{workspace}.{channel}."
    if data is None or not data.startswith(ours):
        return None
    send = data[len(ours) :]
    return SendId(int(send)) if _is_number(send) else None


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdecimal() and len(part) < 20
