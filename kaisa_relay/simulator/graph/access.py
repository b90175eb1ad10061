"""Who may call Graph for what, and how a refusal is answered."""

import re
from typing import Any

from attrs import define
from quart import Response, request

from ..config import ChannelConfig
from ..errors import BAD_TOKEN, GraphError, unknown_object
from ..sends.limits import Gcra
from ..simulator import Simulator

Body = dict[str, Any]
Answer = Response | tuple[Body, int, dict[str, str]] | tuple[Body, int]

SUCCESS: Answer = ({"success": True}, 200)
_VERSION = re.compile(r"v\d+\.\d+")


@define
class Access:
    """Looks at the bearer token and finds what the path names."""

    simulator: Simulator

    def sender(self, version: str, graph_id: str) -> ChannelConfig | GraphError:
        """The channel that a message is sent from; calls for anything else go through `channel`."""
        channel = self.simulator.world.channels.get(graph_id)
        problem = self._not_allowed(version, graph_id, [channel] if channel is not None else [])
        if problem is not None or channel is None:
            return problem or unknown_object(graph_id)
        return channel

    def channel(self, version: str, graph_id: str) -> ChannelConfig | GraphError:
        """The channel that a call is about."""
        return self._wanted_refusal(graph_id) or self.sender(version, graph_id)

    def account(self, version: str, waba: str) -> str | GraphError:
        """The account that a call is about; such calls are counted by the hour."""
        channels = self.simulator.world.channels_of(waba)
        problem = self._wanted_refusal(waba) or self._not_allowed(version, waba, channels)
        return problem or self._over_quota(waba) or waba

    def owner(self, version: str, graph_id: str, waba: str | None) -> GraphError | None:
        """Why the caller may not see an object of an account; None is an object that is not
        there.
        """
        channels = self.simulator.world.channels_of(waba) if waba is not None else []
        return self._wanted_refusal(graph_id) or self._not_allowed(version, graph_id, channels)

    def caller(self, version: str) -> GraphError | None:
        """Why nobody may call like this: an unknown version, or a token of no channel."""
        if _VERSION.fullmatch(version) is None:
            return GraphError(1, f"Unknown path component: /{version}")
        return None if self.known_token() else BAD_TOKEN

    def known_token(self) -> bool:
        """Whether the bearer token belongs to a channel."""
        token = bearer()
        return any(one.token == token for one in self.simulator.world.channels.values())

    def refuse(self, error: GraphError, graph_id: str) -> Answer:
        """Note a refused call and answer it."""
        self.simulator.record.add(
            "refused call", graph_id=graph_id, code=error.code, details=error.details
        )
        return self.error(error)

    def error(self, error: GraphError) -> Answer:
        """The HTTP answer for an error."""
        challenge = f'OAuth "Facebook Platform" "invalid_request" "{error.message}"'
        body = error.body(self.simulator.world.new_trace_id())
        return body, error.http_status, {"WWW-Authenticate": challenge}

    def _not_allowed(
        self, version: str, graph_id: str, channels: list[ChannelConfig]
    ) -> GraphError | None:
        problem = self.caller(version)
        if problem is not None:
            return problem
        # Graph answers the same for an object that is missing and one the token may not see.
        allowed = any(channel.token == bearer() for channel in channels)
        return None if allowed else unknown_object(graph_id)

    def _wanted_refusal(self, graph_id: str) -> GraphError | None:
        knob = self.simulator.faults.strikes("refuse_call", graph_id)
        return GraphError(knob.code, "Simulated refusal") if knob is not None else None

    def _over_quota(self, waba: str) -> GraphError | None:
        world = self.simulator.world
        most = self.simulator.faults.switches.calls_per_hour
        limit = Gcra(interval=3600 / most, burst=most)
        due = limit.due(world.meters.calls.get(waba), world.clock.time())
        if due is None:
            return GraphError(80007, f"More than {most} calls for this account in an hour")
        world.meters.calls[waba] = due
        return None


def bearer() -> str:
    """The token of the request."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def read_object() -> Body:
    """The JSON object of the request with what the query says; empty when there is none."""
    body = await request.get_json(force=True, silent=True)
    return dict(request.args) | (body if isinstance(body, dict) else {})


def page(items: list[Body], limit: int) -> Body:
    """One page of a list, as Graph cuts it: `after` is the number of the last entry seen."""
    after, asked = request.args.get("after", ""), request.args.get("limit", "")
    start = int(after) if after.isdecimal() else 0
    most = max(1, min(int(asked), 1000)) if asked.isdecimal() else limit
    shown = items[start : start + most]
    answer: Body = {"data": shown}
    if shown:
        cursors = {"before": str(start), "after": str(start + len(shown))}
        answer["paging"] = {"cursors": cursors}
    if start + most < len(items):
        address = request.base_url
        answer["paging"]["next"] = f"{address}?after={start + len(shown)}&limit={most}"
    return answer
