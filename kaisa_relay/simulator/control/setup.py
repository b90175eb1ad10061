"""`/_sim`: sets up channels, people, faults and the callback, and shows the record."""

from typing import Any

import msgspec
from attrs import evolve
from msgspec import UNSET, UnsetType
from quart import Blueprint, request

from ..config import ChannelConfig, PersonConfig
from ..people.numbers import digits
from ..people.person import Person
from ..simulator import Simulator
from ..webhooks.callbacks import Callback
from ..world import new_person
from .calls import ControlProblem, Shown, add_routes, given, integer, read_body


class WebhookBody(msgspec.Struct, forbid_unknown_fields=True):
    """Where webhooks go; `waba` limits it to one account, `verify` false skips the handshake."""

    url: str
    verify_token: str | None = None
    app_secret: str | None = None
    waba: str | None = None
    verify: bool = True


class ChannelBody(msgspec.Struct, forbid_unknown_fields=True):
    """A channel to create or change."""

    phone_number_id: str
    number: str | UnsetType = UNSET
    token: str | UnsetType = UNSET
    waba: str | UnsetType = UNSET
    portfolio: str | UnsetType = UNSET
    verified_name: str | UnsetType = UNSET
    throughput: int | UnsetType = UNSET
    coexistence: bool | UnsetType = UNSET
    test_recipients: list[str] | UnsetType | None = UNSET


class PersonBody(msgspec.Struct, forbid_unknown_fields=True):
    """A person to create or change."""

    number: str
    name: str | UnsetType = UNSET
    user_id: str | UnsetType | None = UNSET
    username: str | UnsetType | None = UNSET
    online: bool | UnsetType = UNSET
    auto_read: bool | UnsetType = UNSET


class Control:
    """The handlers for the set-up, over one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def routes(self) -> Blueprint:
        """The blueprint to mount."""
        return add_routes(
            Blueprint("control", __name__, url_prefix="/_sim"),
            (
                ("/webhook", "POST", self.set_webhook),
                ("/channels", "POST", self.put_channel),
                ("/channels", "GET", self.list_channels),
                ("/people", "POST", self.put_person),
                ("/people", "GET", self.list_people),
                ("/faults", "GET", self.show_faults),
                ("/faults", "PATCH", self.patch_faults),
                ("/log", "GET", self.log),
                ("/reset", "POST", self.reset),
            ),
        )

    async def set_webhook(self) -> Shown:
        """Register the callback after the handshake, and report how that went."""
        body = await read_body(WebhookBody)
        if not body.url.startswith(("http://", "https://")):
            raise ControlProblem(400, "url must start with http:// or https://")
        config = self._simulator.config
        callback = Callback(
            body.url, body.verify_token or config.verify_token, body.app_secret or config.app_secret
        )
        if body.verify:
            shaken = await self._simulator.verify(callback)
            if shaken.problem:
                raise ControlProblem(409, f"{shaken.problem} (status {shaken.status})")
        if body.waba is None:
            self._simulator.callbacks.default = callback
        else:
            self._simulator.callbacks.overrides[body.waba] = callback
        return {"url": body.url, "verified": body.verify, "waba": body.waba}

    async def put_channel(self) -> Shown:
        """Create a channel, or change the fields given."""
        body = await read_body(ChannelBody)
        world = self._simulator.world
        old = world.channels.get(body.phone_number_id)
        if old is None and body.number is UNSET:
            raise ControlProblem(400, "a new channel needs a number")
        changes = given(body)
        if "number" in changes:
            _check_number(changes["number"])
        if changes.get("throughput", 1) < 1:
            raise ControlProblem(400, "throughput must be at least 1")
        if isinstance(changes.get("test_recipients"), list):
            changes["test_recipients"] = tuple(changes["test_recipients"])
        world.put_channel(evolve(old, **changes) if old is not None else ChannelConfig(**changes))
        world.feed.tell("channel", channel=body.phone_number_id)
        return _show_channel(world.channels[body.phone_number_id])

    async def list_channels(self) -> Shown:
        """Every channel."""
        return {"channels": [_show_channel(one) for one in self._simulator.world.channels.values()]}

    async def put_person(self) -> Shown:
        """Create a person, or change the fields given; going online delivers what waited."""
        body = await read_body(PersonBody)
        _check_number(body.number)
        people, changes = self._simulator.world.people, given(body)
        person = people.by_number(digits(body.number))
        if person is None:
            person = new_person(PersonConfig(**changes))
            people.add(person)
            self._simulator.world.feed.tell("person", person.wa_id)
            return self.show_person(person)
        for name in ("name", "user_id", "username", "auto_read"):
            setattr(person, name, changes.get(name, getattr(person, name)))
        if changes.get("online") is True and not person.online:
            self._simulator.handsets.come_online(person)
        person.online = changes.get("online", person.online)
        self._simulator.world.feed.tell("person", person.wa_id)
        return self.show_person(person)

    async def list_people(self) -> Shown:
        """Everyone."""
        return {"people": [self.show_person(person) for person in self._simulator.world.people]}

    def show_person(self, person: Person) -> Shown:
        """A person as the control API shows them; `user_ids` by portfolio."""
        portfolios = sorted({one.portfolio for one in self._simulator.world.channels.values()})
        return {
            "number": f"+{person.wa_id}",
            "wa_id": person.wa_id,
            "name": person.name,
            "username": person.username,
            "user_ids": {name: person.user_id_in(name) for name in portfolios},
            "online": person.online,
            "auto_read": person.auto_read,
            "blocked": sorted(person.blocked),
            "open_chat": person.open_chat,
            "marketing": person.marketing,
            "messages": person.received,
            "unread": len(person.unread),
        }

    async def show_faults(self) -> Shown:
        """The knobs and switches as they stand."""
        return self._simulator.faults.shown()

    async def patch_faults(self) -> Shown:
        """Change the knobs and switches given."""
        try:
            self._simulator.faults.patch(await read_body(dict[str, Any]))
        except ValueError as problem:
            raise ControlProblem(400, str(problem)) from problem
        return self._simulator.faults.shown()

    async def log(self) -> Shown:
        """The record, later than `after`, of one `kind` if given."""
        entries = self._simulator.record.entries(integer("after", 0), request.args.get("kind"))
        return {"entries": entries, "queues": self._simulator.courier.statistics()}

    async def reset(self) -> Shown:
        """Start over; the callback stays."""
        self._simulator.reset()
        return {"reset": True}


def _show_channel(channel: ChannelConfig) -> Shown:
    return {
        "phone_number_id": channel.phone_number_id,
        "number": f"+{channel.number}",
        "waba": channel.waba,
        "portfolio": channel.portfolio,
        "verified_name": channel.verified_name,
        "throughput": channel.throughput,
        "coexistence": channel.coexistence,
        "test_recipients": channel.test_recipients,
    }


def _check_number(typed: str) -> None:
    """No country's code begins with 0, so a number that does would be nobody's."""
    if not digits(typed) or digits(typed).startswith("0"):
        raise ControlProblem(400, "number needs its country's code, such as +46701112233")
