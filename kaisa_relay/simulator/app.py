"""The ASGI app: Graph and `/_sim` over one simulator."""

import inspect
from functools import partial
from typing import Any

from quart import request
from quart_trio import QuartTrio
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter

from .control import ControlProblem, control_blueprints
from .dropping import DroppingApp
from .errors import GraphError
from .graph import graph_blueprint
from .media.kinds import LARGEST, MEGABYTE
from .page import page_blueprint
from .simulator import Simulator


class _GraphVersion(BaseConverter):
    """What may stand where Graph has its version: anything but our own paths."""

    regex = r"(?!_)[^/]+"
    part_isolating = True
    weight = 200  # after every path that names what it wants


def create_app(simulator: Simulator) -> DroppingApp:
    """The app over a simulator whose `run` somebody keeps running; needs no lifespan."""
    app = QuartTrio(__name__)
    # The largest file, and a form around it.
    app.config["MAX_CONTENT_LENGTH"] = LARGEST + MEGABYTE
    app.url_map.converters["graph_version"] = _GraphVersion
    for blueprint in control_blueprints(simulator):
        app.register_blueprint(blueprint)
    app.register_blueprint(page_blueprint())
    app.register_blueprint(graph_blueprint(simulator))
    app.register_error_handler(ControlProblem, _control_problem)
    app.add_url_rule("/_sim", "index", partial(_index, app))
    for status in (404, 405):
        app.register_error_handler(status, _no_such_route)
    app.register_error_handler(413, _too_large)
    return DroppingApp(app)


async def _index(app: QuartTrio) -> dict[str, Any]:
    """Every route there is, with what it does."""
    routes = [
        {
            "path": rule.rule,
            "methods": sorted(rule.methods - {"HEAD", "OPTIONS"}),
            "does": inspect.getdoc(app.view_functions[rule.endpoint]),
        }
        for rule in app.url_map.iter_rules()
        if rule.methods is not None and rule.endpoint not in ("static", "index")
    ]
    return {"routes": sorted(routes, key=lambda route: str(route["path"]))}


async def _no_such_route(problem: HTTPException) -> tuple[dict[str, Any], int]:
    text = f"{request.method} {request.path} is not simulated"
    if request.path.startswith("/_sim"):
        return {"error": text}, problem.code or 404
    return {"error": {"message": text, "type": "OAuthException", "code": 2500}}, 400


async def _control_problem(problem: ControlProblem) -> tuple[dict[str, Any], int]:
    return {"error": problem.text}, problem.status


async def _too_large(problem: HTTPException) -> tuple[dict[str, Any], int]:
    text = f"the file is larger than {LARGEST} bytes"
    if request.path.startswith("/_sim"):
        return {"error": text}, problem.code or 413
    error = GraphError(131053, text)
    return error.body("A"), error.http_status
