"""`/{phone_number_id}/message_qrdls`: links that put a text into the person's draft."""

import io
from typing import Any

import segno
from quart import Blueprint, Response, request

from ..errors import GraphError
from ..qr_codes import LONGEST_MESSAGE, MOST_CODES, QrCode
from ..simulator import Simulator
from .access import SUCCESS, Access, Answer, page, read_object

_FORMATS = {"SVG": "image/svg+xml", "PNG": "image/png"}


class QrCodeRoutes:
    """The handlers, over one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._access = Access(simulator)

    def add_to(self, routes: Blueprint) -> None:
        """Mount the routes."""
        path = "/<version>/<graph_id>/message_qrdls"
        routes.add_url_rule(path, view_func=self.list_codes, methods=["GET"])
        routes.add_url_rule(path, view_func=self.save_code, methods=["POST"])
        routes.add_url_rule(f"{path}/<code>", view_func=self.read_code, methods=["GET"])
        routes.add_url_rule(f"{path}/<code>", view_func=self.delete_code, methods=["DELETE"])
        routes.add_url_rule("/message_qr/<name>", view_func=self.image, methods=["GET"])

    async def list_codes(self, version: str, graph_id: str) -> Answer:
        """`GET /{phone_number_id}/message_qrdls`, 25 a page."""
        channel = self._access.channel(version, graph_id)
        if isinstance(channel, GraphError):
            return self._access.refuse(channel, graph_id)
        codes = self._simulator.world.qr_codes.of(graph_id)
        return page([one.shown() for one in codes], 25), 200

    async def save_code(self, version: str, graph_id: str) -> Answer:
        """`POST /{phone_number_id}/message_qrdls`: a new code, or another text for `code`."""
        channel = self._access.channel(version, graph_id)
        if isinstance(channel, GraphError):
            return self._access.refuse(channel, graph_id)
        body = await read_object()
        form = body.get("generate_qr_image")
        saved = (
            self._save(graph_id, body)
            if form in (None, *_FORMATS)
            else GraphError(100, "generate_qr_image must be SVG or PNG")
        )
        if isinstance(saved, GraphError):
            return self._access.refuse(saved, graph_id)
        shown: dict[str, Any] = saved.shown()
        if form is not None:
            name = f"{saved.code}.{form.lower()}"
            shown["qr_image_url"] = f"{request.host_url.rstrip('/')}/message_qr/{name}"
        return shown, 200

    def _save(self, channel: str, body: dict[str, Any]) -> QrCode | GraphError:
        codes, text = self._simulator.world.qr_codes, body.get("prefilled_message")
        if not isinstance(text, str) or not 1 <= len(text) <= LONGEST_MESSAGE:
            return GraphError(100, f"prefilled_message needs 1 to {LONGEST_MESSAGE} characters")
        if "code" not in body:
            made = codes.create(channel, text)
            return made or GraphError(100, f"A number has at most {MOST_CODES} codes")
        old = codes.find(str(body["code"]))
        if old is None or old.channel != channel:
            return GraphError(100, "There is no such code")
        return codes.change(old, text)

    async def read_code(self, version: str, graph_id: str, code: str) -> Answer:
        """`GET /{phone_number_id}/message_qrdls/{code}`."""
        found = self._find(version, graph_id, code)
        if isinstance(found, GraphError):
            return self._access.refuse(found, graph_id)
        return {"data": [found.shown()]}, 200

    async def delete_code(self, version: str, graph_id: str, code: str) -> Answer:
        """`DELETE /{phone_number_id}/message_qrdls/{code}`."""
        found = self._find(version, graph_id, code)
        if isinstance(found, GraphError):
            return self._access.refuse(found, graph_id)
        self._simulator.world.qr_codes.remove(found)
        return SUCCESS

    def _find(self, version: str, graph_id: str, code: str) -> QrCode | GraphError:
        channel = self._access.channel(version, graph_id)
        if isinstance(channel, GraphError):
            return channel
        found = self._simulator.world.qr_codes.find(code)
        if found is None or found.channel != graph_id:
            return GraphError(100, "There is no such code")
        return found

    async def image(self, name: str) -> Answer:
        """The image of a code, as `qr_image_url` names it."""
        code, _, form = name.rpartition(".")
        found = self._simulator.world.qr_codes.find(code)
        if found is None or form.upper() not in _FORMATS:
            return Response("", status=404)
        drawn = io.BytesIO()
        segno.make_qr(found.link).save(drawn, kind=form, scale=8)
        return Response(drawn.getvalue(), content_type=_FORMATS[form.upper()])
