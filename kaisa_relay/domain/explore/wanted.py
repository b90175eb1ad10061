"""What an export is to hold, and how that is written down.

Rule 1: it is written as the parameters of an address, and reads back as the same.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final, TypeVar

from attrs import frozen

from kaisa_relay.domain.explore.columns import Column, Rows, read_columns, usual
from kaisa_relay.domain.explore.filtering import Filter, Mistake, read_filter

T = TypeVar("T", bound=StrEnum)

ROWS: Final = "rows"
FORMAT: Final = "format"
COLUMNS: Final = "columns"
OWN: Final = (ROWS, FORMAT, COLUMNS)
"""The parameters that are none of the filter's."""


class Format(StrEnum):
    """In which form rows go out."""

    CSV = "csv"
    JSONL = "jsonl"
    XLSX = "xlsx"
    PARQUET = "parquet"


PLAIN: Final = (Format.CSV, Format.JSONL)
"""Lines: what they begin with may go out before the rest is made."""


@frozen
class Wanted:
    """What is exported of a workspace."""

    which: Filter
    rows: Rows
    columns: tuple[Column, ...]
    format: Format

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return the parameters that read back as this."""
        names = ",".join(each.name for each in self.columns)
        own = ((ROWS, self.rows.value), (FORMAT, self.format.value), (COLUMNS, names))
        return (*own, *self.which.pairs())


def read_wanted(pairs: Iterable[tuple[str, str]]) -> Wanted | tuple[Mistake, ...]:
    """Read what is wanted, or all that is wrong with it; an empty value is as good as none."""
    given = [(name, text) for name, text in pairs if text]
    mistakes: list[Mistake] = []
    which = read_filter(each for each in given if each[0] not in OWN)
    if not isinstance(which, Filter):
        mistakes += which
    rows = _choice(given, ROWS, Rows, mistakes) or Rows.CONVERSATIONS
    format = _choice(given, FORMAT, Format, mistakes) or Format.CSV
    columns = _columns(given, rows, mistakes)
    if mistakes or not isinstance(which, Filter):
        return tuple(mistakes)
    return Wanted(which, rows, columns, format)


def _choice(
    given: Sequence[tuple[str, str]], name: str, known: type[T], mistakes: list[Mistake]
) -> T | None:
    word = _once(given, name, mistakes)
    if word is None or word in tuple(known):
        return None if word is None else known(word)
    mistakes.append(Mistake(name, f"is unknown; known are {', '.join(known)}"))
    return None


def _columns(
    given: Sequence[tuple[str, str]], rows: Rows, mistakes: list[Mistake]
) -> tuple[Column, ...]:
    text = _once(given, COLUMNS, mistakes)
    read = usual(rows) if text is None else read_columns(rows, text)
    if isinstance(read, Mistake):
        mistakes.append(read)
        return ()
    return read


def _once(given: Sequence[tuple[str, str]], name: str, mistakes: list[Mistake]) -> str | None:
    texts = [text for each, text in given if each == name]
    if len(texts) > 1:
        mistakes.append(Mistake(name, "is given more than once"))
    return texts[0] if texts else None
