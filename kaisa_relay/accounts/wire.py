"""Admin commands and results as lines of JSON: `{"kind": <class>, "body": {…}}`.

Rule 1: both ends are this program, of maybe two versions: what is not understood is said so.
Rule 2: an error names the field, never what was in it.
"""

from collections.abc import Mapping
from typing import Final, TypeVar, get_args

import msgspec

from kaisa_relay.accounts.commands import Command, Result

LONGEST_LINE: Final = 1 << 20
"""Bytes; a list of all keys of a large installation fits many times over."""

C = TypeVar("C")


class NotUnderstood(Exception):
    """The other end sent something that is no command or result of ours."""


class _Line(msgspec.Struct):
    kind: str
    body: msgspec.Raw


_COMMANDS: Final[Mapping[str, type[Command]]] = {each.__name__: each for each in get_args(Command)}
_RESULTS: Final[Mapping[str, type[Result]]] = {each.__name__: each for each in get_args(Result)}


def encode(message: Command | Result) -> bytes:
    """Return the message as one line, with its line feed."""
    body = msgspec.Raw(msgspec.json.encode(message))
    return msgspec.json.encode(_Line(type(message).__name__, body)) + b"\n"


def decode_command(line: bytes) -> Command:
    """Return the command in a line, or raise `NotUnderstood`."""
    return _decode(line, _COMMANDS)


def decode_result(line: bytes) -> Result:
    """Return the result in a line, or raise `NotUnderstood`."""
    return _decode(line, _RESULTS)


def _decode(line: bytes, known: Mapping[str, type[C]]) -> C:
    try:
        message = msgspec.json.decode(line, type=_Line)
        if message.kind not in known:
            raise NotUnderstood("this is a request of another version of kaisa-relay")
        return msgspec.json.decode(message.body, type=known[message.kind])
    except msgspec.DecodeError as problem:
        raise NotUnderstood(str(problem)) from None
