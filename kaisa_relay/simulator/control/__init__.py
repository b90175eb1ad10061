"""The control API under `/_sim`, a module per subject."""

from quart import Blueprint

from ..simulator import Simulator
from .calls import ControlProblem
from .changes import ChangeControl
from .meta import MetaControl
from .phones import PhoneControl
from .setup import Control
from .templates import TemplateControl
from .views import Views

__all__ = ["ControlProblem", "control_blueprints"]


def control_blueprints(simulator: Simulator) -> list[Blueprint]:
    """Everything to mount."""
    subjects = (Control, TemplateControl, MetaControl, PhoneControl, ChangeControl, Views)
    return [subject(simulator).routes() for subject in subjects]
