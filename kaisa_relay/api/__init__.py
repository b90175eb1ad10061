"""The HTTP API: one module per resource, `problems` for every refusal, `auth` before all.

Rule 1: it asks the actors through `Desk` and shows what `Archive` reads; it decides nothing.
Rule 2: every answer that says no is problem+json.
"""

from kaisa_relay.api.application import create_api
from kaisa_relay.api.dependencies import (
    Channels,
    Dependencies,
    Feed,
    QrMaker,
    Readiness,
    WebhookReceiver,
)
from kaisa_relay.api.limits import Limits
from kaisa_relay.api.workspace.standing import StandingFrames

__all__ = [
    "Channels",
    "Dependencies",
    "Feed",
    "Limits",
    "QrMaker",
    "Readiness",
    "StandingFrames",
    "WebhookReceiver",
    "create_api",
]
