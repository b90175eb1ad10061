"""The media in what a business sends: where they stand in the body, and whether they may go."""

from collections.abc import Iterator
from typing import Any

from attrs import define

from ..config import ChannelConfig
from ..errors import GraphError
from ..faults import Faults
from ..sends.outgoing import Outgoing
from .kinds import KINDS, file_problems, kind_problems, voice_problems
from .links import Links
from .store import Media, Medium

Payload = dict[str, Any]


@define
class Attachments:
    """Finds and checks the medium of a send."""

    media: Media
    links: Links
    faults: Faults

    async def of(self, channel: ChannelConfig, outgoing: Outgoing) -> Medium | GraphError | None:
        """The medium that a message carries, None for one without, or why it cannot go."""
        found = next(media_objects(outgoing), None)
        if found is None:
            return None
        kind, body = found
        if isinstance(body.get("id"), str):
            medium = self._by_id(channel, body["id"])
        else:
            medium = await self.links.fetch(channel, str(body.get("link")))
        if isinstance(medium, GraphError):
            return medium
        problem = next(self._problems(kind, body, medium), None)
        return medium if problem is None else GraphError(131053, problem)

    def _by_id(self, channel: ChannelConfig, media_id: str) -> Medium | GraphError:
        medium = self.media.find(media_id)
        if medium is None or medium.waba != channel.waba:
            return GraphError(100, f"Media ID {media_id} does not exist or has expired")
        if medium.source == "inbound" and self.faults.switches.inbound_media == "refuse":
            return GraphError(131053, "This media id was received and cannot be sent")
        return medium

    def _problems(self, kind: str, body: Payload, medium: Medium) -> Iterator[str]:
        data = self.media.data(medium)
        if data is None:
            yield "the bytes of this medium had to make room for others"
            return
        yield from kind_problems(kind, medium.mime_type, data)
        if self.faults.switches.media_check == "off":
            return
        yield from file_problems(medium.mime_type, data)
        if body.get("voice"):
            yield from voice_problems(medium.mime_type, data)


def media_objects(outgoing: Outgoing) -> Iterator[tuple[str, Payload]]:
    """Every media object in a message with its kind: its own, or in the header of an interactive
    message or a template.
    """
    match outgoing.kind:
        case kind if kind in KINDS:
            yield kind, outgoing.body
        case "interactive":
            yield from _in_header(outgoing.body.get("header"))
        case "template":
            for parameter in _header_parameters(outgoing.body):
                yield from _in_header(parameter)
        case _:
            return


def _header_parameters(template: Payload) -> list[Payload]:
    return [
        parameter
        for component in template.get("components", ())
        if str(component.get("type")).lower() == "header"
        for parameter in component.get("parameters", ())
    ]


def _in_header(header: object) -> Iterator[tuple[str, Payload]]:
    if isinstance(header, dict):
        kind = header.get("type")
        if kind in KINDS and isinstance(header.get(kind), dict):
            yield kind, header[kind]
