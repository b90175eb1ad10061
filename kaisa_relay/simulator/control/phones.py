"""`/_sim/people/{number}/…`: what a person does with their phone, and what has arrived there."""

from typing import Any

import msgspec
import trio
from quart import Blueprint

from ..config import ChannelConfig
from ..people.person import Arrival, Person
from ..simulator import Simulator
from ..templates.rendering import Button
from .setup import ControlProblem, Shown, integer, read_body, seconds

_LONGEST_WAIT = 60.0


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


class BlockBody(msgspec.Struct, forbid_unknown_fields=True):
    """Block a channel, or no longer."""

    channel: str | None = None
    blocked: bool = True


class WindowBody(msgspec.Struct, forbid_unknown_fields=True):
    """Open or close the 24-hour window by hand."""

    channel: str | None = None
    open: bool = True


class PeopleControl:
    """The handlers for one person's phone, over one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def routes(self) -> Blueprint:
        """The blueprint to mount."""
        routes = Blueprint("people", __name__, url_prefix="/_sim/people/<number>")
        for path, method, handler in (
            ("/send", "POST", self.send),
            ("/tap", "POST", self.tap),
            ("/read", "POST", self.read),
            ("/block", "POST", self.block),
            ("/window", "POST", self.window),
            ("/inbox", "GET", self.inbox),
        ):
            routes.add_url_rule(path, handler.__name__, handler, methods=[method])
        return routes

    async def send(self, number: str) -> Shown:
        """Write to a channel: `text`, or `type` and the object of that type (or `body`)."""
        person = self._connected(number)
        body = await read_body(dict[str, Any])
        channel = self._channel(body.pop("channel", None))
        wamid = body.pop("wamid", None)
        reply_to = body.pop("reply_to", None)
        for name, value in (("wamid", wamid), ("reply_to", reply_to)):
            if not isinstance(value, str | None):
                raise ControlProblem(400, f"{name} must be a string")
        message = _message(body)
        if reply_to is not None:
            message["context"] = {
                "from": self._writer_of(reply_to, channel, person),
                "id": reply_to,
            }
        sent = self._simulator.handsets.write(person, channel, message, wamid)
        return {"wamid": sent, "channel": channel.phone_number_id}

    def _writer_of(self, wamid: str, channel: ChannelConfig, person: Person) -> str:
        return person.wa_id if wamid in self._simulator.world.heard else channel.number

    async def tap(self, number: str) -> Shown:
        """Tap a button of a message that arrived."""
        person = self._connected(number)
        body = await read_body(TapBody)
        channel = self._channel(body.channel) if body.channel is not None else None
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
        person = self._person(number)
        body = await read_body(ReadBody)
        channel = self._channel(body.channel) if body.channel is not None else None
        return {"read": self._simulator.handsets.read(person, channel, body.wamid)}

    async def block(self, number: str) -> Shown:
        """Block a channel: what it sends is accepted and never delivered."""
        person = self._person(number)
        body = await read_body(BlockBody)
        channel = self._channel(body.channel)
        change = person.blocked.add if body.blocked else person.blocked.discard
        change(channel.phone_number_id)
        return {"blocked": sorted(person.blocked)}

    async def window(self, number: str) -> Shown:
        """Open or close the window between the person and a channel."""
        person = self._person(number)
        body = await read_body(WindowBody)
        channel, windows = self._channel(body.channel), self._simulator.world.windows
        if body.open:
            windows[channel.phone_number_id, person.wa_id] = trio.current_time()
        else:
            windows.pop((channel.phone_number_id, person.wa_id), None)
        return {"channel": channel.phone_number_id, "open": body.open}

    async def inbox(self, number: str) -> Shown:
        """What arrived after index `after`; waits up to `wait` seconds while there is nothing."""
        person, after = self._person(number), integer("after", 0)
        with trio.move_on_after(min(seconds("wait"), _LONGEST_WAIT)):
            await person.wait_arrival(after)
        channels = self._simulator.world.channels
        shown = [_show_arrival(one, channels.get(one.channel)) for one in person.inbox[after:]]
        return {"messages": shown, "next": after + len(shown)}

    def _person(self, number: str) -> Person:
        person = self._simulator.world.people.find(number)
        if person is None:
            raise ControlProblem(
                404, f"there is no person {number}; create them with POST /_sim/people"
            )
        return person

    def _connected(self, number: str) -> Person:
        person = self._person(number)
        if not person.online:
            raise ControlProblem(409, f"the phone of {number} is offline")
        return person

    def _channel(self, name: object) -> ChannelConfig:
        world = self._simulator.world
        if name is None and len(world.channels) == 1:
            return next(iter(world.channels.values()))
        if not isinstance(name, str):
            raise ControlProblem(400, "channel must be a phone_number_id or a number")
        channel = world.channel(name)
        if channel is None:
            raise ControlProblem(
                404, f"there is no channel {name}; create it with POST /_sim/channels"
            )
        return channel


def _message(body: dict[str, Any]) -> dict[str, Any]:
    kind = body.get("type", "text")
    content = body.get(kind, body.get("body")) if isinstance(kind, str) else None
    if kind == "text" and isinstance(content, str):
        content = {"body": content}
    if not isinstance(kind, str) or not isinstance(content, dict | list):
        raise ControlProblem(400, "give text, or type and an object named like the type (or body)")
    extra = set(body) - {"type", kind, "body", "context", "errors", "referral", "text", "timestamp"}
    if extra:
        raise ControlProblem(400, f"unknown field {sorted(extra)[0]!r}")
    kept = {
        name: body[name] for name in ("context", "errors", "referral", "timestamp") if name in body
    }
    return kept | {"type": kind, kind: content}


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


def _show_arrival(arrival: Arrival, channel: ChannelConfig | None) -> Shown:
    shown: Shown = {
        "index": arrival.index,
        "wamid": arrival.wamid,
        "channel": arrival.channel,
        "from": f"+{channel.number}" if channel is not None else None,
        "type": arrival.kind,
        "text": arrival.text,
        "buttons": [
            {"label": button.label, "payload": button.payload} for button in arrival.buttons
        ],
        "reply_to": arrival.quoted,
        "at": arrival.at.isoformat(),
        "body": arrival.body,
    }
    if arrival.template is not None:
        shown["template"] = {"name": arrival.template[0], "language": arrival.template[1]}
    return shown
