"""The columns of an export: what a row is of, and what may stand in it.

Rule 1: a column that is a field of a filter has the same name, and means the same.
Rule 2: instants are written in UTC, spans in seconds, ids in their public form.
"""

from collections.abc import Mapping
from enum import Enum, StrEnum
from typing import Final

from attrs import frozen

from kaisa_relay.domain.explore.fields import FIELDS, METADATA, Kind
from kaisa_relay.domain.explore.filtering import LONGEST, Mistake
from kaisa_relay.domain.ids import CONTACT, CONVERSATION, MESSAGE

MOST_COLUMNS: Final = 100
WHOLE: Final = "metadata"
"""The column of all that a conversation was created with."""


class Rows(StrEnum):
    """What one row of an export is of."""

    CONVERSATIONS = "conversations"
    MESSAGES = "messages"
    OFFERS = "offers"


class Cell(Enum):
    """What stands in the cells of a column."""

    TEXT = "text"
    PHONE = "phone"
    ID = "id"
    INSTANT = "instant"
    NUMBER = "number"
    SPAN = "span"
    TRUTH = "truth"
    JSON = "json"


@frozen
class Column:
    """One column; `prefix` is that of the ids in it, `key` the metadata's member, if it is one."""

    name: str
    cell: Cell
    prefix: str = ""
    key: str = ""


_CELLS: Final = {
    Kind.WORD: Cell.TEXT,
    Kind.ID: Cell.ID,
    Kind.COUNT: Cell.NUMBER,
    Kind.AMOUNT: Cell.NUMBER,
    Kind.INSTANT: Cell.INSTANT,
    Kind.SPAN: Cell.SPAN,
}


def _fields() -> tuple[Column, ...]:
    return tuple(Column(each.name, _CELLS[each.kind], each.prefix) for each in FIELDS.values())


def _person(name: str) -> tuple[Column, ...]:
    return (Column(f"{name}_name", Cell.TEXT), Column(f"{name}_phone", Cell.PHONE))


def _instants(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, Cell.INSTANT) for name in names)


_OF_CONVERSATION: Final = Column("conversation", Cell.ID, CONVERSATION)
_METADATA: Final = Column(WHOLE, Cell.JSON)
_CODE: Final = Column("code", Cell.NUMBER)
_TEMPLATE: Final = Column("template", Cell.TRUTH)

COLUMNS: Final[Mapping[Rows, Mapping[str, Column]]] = {
    rows: {each.name: each for each in columns}
    for rows, columns in {
        Rows.CONVERSATIONS: (*_fields(), *_person("visitor"), *_person("agent"), _METADATA),
        Rows.MESSAGES: (
            _OF_CONVERSATION,
            Column("id", Cell.ID, MESSAGE),
            *_instants("at"),
            *(Column(name, Cell.TEXT) for name in ("writer", "kind", "text")),
            Column("contact", Cell.ID, CONTACT),
            *_person("contact"),
            _TEMPLATE,
            *_instants("held_at", "sent_at", "delivered_at", "read_at", "failed_at"),
            _CODE,
            _METADATA,
        ),
        Rows.OFFERS: (
            _OF_CONVERSATION,
            Column("number", Cell.NUMBER),
            Column("agent", Cell.ID, CONTACT),
            *_person("agent"),
            Column("why", Cell.TEXT),
            _TEMPLATE,
            *_instants("offered_at", "sent_at", "ended_at"),
            Column("end", Cell.TEXT),
            _CODE,
            _METADATA,
        ),
    }.items()
}
"""What there is, in the order in which it is exported where no columns are chosen."""


def usual(rows: Rows) -> tuple[Column, ...]:
    """Return the columns of an export that asks for none: metadata goes with conversations."""
    columns = COLUMNS[rows].values()
    return tuple(each for each in columns if rows is Rows.CONVERSATIONS or each.name != WHOLE)


def read_columns(rows: Rows, text: str) -> tuple[Column, ...] | Mistake:
    """Read names with commas between; a repeated one counts once."""
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    found = [_column(rows, name) for name in names]
    known = tuple(each for each in found if each is not None)
    if unknown := len(found) - len(known):
        there = ", ".join(COLUMNS[rows])
        message = f"has {unknown} that are unknown; known are {there}, {METADATA}KEY"
        return Mistake("columns", message)
    if len(known) > MOST_COLUMNS:
        return Mistake("columns", f"has more than {MOST_COLUMNS}")
    return known


def _column(rows: Rows, name: str) -> Column | None:
    if not name.startswith(METADATA):
        return COLUMNS[rows].get(name)
    key = name.removeprefix(METADATA)
    return Column(name, Cell.JSON, key=key) if key and len(key) <= LONGEST else None
