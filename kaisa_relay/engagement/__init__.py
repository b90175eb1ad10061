"""Triggers at work: what an event starts is written down, and delivered however long it takes."""

from kaisa_relay.engagement.engine import Engine
from kaisa_relay.engagement.handing_over import Handover
from kaisa_relay.engagement.lane import Tools
from kaisa_relay.engagement.leading_back import LeadingBack
from kaisa_relay.engagement.outlets import Outlets, open_outlets
from kaisa_relay.engagement.unsubscribing import Unsubscribing

__all__ = [
    "Engine",
    "Handover",
    "LeadingBack",
    "Outlets",
    "Tools",
    "Unsubscribing",
    "open_outlets",
]
