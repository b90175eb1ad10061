"""The account: who is subscribed to it, which numbers it has; and what a token is worth."""

from typing import Any

from quart import Blueprint, request

from ..errors import BAD_TOKEN, GraphError
from ..simulator import Simulator
from .access import SUCCESS, Access, Answer, page, read_object


class Accounts:
    """The handlers, over one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._access = Access(simulator)

    def add_to(self, routes: Blueprint) -> None:
        """Mount the routes."""
        subscriptions = "/<version>/<graph_id>/subscribed_apps"
        routes.add_url_rule(subscriptions, view_func=self.subscribe, methods=["POST"])
        routes.add_url_rule(subscriptions, view_func=self.subscriptions, methods=["GET"])
        routes.add_url_rule(subscriptions, view_func=self.unsubscribe, methods=["DELETE"])
        routes.add_url_rule(
            "/<version>/<graph_id>/phone_numbers", view_func=self.numbers, methods=["GET"]
        )
        routes.add_url_rule("/<version>/debug_token", view_func=self.debug_token, methods=["GET"])

    async def subscribe(self, version: str, graph_id: str) -> Answer:
        """`POST /{WABA}/subscribed_apps`, with an override callback (and its handshake) or
        without.
        """
        account = self._access.account(version, graph_id)
        if isinstance(account, GraphError):
            return self._access.refuse(account, graph_id)
        callbacks = self._simulator.callbacks
        body = await read_object()
        url = body.get("override_callback_uri")
        if url is None:
            callbacks.overrides.pop(account, None)
            callbacks.subscribed.add(account)
            return SUCCESS
        callback = self._simulator.own_callback(str(url), str(body.get("verify_token", "")))
        shaken = await self._simulator.verify(callback)
        if shaken.problem:
            return self._access.refuse(
                GraphError(100, f"Callback verification failed: {shaken.problem}"), graph_id
            )
        callbacks.overrides[account] = callback
        callbacks.subscribed.add(account)
        return SUCCESS

    async def subscriptions(self, version: str, graph_id: str) -> Answer:
        """`GET /{WABA}/subscribed_apps`: the app, with its override callback if it has one."""
        account = self._access.account(version, graph_id)
        if isinstance(account, GraphError):
            return self._access.refuse(account, graph_id)
        return {"data": self._simulator.callbacks.subscriptions(account)}, 200

    async def unsubscribe(self, version: str, graph_id: str) -> Answer:
        """`DELETE /{WABA}/subscribed_apps`."""
        account = self._access.account(version, graph_id)
        if isinstance(account, GraphError):
            return self._access.refuse(account, graph_id)
        self._simulator.callbacks.subscribed.discard(account)
        self._simulator.callbacks.overrides.pop(account, None)
        return SUCCESS

    async def numbers(self, version: str, graph_id: str) -> Answer:
        """`GET /{WABA}/phone_numbers`."""
        account = self._access.account(version, graph_id)
        if isinstance(account, GraphError):
            return self._access.refuse(account, graph_id)
        world = self._simulator.world
        shown = [
            {
                "id": one.phone_number_id,
                "display_phone_number": f"+{one.number}",
                "verified_name": one.verified_name,
                "quality_rating": world.numbers[one.phone_number_id].quality,
            }
            for one in world.channels_of(account)
        ]
        return page(shown, 25), 200

    async def debug_token(self, version: str) -> Answer:
        """`GET /debug_token?input_token=…`: whether one of the channels has this token."""
        problem = self._access.caller(version)
        if problem is not None:
            return self._access.refuse(problem, "debug_token")
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
