"""Where a host's name leads, judged: no connection goes to an address that was not.

Rule 1: who connects uses the very address that passed, so no second look-up can change it.
"""

from collections.abc import Sequence
from typing import Final

import httpcore
import trio

from kaisa_relay.domain.engagement.addresses import Network, reachable

PRIVATE: Final = "leads into a private network"


class Unreachable(httpcore.ConnectError):
    """There is nowhere to connect to, for a reason that its text names."""


async def judged(host: str, port: int, allowed: Sequence[Network]) -> list[str]:
    """Return the addresses that may be connected to, at least one. Raises `Unreachable`."""
    try:
        found = await trio.socket.getaddrinfo(host, port, type=trio.socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("there is no such host") from error
    passed = [text for *_, address in found if reachable(text := str(address[0]), allowed)]
    if not passed:
        raise Unreachable(PRIVATE)
    return passed
