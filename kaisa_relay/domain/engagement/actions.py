"""What a step of a trigger does; every way out is an endpoint of its kind.

Rule 1: an action names its endpoint; the words it sends are made when it is sent.
"""

import re
from enum import StrEnum
from functools import partial
from typing import Any, Final, assert_never

from attrs import frozen

from kaisa_relay.domain.engagement.definition import (
    BadDefinition,
    Json,
    each_of,
    join,
    part,
    words,
)
from kaisa_relay.domain.engagement.ids import CHANNEL_LANE, ENDPOINT, EndpointId
from kaisa_relay.domain.engagement.wording import Fault, Wording, read_wording
from kaisa_relay.domain.ids import from_text, to_text

LONGEST_ID: Final = 100
LONGEST_TEMPLATE: Final = 512
MOST_PARAMETERS: Final = 20
_TEMPLATE: Final = re.compile(r"[a-z0-9_]+", re.ASCII)


class Kind(StrEnum):
    """What an endpoint takes."""

    WEBHOOK = "webhook"
    EMAIL = "email"
    SMS = "sms"
    TEMPLATE = "template"
    """No endpoint's: it goes out on the conversation's own channel."""


@frozen
class Webhook:
    """The event is posted to an endpoint, signed."""

    endpoint: EndpointId


@frozen
class Email:
    """A mail is handed to a mail server. `html`, where there is any, stands beside `text`."""

    endpoint: EndpointId
    to: Wording
    subject: Wording
    text: Wording
    html: Wording | None = None


@frozen
class Sms:
    """A text message is handed to a provider. `to` becomes a number with its country code."""

    endpoint: EndpointId
    to: Wording
    text: Wording


@frozen
class WhatsAppTemplate:
    """An approved template is sent to the visitor, on the conversation's channel."""

    name: str
    language: Wording
    parameters: tuple[Wording, ...] = ()

    @property
    def endpoint(self) -> EndpointId:
        """Stand for the channel."""
        return CHANNEL_LANE


Worded = Email | Sms | WhatsAppTemplate
Action = Webhook | Worded


def wordings(action: Worded) -> tuple[Wording, ...]:
    """Return every text that an action's author wrote."""
    match action:
        case Email(to=to, subject=subject, text=text, html=html):
            return (to, subject, text) if html is None else (to, subject, text, html)
        case Sms(to=to, text=text):
            return to, text
        case WhatsAppTemplate(language=language, parameters=parameters):
            return language, *parameters
        case _:
            assert_never(action)


def kind_of(action: Action) -> Kind:
    """Return what kind of endpoint an action needs."""
    match action:
        case Webhook():
            return Kind.WEBHOOK
        case Email():
            return Kind.EMAIL
        case Sms():
            return Kind.SMS
        case WhatsAppTemplate():
            return Kind.TEMPLATE
        case _:
            assert_never(action)


def read_action(value: Json, path: str, fault: Fault) -> Action:
    """Read an action: an object whose first member says by its name what it is.

    Raises `BadDefinition`.
    """
    kind = next((each for each in Kind if isinstance(value, dict) and each in value), None)
    match kind:
        case Kind.WEBHOOK:
            return _webhook(value, path)
        case Kind.EMAIL:
            return _email(value, path, fault)
        case Kind.SMS:
            return _sms(value, path, fault)
        case Kind.TEMPLATE:
            return _template(value, path, fault)
        case None:
            first = next(iter(value), "") if isinstance(value, dict) else ""
            known = ", ".join(Kind)
            raise BadDefinition(join(path, first) if first else path, f"must be one of: {known}")
        case _:
            assert_never(kind)


def write_action(action: Action) -> dict[str, Any]:
    """Write an action as its author would; it reads the same again."""
    if isinstance(action, WhatsAppTemplate):
        return _written_template(action)
    written: dict[str, Any] = {kind_of(action).value: to_text(ENDPOINT, action.endpoint)}
    for name in _WORDED:
        wording: Wording | None = getattr(action, name, None)
        if wording is not None:
            written[name] = wording.write()
    return written


_WORDED: Final = ("to", "subject", "text", "html")


_NO_WORDS: Final = Wording((("", ""),))
_NOWHERE: Final = EndpointId(0)
"""In the place of what could not be read; its action is refused."""


def _webhook(value: Json, path: str) -> Webhook:
    given = part(value, path, (Kind.WEBHOOK,))
    read = Webhook(given.read(Kind.WEBHOOK, _endpoint, _NOWHERE))
    given.check()
    return read


def _email(value: Json, path: str, fault: Fault) -> Email:
    given = part(value, path, (Kind.EMAIL, "to", "subject", "text"), ("html",))
    wording = partial(read_wording, fault=fault)
    read = Email(
        endpoint=given.read(Kind.EMAIL, _endpoint, _NOWHERE),
        to=given.read("to", wording, _NO_WORDS),
        subject=given.read("subject", wording, _NO_WORDS),
        text=given.read("text", wording, _NO_WORDS),
        html=given.read("html", wording, None),
    )
    given.check()
    return read


def _sms(value: Json, path: str, fault: Fault) -> Sms:
    given = part(value, path, (Kind.SMS, "to", "text"))
    wording = partial(read_wording, fault=fault)
    read = Sms(
        endpoint=given.read(Kind.SMS, _endpoint, _NOWHERE),
        to=given.read("to", wording, _NO_WORDS),
        text=given.read("text", wording, _NO_WORDS),
    )
    given.check()
    return read


def _template(value: Json, path: str, fault: Fault) -> WhatsAppTemplate:
    given = part(value, path, (Kind.TEMPLATE, "language"), ("parameters",))
    wording = partial(read_wording, fault=fault)

    def parameters(each: Json, where: str) -> tuple[Wording, ...]:
        return each_of(each, where, MOST_PARAMETERS, wording)

    read = WhatsAppTemplate(
        given.read(Kind.TEMPLATE, _name, ""),
        given.read("language", wording, _NO_WORDS),
        given.read("parameters", parameters, ()),
    )
    given.check()
    return read


def _name(value: Json, path: str) -> str:
    name = words(value, path, LONGEST_TEMPLATE)
    if not _TEMPLATE.fullmatch(name):
        reason = "must be a template's name: small letters, digits and underscores"
        raise BadDefinition(path, reason)
    return name


def _written_template(action: WhatsAppTemplate) -> dict[str, Any]:
    written: dict[str, Any] = {"template": action.name, "language": action.language.write()}
    if action.parameters:
        written["parameters"] = [each.write() for each in action.parameters]
    return written


def _endpoint(value: Json, path: str) -> EndpointId:
    id = from_text(ENDPOINT, words(value, path, LONGEST_ID))
    if id is None:
        raise BadDefinition(path, f"must be the id of an endpoint ({ENDPOINT}_…)")
    return EndpointId(id)
