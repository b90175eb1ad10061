"""One content sent now, outside of any delivery, and what came of it."""

import time

from kaisa_relay.engagement.content import Outward
from kaisa_relay.engagement.endpoint_rows import Target
from kaisa_relay.engagement.lane import Tools, why
from kaisa_relay.engagement.posting import kept
from kaisa_relay.ports.engagement import AttemptView


async def tried_once(tools: Tools, target: Target, content: Outward, id: str) -> AttemptView:
    """Send something once, under an id of its own."""
    at, began = tools.wall(), time.perf_counter()
    reply = await tools.outlets.send(target, content, id, at)
    took = int((time.perf_counter() - began) * 1000)
    return AttemptView(1, at, took, reply.status, why(reply), kept(reply.answer))
