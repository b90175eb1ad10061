"""Which templates there are: one entry per account, name and language, as Meta keeps them."""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

from attrs import evolve, frozen

from ..config import TemplateConfig, TemplateText

Payload = dict[str, Any]
Key = tuple[str | None, str, str]

PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
MEDIA_HEADERS = ("IMAGE", "VIDEO", "DOCUMENT")
STATUSES = (
    "approved", "archived", "deleted", "disabled", "flagged", "in_appeal", "limit_exceeded",
    "locked", "paused", "pending", "pending_deletion", "reinstated", "rejected", "unarchived",
)  # fmt: skip


@frozen
class TemplateButton:
    """A button under a template: `kind` as Meta names it; `value` is a link or a number."""

    kind: str
    text: str
    value: str = ""


@frozen
class Template:
    """One language of a template; without `waba` every account has it.

    `header` is its text, or empty under a media `header_format`. Category and status are in lower
    case.
    """

    name: str
    language: str
    body: str
    waba: str | None = None
    id: str = "0"
    category: str = "utility"
    status: str = "approved"
    parameters: int = 0
    parameter_names: tuple[str, ...] = ()
    buttons: tuple[TemplateButton, ...] = ()
    header_format: str = ""
    header: str = ""
    footer: str = ""
    rejected_reason: str = "NONE"

    @property
    def key(self) -> Key:
        """What it is found by."""
        return self.waba, self.name, self.language

    def components(self) -> list[Payload]:
        """Its parts as Graph lists them."""
        parts: list[Payload] = []
        if self.header_format:
            text = {"text": self.header} if self.header else {}
            parts.append({"type": "HEADER", "format": self.header_format} | text)
        parts.append({"type": "BODY", "text": self.body})
        if self.footer:
            parts.append({"type": "FOOTER", "text": self.footer})
        if self.buttons:
            buttons = [{"type": one.kind, "text": one.text} for one in self.buttons]
            parts.append({"type": "BUTTONS", "buttons": buttons})
        return parts

    def shown(self) -> Payload:
        """The entry of `GET /{WABA}/message_templates`."""
        return {
            "id": self.id,
            "name": self.name,
            "language": self.language,
            "status": self.status.upper(),
            "category": self.category.upper(),
            "rejected_reason": self.rejected_reason,
            "parameter_format": "NAMED" if self.parameter_names else "POSITIONAL",
            "components": self.components(),
        }


def languages_of(config: TemplateConfig) -> Iterator[Template]:
    """A configured template, language by language."""
    for language, text in config.texts.items():
        header_format, header = _header(text)
        yield Template(
            name=config.name,
            language=language,
            body=text.body,
            waba=config.waba,
            category=config.category,
            status=config.status,
            parameters=config.parameters,
            parameter_names=config.parameter_names,
            buttons=tuple(_button(label) for label in text.buttons),
            header_format=header_format,
            header=header,
            footer=text.footer,
        )


def _header(text: TemplateText) -> tuple[str, str]:
    if not text.header or text.header in MEDIA_HEADERS:
        return text.header, ""
    return "TEXT", text.header


def _button(label: str) -> TemplateButton:
    if label == "REQUEST_CONTACT_INFO":
        return TemplateButton(label, "Share contact info")
    return TemplateButton("QUICK_REPLY", label)


class Registry:
    """The templates by account, name and language."""

    def __init__(self) -> None:
        self._templates: dict[Key, Template] = {}
        self._ids = count(700_000_000_000_001)

    def __iter__(self) -> Iterator[Template]:
        return iter(list(self._templates.values()))

    def put(self, template: Template) -> Template:
        """Add or replace a language of a template; a new one gets an id."""
        old = self._templates.get(template.key)
        known = template.id if template.id != "0" else None
        template = evolve(template, id=known or (old.id if old else str(next(self._ids))))
        self._templates[template.key] = template
        return template

    def configure(self, config: TemplateConfig) -> None:
        """Add or replace a configured template with all its languages."""
        for one in self:
            if (one.waba, one.name) == (config.waba, config.name):
                del self._templates[one.key]
        for template in languages_of(config):
            self.put(template)

    def find(self, waba: str, name: str, language: str) -> Template | None:
        """An account's own template, or the one of this name that every account has."""
        own = self._templates.get((waba, name, language))
        return own or self._templates.get((None, name, language))

    def get(self, key: Key) -> Template | None:
        """The entry of exactly this key."""
        return self._templates.get(key)

    def of(self, waba: str, name: str | None = None) -> list[Template]:
        """What an account has, of one name if given; its own hides the shared."""
        mine = [one for one in self if one.waba == waba]
        names = {(one.name, one.language) for one in mine}
        shared = [one for one in self if one.waba is None and (one.name, one.language) not in names]
        return [one for one in (*shared, *mine) if name in (None, one.name)]

    def remove(self, template: Template) -> None:
        """Take a language away."""
        self._templates.pop(template.key, None)

    def clear(self) -> None:
        """Remove everything; ids are not used again."""
        self._templates.clear()
