"""Triggers at work: what an event starts is written down, and delivered however long it takes."""

from kaisa_relay.engagement.engine import Engine
from kaisa_relay.engagement.lane import Tools
from kaisa_relay.engagement.posting import Poster, open_poster

__all__ = ["Engine", "Poster", "Tools", "open_poster"]
