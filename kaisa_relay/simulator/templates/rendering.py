"""The template registry: which templates exist, whether a send of one is acceptable, and how it
reads on the phone.
"""

import re
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from ..config import TemplateConfig, TemplateText
from ..errors import GraphError

Payload = dict[str, Any]

_PARAMETER_KINDS = ("text", "currency", "date_time")
_BODY_LENGTH = 1024
# Meta refuses these inside a parameter: line breaks, tabs, more than four spaces in a row.
_UNCLEAN = re.compile(r"[\n\r\t]| {5,}")
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")


@frozen
class Button:
    """Something a person may tap: `kind` is quick_reply, reply or row."""

    kind: str
    label: str
    payload: str


@frozen
class Rendered:
    """A template as the phone shows it."""

    name: str
    language: str
    category: str
    text: str
    buttons: tuple[Button, ...]


def render(template: TemplateConfig | None, body: Payload) -> Rendered | GraphError:
    """The template filled in, or why Meta refuses this send.

    `body` is the object under `template`.
    """
    name, language = body["name"], body["language"]["code"]
    if (
        template is None
        or language not in template.texts
        or template.status in ("pending", "rejected")
    ):
        return GraphError(132001, f"template name ({name}) does not exist in {language}")
    if template.status == "paused":
        return GraphError(132015, f"template ({name}) is paused due to low quality")
    if template.status != "approved":
        return GraphError(132016, f"template ({name}) is {template.status}")
    text = template.texts[language]
    components = body.get("components", [])
    parameters = _parameters(components, "body")
    problem = next(_problems(template, text, parameters, components), None)
    if problem is not None:
        return problem
    shown = _fill(template, text.body, parameters)
    if len(shown) > _BODY_LENGTH:
        return GraphError(132005, f"body is longer than {_BODY_LENGTH} characters")
    return Rendered(name, language, template.category, shown, _buttons(text, components))


def _parameters(components: list[Payload], kind: str) -> list[Payload]:
    for component in components:
        if str(component.get("type")).lower() == kind:
            return list(component.get("parameters", []))
    return []


def _problems(
    template: TemplateConfig,
    text: TemplateText,
    parameters: list[Payload],
    components: list[Payload],
) -> Iterator[GraphError]:
    expected = len(template.parameter_names) or template.parameters
    if len(parameters) != expected:
        yield GraphError(
            132000,
            f"body: localizable_params ({len(parameters)}) are not the expected {expected}",
        )
    for parameter in parameters:
        yield from _parameter_problems(template, parameter)
    for component in _quick_replies(components):
        yield from _button_problems(text, component)


def _quick_replies(components: list[Payload]) -> list[Payload]:
    return [
        component
        for component in components
        if str(component.get("type")).lower() == "button"
        and component.get("sub_type") == "quick_reply"
    ]


def _parameter_problems(template: TemplateConfig, parameter: Payload) -> Iterator[GraphError]:
    if parameter.get("type") not in _PARAMETER_KINDS:
        yield GraphError(132012, "body: parameter type does not match the template")
        return
    if template.parameter_names and parameter.get("parameter_name") not in template.parameter_names:
        yield GraphError(100, "body: parameter_name is missing or unknown")
    if parameter["type"] != "text":
        return
    value = parameter.get("text")
    if not isinstance(value, str) or not value.strip():
        yield GraphError(131008, "body: parameter of type text is missing text value")
    elif _UNCLEAN.search(value):
        yield GraphError(
            132018, "Param text cannot have line breaks, tabs or more than 4 consecutive spaces"
        )


def _button_problems(text: TemplateText, component: Payload) -> Iterator[GraphError]:
    index = str(component.get("index", ""))
    if index not in map(str, range(len(text.buttons))):
        yield GraphError(132018, f"buttons: there is no quick reply with index {index or '(none)'}")
    for parameter in component.get("parameters", []):
        payload = parameter.get("payload")
        if parameter.get("type") != "payload" or not isinstance(payload, str) or not payload:
            yield GraphError(132012, "buttons: a quick reply takes one parameter of type payload")


def _fill(template: TemplateConfig, shown: str, parameters: list[Payload]) -> str:
    named = bool(template.parameter_names)
    values = {
        str(parameter["parameter_name"] if named else position): _value(parameter)
        for position, parameter in enumerate(parameters, start=1)
    }
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), shown)


def _value(parameter: Payload) -> str:
    if parameter["type"] == "text":
        return str(parameter["text"])
    value = parameter.get(parameter["type"])
    return str(value.get("fallback_value", "")) if isinstance(value, dict) else ""


def _buttons(text: TemplateText, components: list[Payload]) -> tuple[Button, ...]:
    payloads = {}
    for component in _quick_replies(components):
        parameters = component.get("parameters")
        if parameters:
            payloads[int(component["index"])] = parameters[0]["payload"]
    # Without a payload of its own a quick reply answers with its label.
    return tuple(
        Button("quick_reply", label, payloads.get(at, label))
        for at, label in enumerate(text.buttons)
    )
