"""What an answer of the Graph API, or the lack of one, says about a send.

Rule 1: the code decides, never the title; the table is section 4.12 of the reference.
Rule 2: only what certainly was not sent is tried again; in doubt it is `Uncertain`.
"""

import re
from typing import Final

import msgspec

from kaisa_relay.domain.sending import Accepted, Answer, Deferred, Halted, Rejected, Uncertain
from kaisa_relay.whatsapp.shapes import Code
from kaisa_relay.whatsapp.transport import Broken, NotSent

HALTING: Final = frozenset(
    {0, 3, 10, *range(200, 300), 33, 190, 368}
    | {131005, 131031, 131037, 131042, 131045}  # permission, lock, name, payment, certificate
    | {133000, 133005, 133006, 133008, 133009, 133010, 134011}  # registration, payment terms
)
"""Token, permission, account or payment: nothing goes out until an operator acts."""

WHOLE_CHANNEL: Final = frozenset({4, 17, 32, 613, 80007, 130429, 131057})
"""Limits and maintenance of the app or the number: every send waits, not one recipient's."""

LATER: Final = frozenset({1, 2, 131016, 131048, 131056, 131064, 133004}) | WHOLE_CHANNEL
"""Certainly not sent, worth trying again."""

LATER_THOUGH_5XX: Final = frozenset({1, 2, 4, 130429, 131016, 131056, 131057, 133004})
"""The only codes that are believed when the status says that the server failed."""

IN_DOUBT: Final = 131000
"""Meta's "something went wrong": it may have been sent."""

_HINTS: Final = {131057: 60.0, 131048: 900.0, 131064: 900.0, 80007: 60.0, 4: 60.0}
"""Seconds: an upgrade takes a minute; hourly and daily quotas are not worth hammering at."""

LONGEST_HINT: Final = 900.0
"""Seconds; no header of anybody's stops a channel for longer."""

_OLD_WINDOW, _WINDOW = 470, 131047
_WRONG_PARAMETER, _NO_SUCH_NUMBER = 100, 33


class _ErrorData(msgspec.Struct):
    details: str | None = None


class _Error(msgspec.Struct):
    code: Code
    message: str | None = None
    error_subcode: int | None = None
    error_data: _ErrorData | None = None


class _Contact(msgspec.Struct):
    wa_id: str | None = None
    user_id: str | None = None


class _Message(msgspec.Struct):
    id: str


class _Success(msgspec.Struct):
    messages: list[_Message]
    contacts: list[_Contact] = []


class _Failure(msgspec.Struct):
    error: _Error


_SUCCESS: Final = msgspec.json.Decoder(_Success)
_FAILURE: Final = msgspec.json.Decoder(_Failure, strict=False)
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def classify(status: int, body: bytes, retry_after: str | None = None) -> Answer:
    """Return what the answer to a send says of it; `retry_after` is that header."""
    if status != 200:
        return refusal(status, body, retry_after)
    try:
        answer = _SUCCESS.decode(body)
    except _UNREADABLE:
        return Uncertain("200 without a message id")
    if not answer.messages or not answer.messages[0].id:
        return Uncertain("200 without a message id")
    contact = answer.contacts[0] if answer.contacts else _Contact()
    return Accepted(answer.messages[0].id, contact.wa_id or None, contact.user_id or None)


def refusal(status: int, body: bytes, retry_after: str | None = None) -> Answer:
    """Return what an answer other than 200 says of a call."""
    try:
        error = _FAILURE.decode(body).error
    except _UNREADABLE:
        return Uncertain(f"HTTP {status} without a Graph error")
    code = _code(error)
    if code == IN_DOUBT:
        return Uncertain(f"HTTP {status}, code {code}")
    if code in HALTING:
        return Halted(code, _details(error))
    if code in (LATER_THOUGH_5XX if status >= 500 else LATER):
        after = _seconds(retry_after) or _HINTS.get(code)
        return Deferred(code, _details(error), after, code in WHOLE_CHANNEL)
    if 400 <= status < 500:
        return Rejected(code, _details(error))
    return Uncertain(f"HTTP {status}, code {code}")


def _code(error: _Error) -> int:
    """Return the code, one for each meaning: 470 is 131047's old form, 100/33 names the number."""
    if error.code == _OLD_WINDOW:
        return _WINDOW
    if (error.code, error.error_subcode) == (_WRONG_PARAMETER, _NO_SUCH_NUMBER):
        return _NO_SUCH_NUMBER
    return error.code


def _seconds(retry_after: str | None) -> float | None:
    """Return a Retry-After in seconds, at most a quarter of an hour; its other form is a date."""
    given = (retry_after or "").strip()
    if not (given.isascii() and given.isdecimal()):
        return None
    return min(float(given[:9]), LONGEST_HINT)


def unanswered(reply: NotSent | Broken) -> Answer:
    """Return what a call without an answer says."""
    if isinstance(reply, NotSent):
        return Deferred(None, reply.reason, whole_channel=reply.unreachable)
    return Uncertain(reply.reason)


_PERSONAL: Final = re.compile(r"\+?\d[\d \-()]{6,}\d|wamid\.\S+|\b[A-Z]{2}\.(?:ENT\.)?\w{6,}")


def _details(error: _Error) -> str:
    """Return Meta's explanation without anything that may name a person or a message."""
    details = (error.error_data.details if error.error_data else None) or error.message or ""
    return _PERSONAL.sub("…", _code_free(details))[:200]


def _code_free(text: str) -> str:
    """Remove the `(#131009)` that Meta puts in front: the code stands beside it."""
    return re.sub(r"^\(#\d+\)\s*", "", text)
