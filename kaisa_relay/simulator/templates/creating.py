"""What Meta refuses when a business creates a template."""

import re
from collections.abc import Iterator
from typing import Any

from ..errors import GraphError
from .registry import MEDIA_HEADERS, PLACEHOLDER, Registry, Template, TemplateButton

Payload = dict[str, Any]

MOST_TEMPLATES = 250
_NAME = re.compile(r"[a-z0-9_]{1,512}")
_CATEGORIES = ("marketing", "utility", "authentication")
_BUTTONS = ("QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE", "REQUEST_CONTACT_INFO", "OTP")
_LENGTHS = {"HEADER": 60, "BODY": 1024, "FOOTER": 60}


def parse_template(data: object, waba: str, registry: Registry) -> Template | GraphError:
    """The template in a decoded body of `POST /{WABA}/message_templates`, still pending."""
    if not isinstance(data, dict):
        return GraphError(100, "The body must be a JSON object")
    problem = next(_head_problems(data), None) or next(_place_problems(data, waba, registry), None)
    if problem is not None:
        return problem
    parts = data.get("components")
    problem = next(_component_problems(parts), None)
    if problem is not None or not isinstance(parts, list):
        return problem or GraphError(100, "components must be an array")
    return _template(data, waba, {str(part["type"]).upper(): part for part in parts})


def _head_problems(data: Payload) -> Iterator[GraphError]:
    for name in ("name", "language", "category"):
        if not isinstance(data.get(name), str) or not data[name]:
            yield GraphError(100, f"The parameter {name} is required")
    if _NAME.fullmatch(data["name"]) is None:
        yield GraphError(100, "name may hold lower-case letters, digits and underscores")
    if data["category"].lower() not in _CATEGORIES:
        yield GraphError(100, f"category must be one of {', '.join(_CATEGORIES).upper()}")
    if str(data.get("parameter_format", "positional")).lower() not in ("positional", "named"):
        yield GraphError(100, "parameter_format must be POSITIONAL or NAMED")


def _place_problems(data: Payload, waba: str, registry: Registry) -> Iterator[GraphError]:
    have = registry.of(waba)
    if any((one.name, one.language) == (data["name"], data["language"]) for one in have):
        yield GraphError(100, "There is already content in this language for this template")
    if len(have) >= MOST_TEMPLATES:
        yield GraphError(2388019, f"An account has at most {MOST_TEMPLATES} templates")


def _component_problems(parts: object) -> Iterator[GraphError]:
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        yield GraphError(100, "components must be an array of objects")
        return
    kinds = [str(part.get("type")).upper() for part in parts]
    if unknown := set(kinds) - {"HEADER", "BODY", "FOOTER", "BUTTONS"}:
        yield GraphError(100, f"{min(unknown)} is not a kind of component")
    if "BODY" not in kinds or len(set(kinds)) < len(kinds):
        yield GraphError(100, "components need one BODY, and no kind twice")
    for kind, part in zip(kinds, parts, strict=True):
        yield from _buttons_problems(part) if kind == "BUTTONS" else _text_problems(kind, part)


def _text_problems(kind: str, part: Payload) -> Iterator[GraphError]:
    if kind == "HEADER":
        form = str(part.get("format", "TEXT")).upper()
        if form in MEDIA_HEADERS:
            return
        if form != "TEXT":
            yield GraphError(100, "HEADER format must be TEXT, IMAGE, VIDEO or DOCUMENT")
    text = part.get("text")
    if not isinstance(text, str) or not 1 <= len(text) <= _LENGTHS[kind]:
        yield GraphError(100, f"{kind} needs a text of 1 to {_LENGTHS[kind]} characters")
    elif kind == "BODY" and _varies_at_an_end(text.strip()):
        yield GraphError(2388299, "Variables cannot be at the start or the end of the body")


def _varies_at_an_end(text: str) -> bool:
    found = list(PLACEHOLDER.finditer(text))
    return bool(found) and (found[0].start() == 0 or found[-1].end() == len(text))


def _buttons_problems(part: Payload) -> Iterator[GraphError]:
    buttons = part.get("buttons")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 10:
        yield GraphError(100, "BUTTONS needs 1 to 10 buttons")
        return
    for button in buttons:
        kind = str(button.get("type")).upper() if isinstance(button, dict) else ""
        if kind not in _BUTTONS:
            yield GraphError(100, f"a button's type must be one of {', '.join(_BUTTONS)}")
            return
        text = button.get("text", "")
        fixed = kind in ("REQUEST_CONTACT_INFO", "OTP", "COPY_CODE")
        if not isinstance(text, str) or not (fixed or 1 <= len(text) <= 25):
            yield GraphError(100, "a button's text has 1 to 25 characters")


def _template(data: Payload, waba: str, parts: dict[str, Payload]) -> Template:
    header = parts.get("HEADER", {})
    body = str(parts["BODY"]["text"])
    names = tuple(dict.fromkeys(PLACEHOLDER.findall(body)))
    named = str(data.get("parameter_format", "positional")).lower() == "named"
    return Template(
        name=data["name"],
        language=data["language"],
        body=body,
        waba=waba,
        category=data["category"].lower(),
        status="pending",
        parameters=len(names),
        parameter_names=names if named else (),
        buttons=tuple(_button(one) for one in parts.get("BUTTONS", {}).get("buttons", ())),
        header_format=str(header.get("format", "TEXT")).upper() if header else "",
        header=str(header.get("text", "")),
        footer=str(parts.get("FOOTER", {}).get("text", "")),
    )


def _button(button: Payload) -> TemplateButton:
    kind = str(button["type"]).upper()
    fixed = "Share contact info" if kind == "REQUEST_CONTACT_INFO" else "Copy code"
    value = button.get("url") or button.get("phone_number") or ""
    return TemplateButton(kind, button.get("text") or fixed, str(value))
