"""Whether a send of a template is acceptable, and how it reads on the phone."""

import re
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from ..errors import GraphError
from .registry import PLACEHOLDER, Template, TemplateButton

Payload = dict[str, Any]

_PARAMETER_KINDS = ("text", "currency", "date_time")
_BODY_LENGTH = 1024
# Meta refuses these inside a parameter: line breaks, tabs, more than four spaces in a row.
_UNCLEAN = re.compile(r"[\n\r\t]| {5,}")
_SENDABLE = ("approved", "reinstated", "flagged", "unarchived")
_UNSEEN = ("pending", "rejected", "deleted", "pending_deletion", "archived", "in_appeal")
_SUB_TYPES = {"quick_reply": "QUICK_REPLY", "url": "URL", "copy_code": "COPY_CODE"}


@frozen
class Button:
    """Something a person may tap: `kind` is quick_reply, reply, row, link, location or
    contact_info.
    """

    kind: str
    label: str
    payload: str
    description: str | None = None


@frozen
class Rendered:
    """A template as the phone shows it; `medium` is the media object of its header."""

    name: str
    language: str
    category: str
    text: str
    buttons: tuple[Button, ...]
    medium: tuple[str, Payload] | None = None


def render(template: Template | None, body: Payload) -> Rendered | GraphError:
    """The template filled in, or why Meta refuses this send.

    `body` is the object under `template`.
    """
    name, language = body["name"], body["language"]["code"]
    if template is None or template.status in _UNSEEN:
        return GraphError(132001, f"template name ({name}) does not exist in {language}")
    if template.status == "paused":
        return GraphError(132015, f"template ({name}) is paused due to low quality")
    if template.status not in _SENDABLE:
        return GraphError(132016, f"template ({name}) is {template.status}")
    components = body.get("components", [])
    problem = next(_problems(template, components), None)
    if problem is not None:
        return problem
    shown = _fill(template, template.body, _parameters(components, "body"))
    if len(shown) > _BODY_LENGTH:
        return GraphError(132005, f"body is longer than {_BODY_LENGTH} characters")
    heading = _fill(template, template.header, _parameters(components, "header"))
    return Rendered(
        name,
        language,
        template.category,
        "\n".join(part for part in (heading, shown, template.footer) if part),
        _buttons(template.buttons, components),
        _header_medium(template, components),
    )


def _parameters(components: list[Payload], kind: str) -> list[Payload]:
    for component in components:
        if str(component.get("type")).lower() == kind:
            return list(component.get("parameters", []))
    return []


def _problems(template: Template, components: list[Payload]) -> Iterator[GraphError]:
    parameters = _parameters(components, "body")
    expected = len(template.parameter_names) or template.parameters
    if len(parameters) != expected:
        yield GraphError(
            132000,
            f"body: localizable_params ({len(parameters)}) are not the expected {expected}",
        )
    for parameter in parameters:
        if template.parameter_names and (
            parameter.get("parameter_name") not in template.parameter_names
        ):
            yield GraphError(100, "body: parameter_name is missing or unknown")
        yield from _parameter_problems(parameter)
    yield from _header_problems(template, _parameters(components, "header"))
    for component in _button_components(components):
        yield from _button_problems(template.buttons, component)


def _header_problems(template: Template, parameters: list[Payload]) -> Iterator[GraphError]:
    media = template.header_format not in ("", "TEXT")
    expected = 1 if media else len(set(PLACEHOLDER.findall(template.header)))
    if len(parameters) != expected:
        yield GraphError(
            132012 if media else 132000,
            f"header: localizable_params ({len(parameters)}) are not the expected {expected}",
        )
    for parameter in parameters:
        if not media:
            yield from _parameter_problems(parameter)
            continue
        kind = template.header_format.lower()
        medium = parameter.get(kind)
        if str(parameter.get("type")).lower() != kind or not isinstance(medium, dict):
            yield GraphError(132012, f"header: Format mismatch, expected {template.header_format}")
        elif not isinstance(medium.get("id"), str) and not isinstance(medium.get("link"), str):
            yield GraphError(132012, "header: a media object needs either id or link")


def _header_medium(template: Template, components: list[Payload]) -> tuple[str, Payload] | None:
    parameters = _parameters(components, "header")
    if template.header_format in ("", "TEXT") or not parameters:
        return None
    kind = template.header_format.lower()
    return kind, parameters[0][kind]


def _button_components(components: list[Payload]) -> list[Payload]:
    return [component for component in components if str(component.get("type")).lower() == "button"]


def _parameter_problems(parameter: Payload) -> Iterator[GraphError]:
    if parameter.get("type") not in _PARAMETER_KINDS:
        yield GraphError(132012, "parameter type does not match the template")
        return
    if parameter["type"] != "text":
        return
    value = parameter.get("text")
    if not isinstance(value, str) or not value.strip():
        yield GraphError(131008, "parameter of type text is missing text value")
    elif _UNCLEAN.search(value):
        yield GraphError(
            132018, "Param text cannot have line breaks, tabs or more than 4 consecutive spaces"
        )


def _button_problems(
    buttons: tuple[TemplateButton, ...], component: Payload
) -> Iterator[GraphError]:
    index, sub_type = str(component.get("index", "")), str(component.get("sub_type")).lower()
    fits = {str(at) for at, one in enumerate(buttons) if one.kind == _SUB_TYPES.get(sub_type)}
    if index not in fits:
        yield GraphError(132018, f"buttons: there is no {sub_type} with index {index or '(none)'}")
    for parameter in component.get("parameters", []):
        kind = "payload" if sub_type == "quick_reply" else "text"
        kind = "coupon_code" if sub_type == "copy_code" else kind
        value = parameter.get(kind)
        if parameter.get("type") != kind or not isinstance(value, str) or not value:
            yield GraphError(132012, f"buttons: a {sub_type} takes one parameter of type {kind}")


def _fill(template: Template, shown: str, parameters: list[Payload]) -> str:
    named = bool(template.parameter_names)
    values = {
        str(parameter["parameter_name"] if named else position): _value(parameter)
        for position, parameter in enumerate(parameters, start=1)
        if not named or "parameter_name" in parameter
    }
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), shown)


def _value(parameter: Payload) -> str:
    if parameter["type"] == "text":
        return str(parameter["text"])
    value = parameter.get(parameter["type"])
    return str(value.get("fallback_value", "")) if isinstance(value, dict) else ""


def _buttons(buttons: tuple[TemplateButton, ...], components: list[Payload]) -> tuple[Button, ...]:
    given: dict[int, Payload] = {}
    for component in _button_components(components):
        parameters = component.get("parameters")
        if parameters:
            given[int(component["index"])] = parameters[0]
    return tuple(_shown_button(one, given.get(at, {})) for at, one in enumerate(buttons))


def _shown_button(button: TemplateButton, given: Payload) -> Button:
    match button.kind:
        case "QUICK_REPLY":
            # Without a payload of its own a quick reply answers with its label.
            return Button("quick_reply", button.text, given.get("payload", button.text))
        case "URL":
            link = PLACEHOLDER.sub(lambda _: str(given.get("text", "")), button.value)
            return Button("link", button.text, link)
        case "REQUEST_CONTACT_INFO":
            return Button("contact_info", button.text, "")
        case _:
            return Button("link", button.text, str(given.get("coupon_code", button.value)))
