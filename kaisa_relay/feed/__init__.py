"""The live feed: a workspace's events to whoever watches, in order, each once.

Rule 1: a watcher holds a number and nothing else; what they have not read is in the ring or the
table, never in a buffer of their own.
Rule 2: where nobody watches, nothing is kept and nothing is encoded.
"""

from kaisa_relay.feed.hub import Hub
from kaisa_relay.feed.session import Feed, Frames, Limits, Wire

__all__ = ["Feed", "Frames", "Hub", "Limits", "Wire"]
