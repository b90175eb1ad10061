"""`/_sim`: sets up channels, people, templates, faults and the callback, and shows the record."""

from typing import Any, TypeVar

import msgspec
from attrs import evolve
from msgspec import UNSET, UnsetType
from quart import Blueprint, request

from ..config import ChannelConfig, PersonConfig, TemplateConfig, TemplateText
from ..people.numbers import digits
from ..people.person import Person
from ..simulator import Simulator
from ..webhooks.callbacks import Callback
from ..world import new_person

T = TypeVar("T")
Shown = dict[str, Any]


class ControlProblem(Exception):
    """A control call that cannot be done; the text says what is wrong with it."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


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


class PersonBody(msgspec.Struct, forbid_unknown_fields=True):
    """A person to create or change."""

    number: str
    name: str | UnsetType = UNSET
    user_id: str | UnsetType | None = UNSET
    username: str | UnsetType | None = UNSET
    online: bool | UnsetType = UNSET
    auto_read: bool | UnsetType = UNSET


class TextBody(msgspec.Struct, forbid_unknown_fields=True):
    """One language of a template."""

    body: str = ""
    buttons: list[str] = []


class TemplateBody(msgspec.Struct, forbid_unknown_fields=True):
    """A template to create or replace: `languages` is a list of codes, or texts by code."""

    name: str
    languages: list[str] | dict[str, TextBody]
    parameters: int = 0
    parameter_names: list[str] = []
    buttons: list[str] = []
    body: str | None = None
    category: str = "utility"
    status: str = "approved"
    waba: str | None = None


async def read_body(shape: type[T]) -> T:
    """The JSON body of the request; an empty one counts as `{}`."""
    try:
        return msgspec.json.decode(await request.get_data() or b"{}", type=shape)
    except (msgspec.DecodeError, msgspec.ValidationError) as problem:
        raise ControlProblem(400, str(problem)) from problem


def integer(name: str, default: int) -> int:
    """A whole number in the query."""
    return int(_number(name, default))


def seconds(name: str) -> float:
    """A time in the query; 0 if absent."""
    return _number(name, 0.0)


def _number(name: str, default: float) -> float:
    text = request.args.get(name)
    try:
        value = default if text is None else float(text)
    except ValueError as problem:
        raise ControlProblem(400, f"{name} must be a number") from problem
    if not 0 <= value < 2**53:
        raise ControlProblem(400, f"{name} must be a number from 0")
    return value


class Control:
    """The handlers for the set-up, over one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def routes(self) -> Blueprint:
        """The blueprint to mount."""
        routes = Blueprint("control", __name__, url_prefix="/_sim")
        for path, method, handler in (
            ("/webhook", "POST", self.set_webhook),
            ("/channels", "POST", self.put_channel),
            ("/channels", "GET", self.list_channels),
            ("/people", "POST", self.put_person),
            ("/people", "GET", self.list_people),
            ("/templates", "POST", self.put_template),
            ("/faults", "GET", self.show_faults),
            ("/faults", "PATCH", self.patch_faults),
            ("/log", "GET", self.log),
            ("/reset", "POST", self.reset),
        ):
            routes.add_url_rule(path, handler.__name__, handler, methods=[method])
        return routes

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
        changes = _given(body)
        if "number" in changes and not digits(changes["number"]):
            raise ControlProblem(400, "number holds no digits")
        if changes.get("throughput", 1) < 1:
            raise ControlProblem(400, "throughput must be at least 1")
        world.put_channel(evolve(old, **changes) if old is not None else ChannelConfig(**changes))
        return _show_channel(world.channels[body.phone_number_id])

    async def list_channels(self) -> Shown:
        """Every channel."""
        return {"channels": [_show_channel(one) for one in self._simulator.world.channels.values()]}

    async def put_person(self) -> Shown:
        """Create a person, or change the fields given; going online delivers what waited."""
        body = await read_body(PersonBody)
        if not digits(body.number):
            raise ControlProblem(400, "number holds no digits")
        people, changes = self._simulator.world.people, _given(body)
        person = people.by_number(digits(body.number))
        if person is None:
            person = new_person(PersonConfig(**changes))
            people.add(person)
            return self.show_person(person)
        for name in ("name", "user_id", "username", "auto_read"):
            setattr(person, name, changes.get(name, getattr(person, name)))
        if changes.get("online") is True and not person.online:
            self._simulator.handsets.come_online(person)
        person.online = changes.get("online", person.online)
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
            "messages": len(person.inbox),
            "unread": len(person.unread),
        }

    async def put_template(self) -> Shown:
        """Create or replace a template; without texts the body shows its parameters one after
        the other.
        """
        body = await read_body(TemplateBody)
        template = _template(body)
        self._simulator.world.templates[template.waba, template.name] = template
        return {
            "name": template.name,
            "languages": sorted(template.texts),
            "status": template.status,
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


def _given(body: msgspec.Struct) -> Shown:
    values = {name: getattr(body, name) for name in body.__struct_fields__}
    return {name: value for name, value in values.items() if value is not UNSET}


def _show_channel(channel: ChannelConfig) -> Shown:
    return {
        "phone_number_id": channel.phone_number_id,
        "number": f"+{channel.number}",
        "waba": channel.waba,
        "portfolio": channel.portfolio,
        "verified_name": channel.verified_name,
        "throughput": channel.throughput,
    }


def _template(body: TemplateBody) -> TemplateConfig:
    keys = body.parameter_names or [str(at) for at in range(1, body.parameters + 1)]
    shown = (
        body.body
        if body.body is not None
        else " ".join(["Hello:", *(f"{{{{{key}}}}}" for key in keys)])
    )
    languages = body.languages
    if isinstance(languages, list):
        languages = {code: TextBody(body=shown, buttons=body.buttons) for code in languages}
    texts = {
        code: TemplateText(text.body or shown, tuple(text.buttons or body.buttons))
        for code, text in languages.items()
    }
    return TemplateConfig(
        name=body.name,
        texts=texts,
        parameters=body.parameters,
        parameter_names=tuple(body.parameter_names),
        category=body.category.lower(),
        status=body.status.lower(),
        waba=body.waba,
    )
