"""Addresses that are kept only to know them again: a keyed hash in place of the text.

Rule 1: the key is no part of the database, so a copy of that cannot be tried with every number.
"""

import hmac
from typing import Final

from attrs import field, frozen

from kaisa_relay.domain.ids import WorkspaceId

CONCEALED: Final = "hash:"
"""What every concealed text begins with; no address does."""


@frozen
class Concealing:
    """Conceals texts with the first of its keys, and knows those of all of them again."""

    keys: tuple[bytes, ...] = field(repr=False, default=(b"",))

    def conceal(self, workspace: WorkspaceId, way: str, text: str) -> str:
        """Return what is kept of an address: the same for the same address in a workspace."""
        return _hash(self.keys[0], workspace, way, text)

    def forms(self, workspace: WorkspaceId, way: str, text: str) -> tuple[str, ...]:
        """Return how an address may stand in a row: as it is, or concealed."""
        return (text, *(_hash(key, workspace, way, text) for key in self.keys))


def _hash(key: bytes, workspace: WorkspaceId, way: str, text: str) -> str:
    said = f"{workspace}\n{way}\n{text}".encode()
    return f"{CONCEALED}{hmac.digest(key, said, 'sha256').hex()}"


UNKEYED: Final = Concealing()
"""For tests and tools that conceal nothing that must stay so."""
