"""Media of a number: upload and download; the rest of an id's life is in `objects`."""

from quart import Blueprint, Response, request
from werkzeug.datastructures import FileStorage

from ..config import ChannelConfig
from ..errors import BAD_TOKEN, GraphError
from ..media.kinds import LARGEST, file_problems, kind_problems
from ..media.store import File
from ..simulator import Simulator
from .access import Access, Answer


class MediaRoutes:
    """The handlers, over one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._access = Access(simulator)

    def add_to(self, routes: Blueprint) -> None:
        """Mount the routes."""
        routes.add_url_rule("/<version>/<graph_id>/media", view_func=self.upload, methods=["POST"])
        routes.add_url_rule(
            "/whatsapp_business/attachments/", view_func=self.download, methods=["GET"]
        )

    async def upload(self, version: str, graph_id: str) -> Answer:
        """`POST /{phone_number_id}/media` (multipart: file, type, messaging_product): an id for
        30 days.
        """
        channel = self._access.channel(version, graph_id)
        if isinstance(channel, GraphError):
            return self._access.refuse(channel, graph_id)
        form, files = await request.form, await request.files
        if form.get("messaging_product") != "whatsapp":
            problem = "The parameter messaging_product is required and must be 'whatsapp'"
            return self._access.refuse(GraphError(100, problem), graph_id)
        sent = files.get("file")
        if sent is None:
            return self._access.refuse(GraphError(100, "The parameter file is required"), graph_id)
        return self._keep(channel, sent, form.get("type", ""))

    def _keep(self, channel: ChannelConfig, sent: FileStorage, typed: str) -> Answer:
        # The part's own type counts; `type` is what the caller believes it to be.
        file = File(
            sent.stream.read(LARGEST + 1),
            sent.content_type or typed or "application/octet-stream",
            sent.filename or None,
        )
        strict = self._simulator.faults.switches.media_check == "strict"
        problem = next(file_problems(file.mime_type, file.data), None) if strict else None
        if len(file.data) > LARGEST:
            problem = next(kind_problems("document", file.mime_type, file.data), None)
        if problem is not None:
            return self._access.refuse(GraphError(131053, problem), channel.phone_number_id)
        medium = self._simulator.world.media.add(
            file, "upload", channel.phone_number_id, channel.waba
        )
        self._simulator.record.add(
            "upload", phone_number_id=channel.phone_number_id, id=medium.id, bytes=medium.size
        )
        return {"id": medium.id}, 200

    async def download(self) -> Answer:
        """The bytes behind a link of `GET /{media_id}` or of a webhook: with the bearer token, for
        five minutes; 404 afterwards.
        """
        if not self._access.known_token():
            return self._access.refuse(BAD_TOKEN, "media link")
        media, query = self._simulator.world.media, request.args
        medium = media.linked(query.get("mid", ""), query.get("ext", ""), query.get("hash", ""))
        data = media.data(medium) if medium is not None else None
        if medium is None or data is None or self._access.owner("v0.0", medium.id, medium.waba):
            return Response("", status=404)
        return Response(data, content_type=medium.mime_type)
