"""How text messages reach a provider: as Twilio wants them, or by a request that its author wrote.

Rule 1: a request's places are filled value by value, so that nothing in a text can change its form.
Rule 2: an answer that does not say what `success` asks for is no success, and is not repeated: the
message may have gone out, and a mistake in `success` must not send it again and again.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar

from attrs import frozen

from kaisa_relay.domain.engagement.conditions import (
    Condition,
    holds,
    read_condition,
    write_condition,
)
from kaisa_relay.domain.engagement.definition import BadDefinition, Json, join, members, words
from kaisa_relay.domain.engagement.wording import Fault

E = TypeVar("E", bound=StrEnum)

NAMES: Final = frozenset({"to", "text", "sender", "id"})
"""What a request may ask for: the number with its +, the words, who sends, the delivery's id."""
ANSWER: Final = "answer"
"""With what the fields of `success` begin."""

LONGEST_TEXT: Final = 1_600
"""Characters of one message: ten parts, and the most that Twilio takes."""
LONGEST_VALUE: Final = 2_000
MOST_VALUES: Final = 40
DEEPEST: Final = 6

_ACCOUNT: Final = re.compile(r"AC[0-9a-fA-F]{32}", re.ASCII)
_SERVICE: Final = re.compile(r"MG[0-9a-fA-F]{32}", re.ASCII)
_SENDER: Final = re.compile(r"\+[1-9][0-9]{6,14}|[A-Za-z0-9][A-Za-z0-9 &_-]{0,10}", re.ASCII)


class Provider(StrEnum):
    """Whose API an endpoint speaks; `http` is any other, by a request of its own."""

    TWILIO = "twilio"
    HTTP = "http"


class Format(StrEnum):
    """How a request's body travels; as a `query` it is part of the URL."""

    JSON = "json"
    FORM = "form"
    QUERY = "query"


class Method(StrEnum):
    """The methods that providers use."""

    POST = "POST"
    PUT = "PUT"
    GET = "GET"


@frozen
class SmsRequest:
    """One request per message. `body` is JSON whose texts have places for `NAMES`."""

    body: Mapping[str, Any]
    format: Format = Format.JSON
    method: Method = Method.POST
    success: Condition | None = None

    def succeeded(self, answer: Json) -> bool:
        """Say whether an answer with a good status means that the message was taken."""
        return self.success is None or holds(self.success, {ANSWER: answer})


def read_sms_request(value: Json, path: str, fault: Fault) -> SmsRequest:
    """Read `{"format": "form", "body": {"to": "{{ to }}"}}`. Raises `BadDefinition`."""
    given = members(value, path, ("body",), ("format", "method", "success"))
    format = _one_of(Format, given.get("format", Format.JSON), join(path, "format"))
    usual = Method.GET if format is Format.QUERY else Method.POST
    method = _one_of(Method, given.get("method", usual), join(path, "method"))
    if method is Method.GET and format is not Format.QUERY:
        raise BadDefinition(join(path, "method"), "is GET, which has no body; use a query")
    success = None
    if "success" in given:
        success = read_condition(given["success"], join(path, "success"), roots=(ANSWER,))
    body = _body(given["body"], join(path, "body"), format, fault)
    return SmsRequest(body, format, method, success)


def write_sms_request(request: SmsRequest) -> dict[str, Any]:
    """Write a request as its author would; it reads the same again."""
    written = {
        "format": request.format.value,
        "method": request.method.value,
        "body": request.body,
    }
    if request.success is not None:
        written["success"] = write_condition(request.success)
    return written


def filled(value: Json, fill: Callable[[str], str]) -> Json:
    """Return JSON with each of its texts filled."""
    match value:
        case str():
            return fill(value)
        case dict():
            return {name: filled(each, fill) for name, each in value.items()}
        case list():
            return [filled(each, fill) for each in value]
        case _:
            return value


def is_account(text: str) -> bool:
    """Say whether this may be an account of Twilio's."""
    return _ACCOUNT.fullmatch(text) is not None


def is_service(text: str) -> bool:
    """Say whether this is one of Twilio's messaging services, which chooses who sends."""
    return _SERVICE.fullmatch(text) is not None


def is_sender(text: str) -> bool:
    """Say whether a message may be from this: a number, a short code, or a name of 11 letters."""
    return _SENDER.fullmatch(text) is not None


def _one_of(known: type[E], value: Json, path: str) -> E:
    try:
        return known(value)
    except ValueError:
        raise BadDefinition(path, f"must be one of: {', '.join(known)}") from None


def _body(value: Json, path: str, format: Format, fault: Fault) -> Mapping[str, Any]:
    if not isinstance(value, dict) or not value:
        raise BadDefinition(path, "must be an object with a member for each value")
    for name, each in value.items():
        if format is not Format.JSON and isinstance(each, (dict, list)):
            raise BadDefinition(join(path, name), "is nested, which only json can be")
    leaves = tuple(_leaves(value, path))
    if len(leaves) > MOST_VALUES:
        raise BadDefinition(path, f"has more than {MOST_VALUES} values")
    for where, leaf in leaves:
        if isinstance(leaf, str) and leaf:
            _checked(words(leaf, where, LONGEST_VALUE), where, fault)
    return value


def _checked(text: str, path: str, fault: Fault) -> None:
    wrong = fault(text)
    if wrong is not None:
        raise BadDefinition(path, wrong)


def _leaves(value: Json, path: str, depth: int = 1) -> Iterator[tuple[str, Json]]:
    if depth > DEEPEST:
        raise BadDefinition(path, f"is nested more than {DEEPEST} deep")
    match value:
        case dict():
            for name, each in value.items():
                yield from _leaves(each, join(path, name), depth + 1)
        case list():
            for index, each in enumerate(value):
                yield from _leaves(each, f"{path}[{index}]", depth + 1)
        case _:
            yield path, value
