"""One connection's failure ends that connection: Hypercorn would let it end the server.

For example, it answers twice when more bytes come behind a WebSocket that was just refused, and
raises: anybody could stop the relay so, without a key.
"""

import structlog
from hypercorn.trio import run
from hypercorn.trio.tcp_server import TCPServer

logger = structlog.get_logger()


class ContainedConnection(TCPServer):
    """A connection whose crash is logged and goes no further."""

    async def run(self) -> None:
        """Serve it to its end, which may be its crash."""
        try:
            await super().run()
        except* Exception as crash:  # noqa: BLE001 - the HTTP boundary; Cancelled passes
            logger.warning("connection crashed", kinds=_kinds(crash))


def _kinds(crash: BaseExceptionGroup[Exception]) -> list[str]:
    """Return the names of what was raised; its text may hold what a client sent."""
    kinds: set[str] = set()
    for each in crash.exceptions:
        kinds |= (
            set(_kinds(each)) if isinstance(each, BaseExceptionGroup) else {type(each).__name__}
        )
    return sorted(kinds)


def contain_connections() -> None:
    """Have every server of Hypercorn in this process do so: here it takes their class from."""
    vars(run)["TCPServer"] = ContainedConnection
