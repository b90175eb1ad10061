"""What travels in the WebSocket: one JSON object to a frame, told apart by `type`."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from attrs import frozen

from kaisa_relay.domain.ids import CONVERSATION, ConversationId, WorkspaceId, from_text
from kaisa_relay.domain.public_events import TYPES
from kaisa_relay.feed.choosing import Wanted, facet
from kaisa_relay.feed.positions import read_position

LARGEST: Final = 16 * 1024
"""Bytes of a frame that a watcher may send."""
MOST_TYPES: Final = 100
MOST_METADATA: Final = 10
_KNOWN: Final = frozenset(TYPES.values())


class Subscribe(msgspec.Struct, tag="subscribe", forbid_unknown_fields=True, frozen=True):
    """What somebody wants to watch: all, or only what every filter lets through.

    `types` such as `conversation.*`; one `conversation`; the endings (`conversation.closed`) with
    the `outcome` that the agent named; what belongs to conversations with this `metadata`.
    """

    after: str | None = None
    types: list[str] = []
    conversation: str | None = None
    outcome: str | None = None
    metadata: dict[str, str] = {}


class Gap(msgspec.Struct, tag="gap", frozen=True):
    """The watcher reads too slowly: subscribe again, after `position`; nothing is lost."""

    position: str


class Error(msgspec.Struct, tag="error", frozen=True):
    """The server is about to close; `code` is for programs, `message` for who wrote them."""

    code: str
    message: str


@frozen
class Refused:
    """A frame that cannot be served, in words for whoever wrote the client."""

    code: str
    message: str


_decoder: Final = msgspec.json.Decoder(Subscribe)


def read_frame(workspace: WorkspaceId, frame: str | bytes | None) -> Wanted | Refused:
    """Read what a watcher sent."""
    if not isinstance(frame, str):
        return Refused("bad_frame", "send text frames, each with one JSON object")
    if len(frame.encode()) > LARGEST:
        return Refused("too_large", f"a frame has at most {LARGEST} bytes")
    try:
        asked = _decoder.decode(frame)
    except msgspec.DecodeError as error:  # also what is JSON and no subscription
        return Refused("bad_frame", f'send {{"type": "subscribe"}}: {error}')
    return _wanted(workspace, asked)


def _wanted(workspace: WorkspaceId, asked: Subscribe) -> Wanted | Refused:
    after = None
    if asked.after is not None:
        after = read_position(workspace, asked.after)
        if after is None:
            return Refused("bad_position", "`after` is no position of this workspace")
    conversation = None
    if asked.conversation is not None:
        id = from_text(CONVERSATION, asked.conversation)
        if id is None:
            return Refused("bad_conversation", "`conversation` must be a conversation's id")
        conversation = ConversationId(id)
    if len(asked.metadata) > MOST_METADATA:
        return Refused("bad_metadata", f"`metadata` has at most {MOST_METADATA} entries")
    metadata = frozenset(facet(*entry) for entry in asked.metadata.items())
    types = _types(asked.types)
    if isinstance(types, Refused):
        return types
    return Wanted(after, types, conversation, asked.outcome, metadata)


def _types(asked: Sequence[str]) -> frozenset[str] | Refused:
    found: set[str] = set()
    if len(asked) > MOST_TYPES:
        return Refused("bad_types", f"`types` has at most {MOST_TYPES} entries")
    for wanted in asked:
        prefix = wanted.removesuffix("*")
        matching = {
            type
            for type in _KNOWN
            if type == wanted or (prefix != wanted and type.startswith(prefix))
        }
        if not matching:
            known = ", ".join(sorted({f"{type.partition('.')[0]}.*" for type in _KNOWN}))
            return Refused("bad_types", f"no type is called {wanted[:60]!r}; try {known}")
        found |= matching
    return frozenset(found)


def events_frame(position: str, events: Sequence[str]) -> str:
    """Return the frame that carries these encoded events."""
    return f'{{"type":"events","position":"{position}","events":[{",".join(events)}]}}'


def gap_frame(position: str) -> str:
    """Return the frame that says from where to subscribe again."""
    return _text(Gap(position))


def error_frame(refused: Refused) -> str:
    """Return the last frame before a connection is closed for a reason."""
    return _text(Error(refused.code, refused.message))


def snapshot_frame(position: str, shown: Any) -> str:
    """Return the first frame of whoever asked for what is so now."""
    return _text({"type": "snapshot", "position": position, **msgspec.structs.asdict(shown)})


def _text(frame: object) -> str:
    return msgspec.json.encode(frame).decode()
