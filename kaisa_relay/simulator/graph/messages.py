"""The Graph endpoints: who may call, what is answered, and the faults on the way back."""

import re
from typing import Any

import trio
from quart import Blueprint, Response, request

from ..config import ChannelConfig
from ..dropping import DROP_HEADER
from ..errors import BAD_TOKEN, GraphError, unknown_object
from ..people.numbers import digits
from ..sends.outgoing import Outgoing, ReadMark, parse_outgoing
from ..sends.sending import Accepted
from ..simulator import Simulator
from ..webhooks.callbacks import Callback

Answer = Response | tuple[dict[str, Any], int, dict[str, str]] | tuple[dict[str, Any], int]

_VERSION = re.compile(r"v\d+\.\d+")
_SUCCESS = {"success": True}


def graph_blueprint(simulator: Simulator) -> Blueprint:
    """The routes under `/vNN.N`."""
    graph = Graph(simulator)
    routes = Blueprint("graph", __name__)
    routes.add_url_rule(
        "/<version>/<graph_id>/messages", view_func=graph.messages, methods=["POST"]
    )
    routes.add_url_rule(
        "/<version>/<graph_id>/subscribed_apps", view_func=graph.subscribe, methods=["POST"]
    )
    routes.add_url_rule(
        "/<version>/<graph_id>/subscribed_apps", view_func=graph.subscriptions, methods=["GET"]
    )
    routes.add_url_rule("/<version>/debug_token", view_func=graph.debug_token, methods=["GET"])
    routes.add_url_rule("/<version>/<graph_id>", view_func=graph.read_number, methods=["GET"])
    return routes


class Graph:
    """The handlers, over one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def messages(self, version: str, graph_id: str) -> Answer:
        """`POST /{phone_number_id}/messages`: a send or a read mark."""
        channel = self._channel(version, graph_id)
        if isinstance(channel, GraphError):
            return self._refuse(channel, graph_id)
        parsed = parse_outgoing(await request.get_json(force=True, silent=True))
        if isinstance(parsed, GraphError):
            return self._refuse(parsed, graph_id)
        if isinstance(parsed, ReadMark):
            return self._mark_read(channel, parsed)
        return await self._send(channel, parsed)

    async def _send(self, channel: ChannelConfig, outgoing: Outgoing) -> Answer:
        about = (channel.phone_number_id, digits(outgoing.to or ""), outgoing.recipient or "")
        fault = self._fault_before(about)
        if fault is not None:
            self._note(channel, outgoing, outcome="not accepted", answer=fault[1])
            return fault
        accepted = self._simulator.sending.accept(channel, outgoing)
        if isinstance(accepted, GraphError):
            self._note(channel, outgoing, outcome="refused", code=accepted.code)
            return self._error(accepted)
        return await self._answer(channel, outgoing, accepted, about)

    def _fault_before(self, about: tuple[str, ...]) -> tuple[dict[str, Any], int] | None:
        faults = self._simulator.faults
        if faults.strikes("error_before_accept", *about) is not None:
            return {}, 500
        for name, error in (("downtime", GraphError(2)), ("expired_token", BAD_TOKEN)):
            if faults.strikes(name, *about) is not None:
                return error.body(self._simulator.world.new_trace_id()), error.http_status
        return None

    async def _answer(
        self, channel: ChannelConfig, outgoing: Outgoing, accepted: Accepted, about: tuple[str, ...]
    ) -> Answer:
        faults = self._simulator.faults
        if faults.strikes("status_before_answer", *about) is not None:
            await self._tell_at_once(accepted)
        slow = faults.strikes("slow_answer", *about)
        dropped = faults.strikes("drop_answer", *about) is not None
        failed = not dropped and faults.strikes("error_after_accept", *about) is not None
        answer = "dropped" if dropped else "500" if failed else "200"
        self._note(channel, outgoing, outcome="accepted", wamid=accepted.sent.wamid, answer=answer)
        if slow is not None:
            await trio.sleep(slow.seconds)
        if dropped:
            return {}, 200, {DROP_HEADER: "1"}
        if failed:
            return Response("", status=500)
        return accepted.body(), 200

    async def _tell_at_once(self, accepted: Accepted) -> None:
        for update in self._simulator.statuses.updates(accepted.sent, "sent"):
            await self._simulator.courier.post_now(update)

    def _note(self, channel: ChannelConfig, outgoing: Outgoing, **facts: Any) -> None:
        self._simulator.record.add(
            "send",
            phone_number_id=channel.phone_number_id,
            to=outgoing.to or outgoing.recipient,
            type=outgoing.kind,
            opaque=outgoing.opaque,
            **facts,
        )

    def _mark_read(self, channel: ChannelConfig, mark: ReadMark) -> Answer:
        heard = self._simulator.world.heard.get(mark.wamid)
        if heard is None or heard.channel != channel.phone_number_id:
            return self._refuse(
                GraphError(131009, "message_id is not a received message"), channel.phone_number_id
            )
        self._simulator.record.add(
            "read mark",
            phone_number_id=channel.phone_number_id,
            wamid=mark.wamid,
            typing=mark.typing,
        )
        return _SUCCESS, 200

    async def subscribe(self, version: str, graph_id: str) -> Answer:
        """`POST /{WABA}/subscribed_apps`, with an override callback (and its handshake) or
        without.
        """
        problem = self._not_allowed(version, graph_id, self._channels_of(graph_id))
        if problem is not None:
            return self._refuse(problem, graph_id)
        callbacks = self._simulator.callbacks
        body = await request.get_json(force=True, silent=True) or {}
        url = body.get("override_callback_uri")
        if url is None:
            callbacks.overrides.pop(graph_id, None)
            callbacks.subscribed.add(graph_id)
            return _SUCCESS, 200
        secret = (
            callbacks.default.app_secret
            if callbacks.default is not None
            else self._simulator.config.app_secret
        )
        callback = Callback(str(url), str(body.get("verify_token", "")), secret)
        shaken = await self._simulator.verify(callback)
        if shaken.problem:
            return self._refuse(
                GraphError(100, f"Callback verification failed: {shaken.problem}"), graph_id
            )
        callbacks.overrides[graph_id] = callback
        callbacks.subscribed.add(graph_id)
        return _SUCCESS, 200

    async def subscriptions(self, version: str, graph_id: str) -> Answer:
        """`GET /{WABA}/subscribed_apps`: the app, with its override callback if it has one."""
        problem = self._not_allowed(version, graph_id, self._channels_of(graph_id))
        if problem is not None:
            return self._refuse(problem, graph_id)
        return {"data": self._simulator.callbacks.subscriptions(graph_id)}, 200

    async def read_number(self, version: str, graph_id: str) -> Answer:
        """`GET /{phone_number_id}?fields=…`."""
        channel = self._channel(version, graph_id)
        if isinstance(channel, GraphError):
            return self._refuse(channel, graph_id)
        webhooks = self._simulator.callbacks.configuration(channel.waba)
        known = _number_fields(channel) | {"webhook_configuration": webhooks}
        asked = request.args.get(
            "fields", "display_phone_number,verified_name,quality_rating"
        ).split(",")
        shown = {name.strip(): known[name.strip()] for name in asked if name.strip() in known}
        return shown | {"id": channel.phone_number_id}, 200

    async def debug_token(self, version: str) -> Answer:
        """`GET /debug_token?input_token=…`: whether one of the channels has this token."""
        problem = self._bad_caller(version)
        if problem is not None:
            return self._refuse(problem, "debug_token")
        token = request.args.get("input_token", "")
        valid = any(channel.token == token for channel in self._simulator.world.channels.values())
        data: dict[str, Any] = {
            "is_valid": valid,
            "scopes": [],
            "type": "SYSTEM_USER",
            "expires_at": 0,
        }
        if valid:
            data["scopes"] = ["whatsapp_business_management", "whatsapp_business_messaging"]
        else:
            data["error"] = {"code": 190, "message": BAD_TOKEN.title}
        return {"data": data}, 200

    def _channel(self, version: str, graph_id: str) -> ChannelConfig | GraphError:
        channel = self._simulator.world.channels.get(graph_id)
        problem = self._not_allowed(version, graph_id, [channel] if channel is not None else [])
        if problem is not None or channel is None:
            return problem or unknown_object(graph_id)
        return channel

    def _channels_of(self, waba: str) -> list[ChannelConfig]:
        channels = self._simulator.world.channels.values()
        return [channel for channel in channels if channel.waba == waba]

    def _not_allowed(
        self, version: str, graph_id: str, channels: list[ChannelConfig]
    ) -> GraphError | None:
        problem = self._bad_caller(version)
        if problem is not None:
            return problem
        # Graph answers the same for an object that is missing and one the token may not see.
        return (
            None
            if any(channel.token == _bearer() for channel in channels)
            else unknown_object(graph_id)
        )

    def _bad_caller(self, version: str) -> GraphError | None:
        if _VERSION.fullmatch(version) is None:
            return GraphError(1, f"Unknown path component: /{version}")
        known = any(
            channel.token == _bearer() for channel in self._simulator.world.channels.values()
        )
        return None if known else BAD_TOKEN

    def _refuse(self, error: GraphError, graph_id: str) -> Answer:
        self._simulator.record.add(
            "refused call", graph_id=graph_id, code=error.code, details=error.details
        )
        return self._error(error)

    def _error(self, error: GraphError) -> Answer:
        challenge = f'OAuth "Facebook Platform" "invalid_request" "{error.message}"'
        body = error.body(self._simulator.world.new_trace_id())
        return body, error.http_status, {"WWW-Authenticate": challenge}


def _bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _number_fields(channel: ChannelConfig) -> dict[str, Any]:
    return {
        "display_phone_number": f"+{channel.number}",
        "verified_name": channel.verified_name,
        "quality_rating": "GREEN",
        "status": "CONNECTED",
        "name_status": "APPROVED",
        "code_verification_status": "VERIFIED",
        "platform_type": "CLOUD_API",
        "throughput": {"level": "HIGH" if channel.throughput > 80 else "STANDARD"},
        "whatsapp_business_manager_messaging_limit": "TIER_UNLIMITED",
        "health_status": {"can_send_message": "AVAILABLE", "entities": []},
    }
