"""Our templates as Graph creates and lists them (reference, section 4.3). Pure.

Rule 1: a template is known by its name and its language; Meta's own ids are not kept.
Rule 2: of Meta's free text nothing is repeated, only its codes (`status`, `rejected_reason`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec
from attrs import frozen

from kaisa_relay.domain.templates import TEMPLATES, TemplateKey, TemplateText

FIELDS: Final = "name,language,status,category,rejected_reason,components"
"""What a listing asks for."""
_PLACEHOLDER: Final = re.compile(r"\{\{\s*\w+\s*\}\}")
_CODE: Final = re.compile(r"[A-Z_]{1,40}")


class Standing(StrEnum):
    """How a template stands at Meta; `differs` was approved for other parameters or buttons."""

    APPROVED = "approved"
    PENDING = "pending"
    MISSING = "missing"
    REJECTED = "rejected"
    PAUSED = "paused"
    DISABLED = "disabled"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


_STANDINGS: Final = {
    "APPROVED": Standing.APPROVED,
    "REINSTATED": Standing.APPROVED,
    "FLAGGED": Standing.APPROVED,
    "PENDING": Standing.PENDING,
    "IN_APPEAL": Standing.PENDING,
    "REJECTED": Standing.REJECTED,
    "PAUSED": Standing.PAUSED,
    "DISABLED": Standing.DISABLED,
    "LOCKED": Standing.DISABLED,
    "LIMIT_EXCEEDED": Standing.DISABLED,
    "ARCHIVED": Standing.DISABLED,
    "PENDING_DELETION": Standing.MISSING,
    "DELETED": Standing.MISSING,
}


@frozen
class Wanted:
    """One template in one language, as a workspace needs it; `name` is its name at Meta."""

    name: str
    language: str
    text: TemplateText


@frozen
class Listed:
    """One template as Graph lists it; `reason` is Meta's code for a rejection, "" without."""

    name: str
    language: str
    standing: Standing
    reason: str
    parameters: int
    buttons: int

    def as_wanted(self, wanted: Wanted) -> Standing:
        """Return how it stands for us: an approved one of another shape refuses every send."""
        shape = (len(wanted.text.samples), len(wanted.text.buttons))
        if self.standing is Standing.APPROVED and shape != (self.parameters, self.buttons):
            return Standing.DIFFERS
        return self.standing


class _Component(msgspec.Struct):
    type: str = ""
    text: str | None = None
    buttons: list[Any] | None = None


class _Entry(msgspec.Struct):
    name: str
    language: str
    status: str
    rejected_reason: str | None = None
    components: list[_Component] | None = None


def wanted(offer_name: str, key: TemplateKey, languages: Iterable[str]) -> Iterator[Wanted]:
    """Yield one template in each of these languages of ours."""
    name = offer_name if key is TemplateKey.OFFER else key.value
    for language in languages:
        yield Wanted(name, language, TEMPLATES[key][language])


def creation(template: Wanted) -> Mapping[str, object]:
    """Return the body that creates a template: utility, positional, with samples and buttons."""
    text = template.text
    body: dict[str, object] = {"type": "BODY", "text": text.body}
    if text.samples:
        body["example"] = {"body_text": [list(text.samples)]}
    buttons = [{"type": "QUICK_REPLY", "text": label} for label in text.buttons]
    return {
        "name": template.name,
        "language": template.language,
        "category": "UTILITY",
        "parameter_format": "POSITIONAL",
        "components": [body, {"type": "BUTTONS", "buttons": buttons}],
    }


def listed(entries: Sequence[object]) -> Iterator[Listed]:
    """Yield what a listing says; an entry that cannot be read is left out."""
    for entry in entries:
        try:
            read = msgspec.convert(entry, _Entry)
        except msgspec.ValidationError:
            continue
        yield _listed(read)


def _listed(entry: _Entry) -> Listed:
    parts = {part.type.upper(): part for part in entry.components or ()}
    body, buttons = parts.get("BODY"), parts.get("BUTTONS")
    reason = entry.rejected_reason or ""
    return Listed(
        name=entry.name,
        language=entry.language.replace("-", "_"),
        standing=_STANDINGS.get(entry.status.upper(), Standing.UNKNOWN),
        reason=reason if reason != "NONE" and _CODE.fullmatch(reason) else "",
        parameters=len(set(_PLACEHOLDER.findall((body.text if body else "") or ""))),
        buttons=len((buttons.buttons if buttons else None) or ()),
    )
