"""Who wants something done from outside the chats: a program by its key, or a supervisor.

Rule 1: events name them by our ids alone, never by name.
"""

from enum import StrEnum
from typing import Final

from attrs import frozen

from kaisa_relay.domain.ids import KEY, USER


class RequesterKind(StrEnum):
    """What sort of caller it is."""

    KEY = "key"
    USER = "user"


@frozen
class Requester:
    """A caller; `id` is that of the API key or of the supervisor's account."""

    kind: RequesterKind
    id: int


PREFIXES: Final = {RequesterKind.KEY: KEY, RequesterKind.USER: USER}
"""Under which prefix their ids are shown."""
