"""Our own identifiers: 64-bit integers inside, short text at the border.

Rule 1: Meta's ids (`phone_number_id`, wamid, BSUID) are attributes, never keys.
Rule 2: the text form is the only form that leaves the process: prefix, underscore, 13 characters.
"""

from typing import Final, NewType

WorkspaceId = NewType("WorkspaceId", int)
ChannelId = NewType("ChannelId", int)
ConversationId = NewType("ConversationId", int)
ContactId = NewType("ContactId", int)
MessageId = NewType("MessageId", int)
SendId = NewType("SendId", int)
AlertId = NewType("AlertId", int)
ErasureId = NewType("ErasureId", int)
ExportId = NewType("ExportId", int)
ViewId = NewType("ViewId", int)
AuditId = NewType("AuditId", int)
EventSeq = NewType("EventSeq", int)
"""The number of an event in its workspace."""

CONVERSATION: Final = "cnv"
CHANNEL: Final = "chn"
CONTACT: Final = "ctc"
MESSAGE: Final = "msg"
WORKSPACE: Final = "wsp"
KEY: Final = "key"
ALERT: Final = "alr"
EVENT: Final = "evt"
USER: Final = "usr"
ERASURE: Final = "ers"
EXPORT: Final = "exp"
VIEW: Final = "viw"
AUDIT: Final = "aud"

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 in lower case: no i, l, o or u."""

_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}
_LENGTH: Final = 13
_LIMIT: Final = 1 << 63


def to_text(prefix: str, number: int) -> str:
    """Return the public form of an id, e.g. `cnv_01jd3v8k2m4qa`; it sorts as the number does."""
    characters = []
    for _ in range(_LENGTH):
        number, value = divmod(number, 32)
        characters.append(ALPHABET[value])
    return f"{prefix}_{''.join(reversed(characters))}"


def from_text(prefix: str, text: str) -> int | None:
    """Return the id behind a public form, or None when it is not one of ours with this prefix."""
    head, _, tail = text.partition("_")
    if head != prefix or len(tail) != _LENGTH or not all(c in _VALUES for c in tail):
        return None
    number = 0
    for character in tail:
        number = number * 32 + _VALUES[character]
    return number if number < _LIMIT else None
