"""Events, states and contents as JSON, and back.

Rule 1: what was ever written stays readable: kinds are never reused, versions only rise.
Rule 2: what cannot be read is an exception that names kind and version, never the data.
"""

from typing import Any, Final, Generic, TypeVar

import attrs
import msgspec

from kaisa_relay.domain.content import (
    ContactCards,
    Content,
    Edit,
    Location,
    Text,
)
from kaisa_relay.domain.conversation.events import Event
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.conversation.terms import Terms
from kaisa_relay.domain.ids import MessageId
from kaisa_relay.domain.outgoing import (
    File,
    Outgoing,
    Quoting,
)
from kaisa_relay.domain.tracking import MessageStatus
from kaisa_relay.journal.event_json import Columns, EventJson
from kaisa_relay.journal.kinds import CONTENT_KINDS as CONTENT_KINDS
from kaisa_relay.journal.kinds import KINDS as KINDS
from kaisa_relay.journal.upcasts import CURRENT, upcast
from kaisa_relay.ports import Outcome, PresenceTold, Shifted, Told

T = TypeVar("T")


class Unreadable(Exception):
    """A row that this version of the program cannot read: newer than it, or damaged."""


class _Shape(Generic[T]):
    """Reads one class; the decoder is built once."""

    def __init__(self, kind: str, read_as: type[T]) -> None:
        self._kind = kind
        self._decode = msgspec.json.Decoder(read_as).decode

    def read(self, data: str | bytes | msgspec.Raw) -> T:
        """Return what the JSON holds, or raise `Unreadable`."""
        try:
            return self._decode(data)
        except msgspec.MsgspecError:
            # The cause is left out: it may quote what somebody wrote.
            raise Unreadable(f"a damaged {self._kind}") from None


_plain: Final = msgspec.json.Decoder(dict[str, Any])


class _Edit(msgspec.Struct):
    original: str
    content: msgspec.Raw


class _Quoting(msgspec.Struct, omit_defaults=True):
    message: int
    outgoing: msgspec.Raw
    wamid: str | None = None


_write: Final = msgspec.json.Encoder().encode
_envelope: Final = _Shape("content", dict[str, msgspec.Raw])
_AT: Final = frozenset({"at"})
_TOLD: Final[dict[type[Event], frozenset[str]]] = {
    MessageStatus: _AT | {"send", "rank", "conversation"}
}
_written: Final = {of: EventJson(of, _TOLD.get(of, _AT)) for of in KINDS}
_events: Final = {kind: _written[of] for of, kind in KINDS.items()}
_NESTED: Final = (Edit, Quoting)
_contents: Final = {
    kind: _Shape(kind, of) for of, kind in CONTENT_KINDS.items() if of not in _NESTED
}
_edit: Final = _Shape("edit", _Edit)
_quoting: Final = _Shape("quoting", _Quoting)
_state: Final = _Shape("state", State)
_terms: Final = _Shape("terms", Terms)
_ABSENT: Final[dict[str, Any]] = {
    each.name: msgspec.to_builtins(each.default)
    for each in attrs.fields(State)
    if each.default is not attrs.NOTHING
}
_outcome: Final = _Shape("outcome", Outcome)
_shifted: Final = _Shape("shift", Shifted)
_presence: Final = _Shape("presence", PresenceTold)


def encode_event(event: Event) -> tuple[str, int, str]:
    """Return an event's kind, version and JSON, which leaves out what other columns hold."""
    kind = KINDS[type(event)]
    return kind, CURRENT.get(kind, 1), _written[type(event)].encode(event)


def decode_event(kind: str, version: int, data: str, columns: Columns) -> Event:
    """Return the event, or raise `Unreadable` when it is newer than this program or damaged.

    `columns` holds `at`, and for a status `send`, `rank` and `conversation`; JSON that has them
    itself wins.
    """
    shape = _events.get(kind)
    current = CURRENT.get(kind, 1)
    if shape is None or version > current:
        raise Unreadable(f"{kind} of version {version} is newer than this program")
    try:
        if version == current:
            return shape.event(shape.decode(data), columns)
        plain = upcast(kind, range(version, current), _plain.decode(data))
        return shape.event(shape.convert(plain), columns)
    except (msgspec.MsgspecError, KeyError):
        # The cause is left out: it may quote what somebody wrote.
        raise Unreadable(f"{kind} of version {version}") from None


def encode_state(state: State) -> str:
    """Return a snapshot as JSON, without the fields that hold what they hold when they are absent.

    With them a row is a few bytes longer than what SQLite keeps out of a page of its own.
    """
    fields: dict[str, Any] = msgspec.to_builtins(state)
    return _write({k: v for k, v in fields.items() if k not in _ABSENT or v != _ABSENT[k]}).decode()


def decode_state(data: str) -> State:
    """Return the snapshot in the JSON, or raise `Unreadable`."""
    return _state.read(data)


def encode_content(content: Content | Outgoing) -> str:
    """Return a content, inbound or outgoing, as a JSON object whose one key is its kind."""
    return _tagged(content).decode()


def decode_content(data: str | bytes | msgspec.Raw) -> Content | Outgoing:
    """Return the content in the JSON, or raise `Unreadable`."""
    tagged = _envelope.read(data)
    if len(tagged) != 1:
        raise Unreadable("a content of no kind, or of several")
    ((kind, fields),) = tagged.items()
    if kind == "edit":
        edit = _edit.read(fields)
        return Edit(edit.original, _inbound(decode_content(edit.content)))
    if kind == "quoting":
        quoting = _quoting.read(fields)
        outgoing = _quotable(decode_content(quoting.outgoing))
        return Quoting(MessageId(quoting.message), outgoing, quoting.wamid)
    shape = _contents.get(kind)
    if shape is None:
        raise Unreadable("a content of a kind that is newer than this program")
    return shape.read(fields)


def decode_outgoing(data: str) -> Outgoing:
    """Return the outgoing message in the JSON, or raise `Unreadable`."""
    content = decode_content(data)
    if not isinstance(content, Outgoing):
        raise Unreadable("a content that cannot be sent")
    return content


def encode_outcome(outcome: Told) -> bytes:
    """Return what a conversation is told as the body of an inbox row."""
    return _write(outcome)


def decode_outcome(data: bytes) -> Told:
    """Return what the row of an inbox tells a conversation, or raise `Unreadable`."""
    told = _envelope.read(data)
    if "available" in told:
        return _presence.read(data)
    return _shifted.read(data) if "shift" in told else _outcome.read(data)


def encode_terms(terms: Terms) -> str:
    """Return a workspace's or conversation's times as JSON."""
    return _write(terms).decode()


def decode_terms(data: str) -> Terms:
    """Return the times in the JSON, or raise `Unreadable`; those left out are the usual ones."""
    return _terms.read(data)


def _tagged(content: Content | Outgoing) -> bytes:
    if isinstance(content, Edit):
        edit = _Edit(content.original, msgspec.Raw(_tagged(content.content)))
        return _write({"edit": edit})
    if isinstance(content, Quoting):
        quoting = _Quoting(content.message, msgspec.Raw(_tagged(content.outgoing)), content.wamid)
        return _write({"quoting": quoting})
    return _write({CONTENT_KINDS[type(content)]: content})


def _quotable(content: Content | Outgoing) -> Text | Location | ContactCards | File:
    if not isinstance(content, Text | Location | ContactCards | File):
        raise Unreadable("a quote above what cannot have one")
    return content


def _inbound(content: Content | Outgoing) -> Content:
    if not isinstance(content, Content):
        raise Unreadable("an edit that holds what only we send")
    return content
