"""`/_sim/templates`: templates that are there from the start, and what Meta makes of any."""

import msgspec
from quart import Blueprint

from ..config import TemplateConfig, TemplateText
from ..simulator import Simulator
from ..templates.registry import STATUSES, Template
from .calls import ControlProblem, Shown, add_routes, read_body


class TextBody(msgspec.Struct, forbid_unknown_fields=True):
    """One language of a template; `header` is a text, or IMAGE, VIDEO or DOCUMENT."""

    body: str = ""
    buttons: list[str] = []
    header: str = ""
    footer: str = ""


class TemplateBody(msgspec.Struct, forbid_unknown_fields=True):
    """A template to create or replace: `languages` is a list of codes, or texts by code."""

    name: str
    languages: list[str] | dict[str, TextBody]
    parameters: int = 0
    parameter_names: list[str] = []
    buttons: list[str] = []
    body: str | None = None
    header: str = ""
    footer: str = ""
    category: str = "utility"
    status: str = "approved"
    waba: str | None = None


class FateBody(msgspec.Struct, forbid_unknown_fields=True):
    """What Meta decides about a template, in all its languages and accounts or in those named."""

    status: str | None = None
    category: str | None = None
    reason: str = ""
    language: str | None = None
    waba: str | None = None


class TemplateControl:
    """The handlers, over one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def routes(self) -> Blueprint:
        """The blueprint to mount."""
        return add_routes(
            Blueprint("templates", __name__, url_prefix="/_sim/templates"),
            (
                ("", "POST", self.put_template),
                ("", "GET", self.list_templates),
                ("/<name>", "POST", self.decide),
            ),
        )

    async def put_template(self) -> Shown:
        """Create or replace a template; without texts the body shows its parameters one after
        the other.
        """
        template = _template(await read_body(TemplateBody))
        self._simulator.world.templates.configure(template)
        return {
            "name": template.name,
            "languages": sorted(template.texts),
            "status": template.status,
        }

    async def list_templates(self) -> Shown:
        """Every template; one without `waba` belongs to every account."""
        templates = self._simulator.world.templates
        return {"templates": [one.shown() | {"waba": one.waba} for one in templates]}

    async def decide(self, name: str) -> Shown:
        """Give a template another `status` (with a `reason`) or `category`, and tell the
        business.
        """
        body = await read_body(FateBody)
        found = [one for one in self._simulator.world.templates if _meant(one, name, body)]
        if not found:
            raise ControlProblem(404, f"there is no template {name} like that")
        status, category = (body.status or "").lower(), (body.category or "").lower()
        if status and status not in STATUSES:
            raise ControlProblem(400, f"status must be one of {', '.join(STATUSES)}")
        if category not in ("", "utility", "marketing", "authentication"):
            raise ControlProblem(400, "category must be utility, marketing or authentication")
        return {"templates": [self._change(one, status, category, body.reason) for one in found]}

    def _change(self, template: Template, status: str, category: str, reason: str) -> Shown:
        reviews = self._simulator.reviews
        if category and category != template.category:
            template = reviews.recategorise(template, category)
        if status:
            template = reviews.become(template, status, reason)
        return template.shown()


def _meant(template: Template, name: str, body: FateBody) -> bool:
    return (
        template.name == name
        and body.language in (None, template.language)
        and body.waba in (None, template.waba)
    )


def _template(body: TemplateBody) -> TemplateConfig:
    keys = body.parameter_names or [str(at) for at in range(1, body.parameters + 1)]
    shown = (
        body.body
        if body.body is not None
        else " ".join(["Hello:", *(f"{{{{{key}}}}}" for key in keys)])
    )
    languages = body.languages
    if isinstance(languages, list):
        languages = {code: TextBody() for code in languages}
    texts = {
        code: TemplateText(
            text.body or shown,
            tuple(text.buttons or body.buttons),
            text.header or body.header,
            text.footer or body.footer,
        )
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
