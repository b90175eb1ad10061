"""The Graph endpoints, a module per subject."""

from quart import Blueprint

from ..simulator import Simulator
from .accounts import Accounts
from .media import MediaRoutes
from .messages import Messages
from .numbers import Numbers
from .objects import Objects
from .qr_codes import QrCodeRoutes
from .templates import Templates

__all__ = ["graph_blueprint"]


def graph_blueprint(simulator: Simulator) -> Blueprint:
    """The routes under `/vNN.N`, and the links that they give out."""
    routes = Blueprint("graph", __name__)
    for subject in (Messages, MediaRoutes, Objects, Accounts, Templates, Numbers, QrCodeRoutes):
        subject(simulator).add_to(routes)
    return routes
