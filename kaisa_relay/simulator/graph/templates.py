"""`/{WABA}/message_templates`: list, create, delete."""

from typing import Any

from quart import Blueprint, request

from ..errors import GraphError
from ..simulator import Simulator
from ..templates.creating import MOST_TEMPLATES, parse_template
from .access import SUCCESS, Access, Answer, page, read_object

MOST_AN_HOUR = 100
_FILTERS = ("name", "language", "status", "category")


class Templates:
    """The handlers, over one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._access = Access(simulator)

    def add_to(self, routes: Blueprint) -> None:
        """Mount the routes."""
        path = "/<version>/<graph_id>/message_templates"
        routes.add_url_rule(path, view_func=self.list_templates, methods=["GET"])
        routes.add_url_rule(path, view_func=self.create, methods=["POST"])
        routes.add_url_rule(path, view_func=self.delete, methods=["DELETE"])

    async def list_templates(self, version: str, graph_id: str) -> Answer:
        """`GET /{WABA}/message_templates?name=&status=&language=&category=&fields=&limit=`."""
        account = self._access.account(version, graph_id)
        if isinstance(account, GraphError):
            return self._access.refuse(account, graph_id)
        shown = [one.shown() for one in self._simulator.world.templates.of(account)]
        wanted = {name: request.args[name] for name in _FILTERS if request.args.get(name)}
        found = [one for one in shown if _fits(one, wanted)]
        fields = request.args.get("fields")
        if fields is not None:
            keep = {"id", *(name.strip() for name in fields.split(","))}
            found = [{name: one[name] for name in one if name in keep} for one in found]
        answer = page(found, 25)
        if asked := request.args.get("summary"):
            answer["summary"] = _summary(asked, len(found), len(shown))
        return answer, 200

    async def create(self, version: str, graph_id: str) -> Answer:
        """`POST /{WABA}/message_templates`: pending, until it is reviewed."""
        account = self._access.account(version, graph_id)
        if isinstance(account, GraphError):
            return self._access.refuse(account, graph_id)
        world = self._simulator.world
        standing, now = world.accounts[account], world.clock.time()
        standing.created = [at for at in standing.created if now - at < 3600]
        if len(standing.created) >= MOST_AN_HOUR:
            problem = f"More than {MOST_AN_HOUR} templates created in an hour"
            return self._access.refuse(GraphError(80007, problem), graph_id)
        parsed = parse_template(await read_object(), account, world.templates)
        if isinstance(parsed, GraphError):
            return self._access.refuse(parsed, graph_id)
        standing.created.append(now)
        template = world.templates.put(parsed)
        self._simulator.reviews.submit(template)
        category = template.category.upper()
        return {"id": template.id, "status": "PENDING", "category": category}, 200

    async def delete(self, version: str, graph_id: str) -> Answer:
        """`DELETE /{WABA}/message_templates?name=…`: every language; with `hsm_id` only one."""
        account = self._access.account(version, graph_id)
        if isinstance(account, GraphError):
            return self._access.refuse(account, graph_id)
        body = await read_object()
        name, one_id = body.get("name"), body.get("hsm_id")
        registry = self._simulator.world.templates
        doomed = [one for one in registry.of(account, name) if one_id in (None, one.id)]
        if not isinstance(name, str) or not doomed:
            return self._access.refuse(GraphError(100, "There is no such template"), graph_id)
        for template in doomed:
            registry.remove(template)
        return SUCCESS


def _summary(asked: str, found: int, held: int) -> dict[str, Any]:
    known = {
        "total_count": found,
        "message_template_count": held,
        "message_template_limit": MOST_TEMPLATES,
        "are_translations_complete": True,
    }
    return {name: known[name] for name in asked.split(",") if name in known}


def _fits(shown: dict[str, Any], wanted: dict[str, str]) -> bool:
    return all(str(shown[name]).lower() == value.lower() for name, value in wanted.items())
