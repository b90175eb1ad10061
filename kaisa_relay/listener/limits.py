"""How patient the listener is, and how much it takes on."""

from attrs import field, frozen

from kaisa_relay.listener.messages import KIB, Sizes


@frozen
class Patience:
    """Seconds. Looked at once a second, so each may come a second late."""

    head: float = 10.0
    """For a head, from its first byte, and for a new connection's first byte."""
    body: float = 30.0
    """For a whole body; as long as the main port's."""
    stall: float = 10.0
    """Between `step` bytes of a body and the next `step`."""
    step: int = 4 * KIB
    idle: float = 180.0
    """Between two requests. Longer than a proxy keeps a connection, so that it is never the
    listener who hangs up while a request is on its way."""
    send: float = 20.0
    """For an answer to be taken."""
    linger: float = 2.0
    """For whom we hang up on to read their last answer."""


@frozen
class Limits:
    """What one listener takes on. The defaults fit behind a proxy, with 100 MiB to spare."""

    sizes: Sizes = field(factory=Sizes)
    patience: Patience = field(factory=Patience)
    connections: int = 1000
    turned_away: int = 50
    """Connections beyond those, which are told 503; still more wait until they are accepted."""
    held: int = 32 * 1024 * KIB
    """Bytes of bodies beyond 64 KiB each, all together; more are told 503."""
    linger: int = 4 * 1024 * KIB
    """Bytes that a refused client may still send until it is cut off."""
