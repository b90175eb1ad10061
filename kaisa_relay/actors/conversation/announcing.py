"""After a commit: who else must hear of it. Every line here may get lost; the rows remain."""

from collections.abc import Sequence

from kaisa_relay.actors.exchange import Exchange
from kaisa_relay.actors.messages import (
    AgentFreed,
    AgentNotWanted,
    OfferMissed,
    Withdraw,
)
from kaisa_relay.actors.workspace.messages import (
    PersonBlocked,
)
from kaisa_relay.domain.contact_events import ContactBlocked
from kaisa_relay.domain.conversation.messages import (
    AgentLost,
    ConversationTransferred,
    Event,
    OfferDeclined,
    OfferExpired,
    OfferFailed,
    OfferRescinded,
)
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.ids import ContactId
from kaisa_relay.ports import Send


def announce(
    exchange: Exchange, before: State, after: State, events: Sequence[Event], sends: Sequence[Send]
) -> None:
    """Ring the channel, and tell the pool who is free and who is not wanted any more."""
    exchange.ring(tuple(sends))
    if before.phase is after.phase and before.open_offers == after.open_offers:
        return  # a relayed message concerns nobody else
    _withdraw(exchange, before, events)
    if workspace := exchange.workspaces.get(after.workspace):
        for blocked in (event for event in events if isinstance(event, ContactBlocked)):
            workspace.tell(PersonBlocked(blocked.contact))
    pool = exchange.pools.get(after.workspace)
    if pool is None:
        return
    for event in events:
        if isinstance(event, OfferExpired):
            pool.tell(OfferMissed(event.agent))
    if freed := freed_agents(events, after):
        pool.tell(AgentFreed(after.channel, tuple(sorted(freed))))
    if before.wants_agent and not after.wants_agent:
        pool.tell(AgentNotWanted(after.id))


def _withdraw(exchange: Exchange, before: State, events: Sequence[Event]) -> None:
    post = exchange.channels.get(before.channel)
    if post is None:
        return
    over = {event.offer for event in events if isinstance(event, OfferFailed | OfferRescinded)}
    for offer in before.open_offers:
        if offer.number in over:
            post.tell(Withdraw(offer.send))


def freed_agents(events: Sequence[Event], state: State) -> set[ContactId]:
    """Return the agents whose pair these events released."""
    freed = {
        event.agent
        for event in events
        if isinstance(
            event, OfferDeclined | OfferExpired | OfferFailed | OfferRescinded | AgentLost
        )
    }
    freed |= {event.before for event in events if isinstance(event, ConversationTransferred)}
    if not state.phase.live and events and state.agent is not None:
        freed.add(state.agent)
    return freed
