"""JSON over HTTP, read into classes."""

from typing import Any, TypeVar

import httpx
import msgspec

T = TypeVar("T")


class Unexpected(Exception):
    """A server answered what the demo did not expect; the text has the call and the answer."""


def body(response: httpx.Response, shape: type[T]) -> T:
    """Return the body of a success; raises `Unexpected` for anything else."""
    if not response.is_success:
        said = f"{response.status_code} {response.text[:500]}"
        raise Unexpected(f"{response.request.method} {response.url.path} gave {said}")
    return msgspec.json.decode(response.content, type=shape)


def given(**fields: Any) -> dict[str, Any]:
    """Return the fields that are not None, as a JSON body wants them."""
    return {name: value for name, value in fields.items() if value is not None}
