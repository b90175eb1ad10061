"""How much the actors hold in memory; what does not fit waits in the tables."""

from attrs import frozen


@frozen
class Bounds:
    """The limits of one process.

    `in_flight` counts inbox items handed over and not decided yet, `sends` those of one channel's
    outbox that are in memory; the rest are messages in the mailbox of a conversation, and of any
    other actor.
    """

    in_flight: int = 20_000
    sends: int = 20_000
    conversation: int = 256
    mailbox: int = 4096
