"""The ASGI app: Graph and `/_sim` over one simulator."""

import inspect
from functools import partial
from typing import Any

from quart import request
from quart_trio import QuartTrio
from werkzeug.exceptions import HTTPException

from .control.phones import PeopleControl
from .control.setup import Control, ControlProblem
from .dropping import DroppingApp
from .graph.messages import graph_blueprint
from .simulator import Simulator


def create_app(simulator: Simulator) -> DroppingApp:
    """The app over a simulator whose `run` somebody keeps running; needs no lifespan."""
    app = QuartTrio(__name__)
    app.register_blueprint(Control(simulator).routes())
    app.register_blueprint(PeopleControl(simulator).routes())
    app.register_blueprint(graph_blueprint(simulator))
    app.register_error_handler(ControlProblem, _control_problem)
    app.add_url_rule("/_sim", "index", partial(_index, app))
    for status in (404, 405):
        app.register_error_handler(status, _no_such_route)
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
