"""The few ways in which Meta words a malformed parameter."""

from collections.abc import Iterator
from typing import Any

from ..errors import GraphError


def unexpected(details: str) -> GraphError:
    """Code 100: a parameter that Graph does not understand or misses at the top level."""
    return GraphError(100, details)


def missing(path: str) -> GraphError:
    """Code 131008: a required parameter is not there."""
    return GraphError(131008, f"{path} is required")


def bad(details: str) -> GraphError:
    """Code 131009: the value is not allowed."""
    return GraphError(131009, details)


def length_problems(
    body: dict[str, Any], name: str, path: str, shortest: int, longest: int
) -> Iterator[GraphError]:
    """Refuse a text that is missing, no string, or not between `shortest` and `longest`
    characters.
    """
    value = body.get(name)
    if value is None and shortest == 0:
        return
    if not isinstance(value, str):
        yield missing(path)
    elif not shortest <= len(value) <= longest:
        yield bad(f"{path} length invalid. Min length: {shortest}, Max length: {longest}")
