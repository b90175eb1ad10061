"""The journal in memory: the fake on which actors are tested.

Rule 1: it passes the same contract suite as the SQL stores.
Rule 2: a commit is one step between two checkpoints, so nobody ever sees half of one.
"""

from kaisa_relay.journal.memory.store import MemoryStore

__all__ = ["MemoryStore"]
