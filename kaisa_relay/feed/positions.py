"""Where a watcher stands: an opaque text that only its own workspace takes back."""

from typing import Final

from kaisa_relay.domain.ids import WorkspaceId, from_text, to_text

_WORKSPACE: Final = "pos"


def write_position(workspace: WorkspaceId, seq: int) -> str:
    """Return the position after event number `seq`."""
    return f"{to_text(_WORKSPACE, workspace)}-{seq}"


def read_position(workspace: WorkspaceId, text: str) -> int | None:
    """Return the number in a position of this workspace; None for any other text."""
    head, _, digits = text.partition("-")
    if from_text(_WORKSPACE, head) != workspace or not digits.isascii() or not digits.isdigit():
        return None
    seq = int(digits) if len(digits) < 19 else -1
    return seq if str(seq) == digits else None
