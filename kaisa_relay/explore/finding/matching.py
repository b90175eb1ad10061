"""A filter as SQL: what holds for the rows of `tables.conversation` that it means.

Rule 1: every part of a statement names the workspace.
Rule 2: a condition goes by an index only where it is told that it may, or nobody told anything.
"""

from collections.abc import Container
from typing import Any, Final, assert_never

from sqlalchemy import ColumnElement, Select, TextClause, exists, func, or_, select, text
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from kaisa_relay.domain.explore.fields import SPANS, MetadataKey
from kaisa_relay.domain.explore.filtering import Condition, Filter, Operator
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.explore.model import tables

CONVERSATION: Final = tables.conversation.c
LABEL: Final = tables.label.c

Holds = ColumnElement[bool] | TextClause
Ids = Select[int]


def matching(of: WorkspaceId, which: Filter, dialect: str) -> list[Holds]:
    """Return what holds for the rows of `tables.conversation` that are meant, and for no other."""
    holds: list[Holds] = [CONVERSATION.workspace == of]
    holds += [holding(of, each) for each in which.conditions]
    if which.words is not None:
        holds.append(CONVERSATION.id.in_(_at_once(said_in(of, which.words, dialect), dialect)))
    return holds


def _at_once(ids: Ids, dialect: str) -> Ids:
    """Have PostgreSQL find them first, once: without statistics it reads all words for each row."""
    if dialect == "sqlite":
        return ids
    found = ids.cte("found", nesting=True).prefix_with("MATERIALIZED")
    return select(found.c.conversation)


def column(name: str) -> ColumnElement[Any]:
    """Return a field of `tables.conversation`, or a span between two of its instants."""
    if name in SPANS:
        begin, end = SPANS[name]
        return CONVERSATION[end] - CONVERSATION[begin]
    return CONVERSATION[name]


def holding(of: WorkspaceId, each: Condition, indexed: Container[str] | None = None) -> Holds:
    """Return a condition on one row; where `indexed` is given, others may not use an index.

    SQLite, which knows nothing of how many rows have a value, would take any that there is.
    """
    if isinstance(each.field, MetadataKey):
        return _labelled(of, each.field.key, each)
    by = column(each.field.name)
    return compared(by if indexed is None or each.field.name in indexed else unindexed(by), each)


def unindexed(by: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a column by which SQLite does not look for an index."""
    return UnaryExpression(by, operator=custom_op("+"), type_=by.type)


def compared(by: ColumnElement[Any], each: Condition) -> Holds:
    """Return the comparison of a column with the values of a condition."""
    value, values = each.values[0], each.values
    match each.operator:
        case Operator.EQ:
            return by == value if len(values) == 1 else by.in_(values)
        case Operator.NOT:
            return or_(by.is_(None), by.not_in(values))
        case Operator.LT:
            return by < value
        case Operator.LTE:
            return by <= value
        case Operator.GT:
            return by > value
        case Operator.GTE:
            return by >= value
        case Operator.EXISTS:
            return by.is_not(None) if value else by.is_(None)
        case _:
            assert_never(each.operator)


def labelled(each: Condition) -> list[Holds]:
    """Return what holds for the labels of a key by which a condition is decided."""
    match each.operator:
        case Operator.EXISTS:
            return []
        case Operator.EQ | Operator.NOT:
            return [LABEL.value.in_(each.values)]
        case _:
            return [compared(LABEL.number, each)]


def is_absence(each: Condition) -> bool:
    """Say whether a condition holds for what is not there."""
    missing = each.operator is Operator.EXISTS and not each.values[0]
    return missing or each.operator is Operator.NOT


def _labelled(of: WorkspaceId, key: str, each: Condition) -> Holds:
    of_it = (LABEL.workspace == of, LABEL.conversation == CONVERSATION.id, LABEL.key == key)
    found = exists(1).where(*of_it, *labelled(each)).correlate(tables.conversation)
    return ~found if is_absence(each) else found


# --- words ---------------------------------------------------------------------------------


def said_in(of: WorkspaceId, words: str, dialect: str) -> Ids:
    """Return the conversations in which one message has all the words; an id may come again."""
    said = tables.said_on(dialect).c
    return select(said.conversation).where(said.workspace == of, _says(words, dialect))


def saying(of: WorkspaceId, words: str, dialect: str) -> Holds:
    """Return the same for one row of `tables.conversation`, message by message."""
    if dialect != "sqlite":
        said = tables.said.c
        of_it = (said.workspace == of, said.conversation == CONVERSATION.id)
        found = exists(1).where(*of_it, _says(words, dialect))
        return found.correlate(tables.conversation)
    return text(_MESSAGE_BY_MESSAGE).bindparams(words_of=of, words=_phrases(words))


_MESSAGE_BY_MESSAGE: Final = """exists (
    select 1 from explore.message cross join explore.said
    where message.workspace = :words_of and message.conversation = conversation.id
    and said.rowid = message.id and said match :words
)"""


def _says(words: str, dialect: str) -> Holds:
    if dialect == "sqlite":
        return text("said match :words").bindparams(words=_phrases(words))
    body = func.to_tsvector("simple", tables.said.c.body)
    return body.op("@@")(func.plainto_tsquery("simple", words))


def _phrases(words: str) -> str:
    """Return the words as FTS5 takes them, whatever signs are in them."""
    return " ".join(f'"{each.replace(chr(34), chr(34) * 2)}"' for each in words.split())
