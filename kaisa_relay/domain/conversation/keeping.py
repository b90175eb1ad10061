"""What is kept of offers, misses and messages in doubt: as much as a rule asks for, and no more.

Rule 1: a conversation of years is no larger than one of a day, but for what waits for its reader.
"""

from typing import Final, TypeVar

from kaisa_relay.domain import agent_pool
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.events import OfferExpired, OfferFailed
from kaisa_relay.domain.conversation.state import Phase, State
from kaisa_relay.domain.failures import may_pass
from kaisa_relay.domain.ids import ContactId, MessageId
from kaisa_relay.domain.replacing import replace

T = TypeVar("T")

SENDS: Final = 64
"""How many sends of offers, and of templates that ask somebody back, are told from relayed messages
by what came of them: more than an hour of offers. Of an older one nobody waits for anything."""
IN_DOUBT: Final = 128
"""How many messages that may be lost can be asked for again."""


def latest(known: tuple[T, ...], new: T, most: int = SENDS) -> tuple[T, ...]:
    """Return the latest of these with a new one last."""
    return (*known[1 - most :], new)


def in_doubt(
    known: tuple[tuple[MessageId, Side], ...], message: MessageId, to: Side
) -> tuple[tuple[MessageId, Side], ...]:
    """Return what may be lost with this message among it."""
    return latest(known, (message, to), IN_DOUBT)


def once(known: tuple[ContactId, ...], agent: ContactId) -> tuple[ContactId, ...]:
    """Return who said no; twice says nothing more."""
    return known if agent in known else (*known, agent)


def not_taken(state: State, event: OfferExpired | OfferFailed) -> State:
    """Return a conversation with an agent who missed an offer, or whom it did not reach.

    In a search the second is a miss only if nothing will reach them.
    """
    once_more = replace(state, missed=missed(state.missed, event.agent))
    if isinstance(event, OfferExpired) or state.phase is not Phase.SEEKING:
        return once_more
    others = (each for each in state.unreached if each[0] != event.agent)
    unreached = (*others, (event.agent, event.at))
    return replace(state if may_pass(event.code) else once_more, unreached=unreached)


def missed(known: tuple[ContactId, ...], agent: ContactId) -> tuple[ContactId, ...]:
    """Return who missed an offer, as often as it counts."""
    return known if known.count(agent) >= agent_pool.MOST_MISSES else (*known, agent)
