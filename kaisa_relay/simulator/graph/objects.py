"""What Graph answers for a bare id: a number, a medium or an account."""

from typing import Any

from quart import Blueprint, request

from ..config import ChannelConfig
from ..errors import GraphError
from ..media.store import Medium
from ..simulator import Simulator
from ..webhooks.callbacks import Callback
from .access import SUCCESS, Access, Answer, read_object

_DEFAULT_FIELDS = "display_phone_number,verified_name,quality_rating"


class Objects:
    """The handlers, over one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._access = Access(simulator)

    def add_to(self, routes: Blueprint) -> None:
        """Mount the routes."""
        path = "/<graph_version:version>/<graph_id>"
        routes.add_url_rule(path, view_func=self.read, methods=["GET"])
        routes.add_url_rule(path, view_func=self.configure_number, methods=["POST"])
        routes.add_url_rule(path, view_func=self.delete_medium, methods=["DELETE"])

    async def read(self, version: str, graph_id: str) -> Answer:
        """`GET /{phone_number_id}?fields=…`, or `GET /{media_id}`: its type, checksum, size, and a
        link for five minutes.
        """
        medium = self._simulator.world.media.find(graph_id)
        if medium is not None:
            return self._read_medium(version, medium)
        channel = self._access.channel(version, graph_id)
        if isinstance(channel, GraphError):
            return self._access.refuse(channel, graph_id)
        webhooks = self._simulator.callbacks.configuration(channel.waba, channel.phone_number_id)
        known = self._number_fields(channel) | {"webhook_configuration": webhooks}
        asked = request.args.get("fields", _DEFAULT_FIELDS).split(",")
        shown = {name.strip(): known[name.strip()] for name in asked if name.strip() in known}
        return shown | {"id": channel.phone_number_id}, 200

    def _read_medium(self, version: str, medium: Medium) -> Answer:
        problem = self._access.owner(version, medium.id, medium.waba)
        wanted = request.args.get("phone_number_id", medium.channel)
        if problem is None and wanted != medium.channel:
            problem = GraphError(100, "phone_number_id is not the number of this medium")
        if problem is not None:
            return self._access.refuse(problem, medium.id)
        return {
            "messaging_product": "whatsapp",
            "url": self._simulator.world.media.link(request.host_url, medium),
            "mime_type": medium.mime_type,
            "sha256": medium.sha256,
            "file_size": str(medium.size),
            "id": medium.id,
        }, 200

    async def delete_medium(self, version: str, graph_id: str) -> Answer:
        """`DELETE /{media_id}`."""
        medium = self._simulator.world.media.find(graph_id)
        problem = self._access.owner(version, graph_id, medium.waba if medium else None)
        if problem is not None or medium is None:
            return self._access.refuse(problem or GraphError(100), graph_id)
        self._simulator.world.media.remove(medium)
        return SUCCESS

    async def configure_number(self, version: str, graph_id: str) -> Answer:
        """`POST /{phone_number_id}` with `webhook_configuration`: a callback of its own, or none
        with an empty one.
        """
        channel = self._access.channel(version, graph_id)
        if isinstance(channel, GraphError):
            return self._access.refuse(channel, graph_id)
        wanted = (await read_object()).get("webhook_configuration")
        if not isinstance(wanted, dict):
            return self._access.refuse(
                GraphError(100, "webhook_configuration must be an object"), graph_id
            )
        callbacks, url = self._simulator.callbacks, str(wanted.get("override_callback_uri", ""))
        if not url:
            callbacks.numbers.pop(graph_id, None)
            return SUCCESS
        callback = self._simulator.own_callback(url, str(wanted.get("verify_token", "")))
        problem = await self._unverified(callback)
        if problem is not None:
            return self._access.refuse(problem, graph_id)
        callbacks.numbers[graph_id] = callback
        return SUCCESS

    async def _unverified(self, callback: Callback) -> GraphError | None:
        if len(callback.url) > 200:
            return GraphError(100, "override_callback_uri is longer than 200 characters")
        shaken = await self._simulator.verify(callback)
        problem = f"Callback verification failed: {shaken.problem}"
        return GraphError(100, problem) if shaken.problem else None

    def _number_fields(self, channel: ChannelConfig) -> dict[str, Any]:
        world = self._simulator.world
        number = world.numbers[channel.phone_number_id]
        account = world.accounts[channel.waba]
        held = account.locked or world.clock.time() < account.restricted_until
        sending = "BLOCKED" if held else "AVAILABLE"
        return {
            "display_phone_number": f"+{channel.number}",
            "verified_name": channel.verified_name,
            "quality_rating": number.quality,
            "status": "CONNECTED" if number.registered else "DISCONNECTED",
            "name_status": "APPROVED",
            "code_verification_status": "VERIFIED",
            "platform_type": "CLOUD_API",
            "is_on_biz_app": channel.coexistence,
            "account_mode": "LIVE" if channel.test_recipients is None else "SANDBOX",
            "throughput": {"level": "HIGH" if channel.throughput > 80 else "STANDARD"},
            "whatsapp_business_manager_messaging_limit": world.portfolios[channel.portfolio].tier,
            "health_status": {
                "can_send_message": sending,
                "entities": [
                    {"entity_type": "PHONE_NUMBER", "id": channel.phone_number_id,
                     "can_send_message": "AVAILABLE" if number.registered else "BLOCKED"},
                    {"entity_type": "WABA", "id": channel.waba, "can_send_message": sending},
                ],
            },
        }  # fmt: skip
