"""`/_sim/people/{number}/…`: what a person does to what is there: messages, their own identity."""

import re
from urllib.parse import parse_qs, urlsplit

import msgspec
from quart import Blueprint

from ..config import ChannelConfig
from ..people.identity import Identities
from ..people.inbound import Written
from ..people.numbers import digits
from ..people.second_thoughts import SHAPES, Changed, SecondThoughts
from ..simulator import Simulator
from .calls import (
    ControlProblem,
    Shown,
    add_routes,
    connected_person,
    find_channel,
    find_person,
    read_body,
)


class ReactBody(msgspec.Struct, forbid_unknown_fields=True):
    """A message of either side and an emoji; without emoji the reaction goes."""

    wamid: str
    emoji: str | None = None


class EditBody(msgspec.Struct, forbid_unknown_fields=True):
    """A message of their own and its new text or caption; `shape` is edit, unsupported or
    nothing.
    """

    wamid: str
    text: str
    shape: str | None = None


class DeleteBody(msgspec.Struct, forbid_unknown_fields=True):
    """A message of their own; `shape` is revoke, unsupported or nothing."""

    wamid: str
    shape: str | None = None


class NumberBody(msgspec.Struct, forbid_unknown_fields=True):
    """The new number."""

    number: str


class UserIdBody(msgspec.Struct, forbid_unknown_fields=True):
    """The new BSUID, or none for a derived one."""

    user_id: str | None = None


class MarketingBody(msgspec.Struct, forbid_unknown_fields=True):
    """Whether marketing messages are wanted from the business of a channel."""

    wanted: bool
    channel: str | None = None


class ScanBody(msgspec.Struct, forbid_unknown_fields=True):
    """A wa.me link or the code of a message link; `send` sends the draft as it stands."""

    link: str
    send: bool = False


class ChangeControl:
    """The handlers, over one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._world = simulator.world
        self._thoughts = SecondThoughts(simulator.handsets)
        self._identities = Identities(simulator.handsets)

    def routes(self) -> Blueprint:
        """The blueprint to mount."""
        return add_routes(
            Blueprint("changes", __name__, url_prefix="/_sim/people/<number>"),
            (
                ("/react", "POST", self.react),
                ("/edit", "POST", self.edit),
                ("/delete", "POST", self.delete),
                ("/number", "POST", self.change_number),
                ("/user-id", "POST", self.change_user_id),
                ("/marketing", "POST", self.marketing),
                ("/scan", "POST", self.scan),
            ),
        )

    async def react(self, number: str) -> Shown:
        """React to a message with `emoji`, change it, or take it back without one."""
        person, body = connected_person(self._world, number), await read_body(ReactBody)
        return _shown(self._thoughts.react(person, body.wamid, body.emoji or ""))

    async def edit(self, number: str) -> Shown:
        """Edit a message within 15 minutes; a pure Cloud API number hears `unsupported`, one in
        coexistence `edit`, unless `shape` says otherwise.
        """
        person, body = connected_person(self._world, number), await read_body(EditBody)
        return _shown(self._thoughts.edit(person, body.wamid, body.text, _shape(body.shape)))

    async def delete(self, number: str) -> Shown:
        """Delete a message for everyone within two days; a pure Cloud API number hears nothing,
        one in coexistence `revoke`, unless `shape` says otherwise.
        """
        person, body = connected_person(self._world, number), await read_body(DeleteBody)
        return _shown(self._thoughts.delete(person, body.wamid, _shape(body.shape)))

    async def change_number(self, number: str) -> Shown:
        """Move to another number, and with it to another BSUID; each channel with a chat hears
        `user_changed_number`.
        """
        person, body = find_person(self._world, number), await read_body(NumberBody)
        new = digits(body.number)
        if not new or self._world.people.by_number(new) not in (None, person):
            raise ControlProblem(409, "number must be a free number with digits")
        return {"wamids": self._identities.change_number(person, new), "number": f"+{new}"}

    async def change_user_id(self, number: str) -> Shown:
        """Get another BSUID; each channel with a chat hears `user_changed_user_id`."""
        person, body = find_person(self._world, number), await read_body(UserIdBody)
        return {"wamids": self._identities.change_user_id(person, body.user_id)}

    async def marketing(self, number: str) -> Shown:
        """Stop or resume marketing messages; the business hears `user_preferences`."""
        person, body = find_person(self._world, number), await read_body(MarketingBody)
        channel = find_channel(self._world, body.channel)
        person.marketing = body.wanted
        value = "resume" if body.wanted else "stop"
        self._simulator.notices.preference(channel, person, value)
        return {"marketing": person.marketing}

    async def scan(self, number: str) -> Shown:
        """Open a wa.me link or scan its QR code: the chat it leads to and the draft in it."""
        person, body = connected_person(self._world, number), await read_body(ScanBody)
        channel, draft = self._follow(body.link)
        shown: Shown = {"channel": channel.phone_number_id, "draft": draft}
        if body.send and draft:
            written = Written({"type": "text", "text": {"body": draft}})
            shown["wamid"] = self._simulator.handsets.write(person, channel, written)
        return shown

    def _follow(self, link: str) -> tuple[ChannelConfig, str]:
        parts = urlsplit(link)
        query = parse_qs(parts.query)
        code = self._world.qr_codes.find(parts.path.rpartition("/")[2])
        if code is not None:
            return find_channel(self._world, code.channel), code.prefilled_message
        target = query.get("phone", [parts.path.strip("/")])[0]
        if re.fullmatch(r"\+?[0-9]{5,15}", target) is None:
            raise ControlProblem(400, "link must be https://wa.me/<digits>?text=… or a code")
        return find_channel(self._world, target), query.get("text", [""])[0]


def _shape(shape: str | None) -> str | None:
    if shape not in (None, *SHAPES):
        raise ControlProblem(400, f"shape must be one of {', '.join(SHAPES)}")
    return shape


def _shown(changed: Changed | str) -> Shown:
    if isinstance(changed, str):
        raise ControlProblem(409, changed)
    return {"wamid": changed.wamid, "channel": changed.channel}
