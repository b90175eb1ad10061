"""What `kaisa-relay watch` says to the feed and hears from it.

Its own reading of `docs/feed.md`: it shares no shape with the server, as no client does.
"""

from typing import Final
from urllib.parse import urlsplit, urlunsplit

import msgspec
from attrs import frozen

_SCHEMES: Final = {"http": "ws", "https": "wss"}


class Snapshot(msgspec.Struct, tag="snapshot", frozen=True):
    """What is so at a position; only counted here."""

    position: str
    conversations: list[msgspec.Raw]
    agents: list[msgspec.Raw]
    more: bool = False


class Events(msgspec.Struct, tag="events", frozen=True):
    """Events up to a position, each as it came."""

    position: str
    events: list[msgspec.Raw]


class Gap(msgspec.Struct, tag="gap", frozen=True):
    """To be asked for again from this position on."""

    position: str


class Problem(msgspec.Struct, tag="error", frozen=True):
    """Why the server is about to close."""

    code: str
    message: str


Frame = Snapshot | Events | Gap | Problem
_decoder: Final[msgspec.json.Decoder[Frame]] = msgspec.json.Decoder(Frame)


def read_frame(text: str | bytes) -> Frame | None:
    """Read what the server sent; None for what is no frame of a feed."""
    try:
        return _decoder.decode(text)
    except msgspec.DecodeError:
        return None


@frozen
class Asked:
    """What is to be watched: the feed's address, and what to choose."""

    address: str
    key: str
    types: tuple[str, ...] = ()
    conversation: str | None = None
    outcome: str | None = None
    metadata: tuple[tuple[str, str], ...] = ()

    def frame(self, after: str | None) -> str:
        """Return the subscription that goes on after a position."""
        frame: dict[str, object] = {"type": "subscribe"}
        if after is not None:
            frame["after"] = after
        filters = {
            "types": self.types,
            "conversation": self.conversation,
            "outcome": self.outcome,
            "metadata": dict(self.metadata),
        }
        frame |= {name: wanted for name, wanted in filters.items() if wanted}
        return msgspec.json.encode(frame).decode()


def feed_address(url: str) -> str | None:
    """Return the WebSocket's address at a relay's, or None when that is no http(s) address."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # which is read, and refused, only when it is asked for
    except ValueError:
        return None
    scheme = _SCHEMES.get(parts.scheme)
    if scheme is None or not parts.hostname or parts.query or parts.fragment:
        return None
    return urlunsplit((scheme, parts.netloc, f"{parts.path.rstrip('/')}/feed", "", ""))


class _Shut(msgspec.Struct, frozen=True):
    """A problem+json: why there is no WebSocket."""

    title: str
    detail: str | None = None


def read_problem(body: bytes) -> str | None:
    """Return what a relay's refusal says; None for another body."""
    try:
        shut = msgspec.json.decode(body, type=_Shut)
    except msgspec.DecodeError:
        return None
    return shut.detail or shut.title
