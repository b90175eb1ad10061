"""Messages that are for no conversation: the router decides them itself, each in one commit."""

from typing import assert_never

from kaisa_relay.actors.agents.presence import obey_agent
from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.routing.destinations import FromAgent, Homeless, TurnedAway
from kaisa_relay.actors.routing.turning_away import turn_away
from kaisa_relay.actors.routing.unmatched import answer_unmatched
from kaisa_relay.domain.inbound import Inbound
from kaisa_relay.ports import InboxItem


async def settle(
    context: Context, item: InboxItem, inbound: Inbound, where: FromAgent | Homeless | TurnedAway
) -> None:
    """Decide the row."""
    match where:
        case FromAgent():
            await obey_agent(context, item, inbound, where)
        case Homeless():
            await answer_unmatched(context, item, inbound, where)
        case TurnedAway():
            await turn_away(context, item, inbound, where)
        case _:
            assert_never(where)
