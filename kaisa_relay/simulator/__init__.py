"""A faithful WhatsApp Cloud API on loopback, with phones, people and faults.

Rule 1: a program of its own: it imports nothing from the rest of kaisa_relay, so that an error in
one shows up against the other.
Rule 2: times run on Trio's clock, timestamps come from an injected wall clock, chance from an
injected generator; so a test drives all three.
"""

from .app import create_app
from .config import (
    KAISA_OFFER,
    ChannelConfig,
    PersonConfig,
    SimulatorConfig,
    TemplateConfig,
    TemplateText,
    Timing,
)
from .server import run, serve
from .simulator import Simulator

__all__ = [
    "KAISA_OFFER",
    "ChannelConfig",
    "PersonConfig",
    "Simulator",
    "SimulatorConfig",
    "TemplateConfig",
    "TemplateText",
    "Timing",
    "create_app",
    "run",
    "serve",
]
