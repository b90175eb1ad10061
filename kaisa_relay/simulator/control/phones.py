"""`/_sim/people/{number}/…`: what a person does with their phone."""

from typing import Any

import msgspec
from quart import Blueprint, request

from ..config import ChannelConfig
from ..media.kinds import KINDS, LARGEST, kind_of
from ..media.store import File
from ..people.inbound import Written
from ..people.person import Arrival, Person
from ..simulator import Simulator
from ..templates.rendering import Button
from .calls import (
    ControlProblem,
    Shown,
    add_routes,
    connected_person,
    find_channel,
    find_person,
    read_body,
)
from .writing import keep, read_written


class TapBody(msgspec.Struct, forbid_unknown_fields=True):
    """Which button: by label, payload or index (from 0), of the message named or the latest that
    fits.
    """

    label: str | None = None
    payload: str | None = None
    index: int | None = None
    message: str | None = None
    channel: str | None = None
    wamid: str | None = None


class ReadBody(msgspec.Struct, forbid_unknown_fields=True):
    """What is read: everything, or from one channel, or up to one wamid."""

    channel: str | None = None
    wamid: str | None = None


class PlayBody(msgspec.Struct, forbid_unknown_fields=True):
    """The voice note that is listened to."""

    wamid: str


class OpenBody(msgspec.Struct, forbid_unknown_fields=True):
    """The chat that is looked at, or with `open` false none."""

    channel: str | None = None
    open: bool = True


class BlockBody(msgspec.Struct, forbid_unknown_fields=True):
    """Block a channel, or no longer."""

    channel: str | None = None
    blocked: bool = True


class WindowBody(msgspec.Struct, forbid_unknown_fields=True):
    """Open or close the 24-hour window by hand."""

    channel: str | None = None
    open: bool = True


class PhoneControl:
    """The handlers for one person's phone, over one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._world = simulator.world

    def routes(self) -> Blueprint:
        """The blueprint to mount."""
        return add_routes(
            Blueprint("phones", __name__, url_prefix="/_sim/people/<number>"),
            (
                ("/send", "POST", self.send),
                ("/media", "POST", self.send_file),
                ("/tap", "POST", self.tap),
                ("/read", "POST", self.read),
                ("/play", "POST", self.play),
                ("/open", "POST", self.open),
                ("/block", "POST", self.block),
                ("/window", "POST", self.window),
            ),
        )

    async def send(self, number: str) -> Shown:
        """Write to a channel: `text`, or `type` and the object of that type (or `body`); with
        `reply_to`, `forwarded` (true or "frequently"), or `data` (base64), `mime_type` and
        `filename` for a medium, which is a sample without. `type` may be voice.
        """
        person = connected_person(self._world, number)
        body = await read_body(dict[str, Any])
        channel = find_channel(self._world, body.pop("channel", None))
        written = read_written(self._world, channel, person, body)
        return self._write(person, channel, written)

    async def send_file(self, number: str) -> Shown:
        """Send a file (multipart `file`) as its MIME type says or as `type`; with `caption`,
        `reply_to` and `channel`.
        """
        person = connected_person(self._world, number)
        form, sent = await request.form, (await request.files).get("file")
        if sent is None:
            raise ControlProblem(400, "give a multipart field file")
        channel = find_channel(self._world, form.get("channel"))
        file = File(
            sent.stream.read(LARGEST + 1),
            sent.content_type or "application/octet-stream",
            sent.filename or None,
        )
        kind = form.get("type") or kind_of(file.mime_type)
        if kind not in (*KINDS, "voice"):
            raise ControlProblem(400, f"type must be voice or one of {', '.join(KINDS)}")
        body: Shown = {"type": kind, kind: {"id": "kept"}}
        for name in ("reply_to", "forwarded"):
            if form.get(name):
                body[name] = form[name]
        message = read_written(self._world, channel, person, body).message
        kind = message["type"]
        message[kind].pop("id")
        if form.get("caption"):
            message[kind]["caption"] = form["caption"]
        medium = keep(self._world.media, channel, file)
        return self._write(person, channel, Written(message, None, medium))

    def _write(self, person: Person, channel: ChannelConfig, written: Written) -> Shown:
        wamid = self._simulator.handsets.write(person, channel, written)
        shown: Shown = {"wamid": wamid, "channel": channel.phone_number_id}
        if written.medium is not None:
            shown["media"] = written.medium.id
        return shown

    async def tap(self, number: str) -> Shown:
        """Tap a button of a message that arrived; `wamid` is null for a link, which tells
        nobody.
        """
        person = connected_person(self._world, number)
        body = await read_body(TapBody)
        channel = find_channel(self._world, body.channel) if body.channel is not None else None
        arrival, button = _find_button(person, body, channel)
        sent = self._simulator.handsets.tap(person, arrival, button, body.wamid)
        return {
            "wamid": sent,
            "channel": arrival.channel,
            "message": arrival.wamid,
            "label": button.label,
        }

    async def read(self, number: str) -> Shown:
        """Read what is unread."""
        person = find_person(self._world, number)
        body = await read_body(ReadBody)
        channel = find_channel(self._world, body.channel) if body.channel is not None else None
        return {"read": self._simulator.handsets.read(person, channel, body.wamid)}

    async def play(self, number: str) -> Shown:
        """Listen to a voice note that arrived: the business hears `played`."""
        person = find_person(self._world, number)
        body = await read_body(PlayBody)
        if not self._simulator.handsets.play(person, body.wamid):
            raise ControlProblem(404, f"there is no voice note {body.wamid} on this phone")
        return {"played": body.wamid}

    async def open(self, number: str) -> Shown:
        """Look at the chat with a channel: it is read, and what comes then has no `delivered`."""
        person = find_person(self._world, number)
        body = await read_body(OpenBody)
        channel = find_channel(self._world, body.channel) if body.open else None
        self._simulator.handsets.open_chat(person, channel)
        return {"open_chat": person.open_chat}

    async def block(self, number: str) -> Shown:
        """Block a channel: what it sends is accepted and never delivered."""
        person = find_person(self._world, number)
        body = await read_body(BlockBody)
        channel = find_channel(self._world, body.channel)
        change = person.blocked.add if body.blocked else person.blocked.discard
        change(channel.phone_number_id)
        self._world.feed.tell("block", person.wa_id, channel.phone_number_id, blocked=body.blocked)
        return {"blocked": sorted(person.blocked)}

    async def window(self, number: str) -> Shown:
        """Open or close the window between the person and a channel."""
        person = find_person(self._world, number)
        body = await read_body(WindowBody)
        channel, windows = find_channel(self._world, body.channel), self._world.windows
        if body.open:
            windows[channel.phone_number_id, person.wa_id] = self._world.clock.time()
        else:
            windows.pop((channel.phone_number_id, person.wa_id), None)
        return {"channel": channel.phone_number_id, "open": body.open}


def _find_button(
    person: Person, body: TapBody, channel: ChannelConfig | None
) -> tuple[Arrival, Button]:
    if body.label is None and body.payload is None and body.index is None:
        raise ControlProblem(400, "give label, payload or index")
    offered: list[str] = []
    for arrival in reversed(person.inbox):
        if body.message not in (None, arrival.wamid):
            continue
        if channel is not None and arrival.channel != channel.phone_number_id:
            continue
        for at, button in enumerate(arrival.buttons):
            if _fits(body, at, button):
                return arrival, button
            offered.append(button.label)
    there = f"there were: {', '.join(offered)}" if offered else "none has; GET …/inbox?wait=5 waits"
    raise ControlProblem(404, f"no such button has arrived; {there}")


def _fits(body: TapBody, at: int, button: Button) -> bool:
    return (
        body.label in (None, button.label)
        and body.payload in (None, button.payload)
        and body.index in (None, at)
    )
