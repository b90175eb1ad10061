"""How a filtered list is read: from few candidates, along the order wanted, or from whole indexes.

Rule 1: the choice is made by counting, up to a bound, since neither database can know.
"""

from collections.abc import Container, Iterator
from typing import Final

from attrs import frozen
from sqlalchemy import ARRAY, BigInteger, Connection, any_, bindparam, func, intersect, select

from kaisa_relay.domain.explore.fields import MetadataKey
from kaisa_relay.domain.explore.filtering import Condition, Filter, Operator
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.explore.finding.matching import (
    CONVERSATION,
    LABEL,
    Holds,
    Ids,
    compared,
    holding,
    is_absence,
    labelled,
    said_in,
    saying,
)
from kaisa_relay.ports.explore import Sort

FEW: Final = 10_000
"""Candidates that are all looked at: each costs a look at its row. Of more, the page wanted is
sooner found along its order."""
WALKED: Final = 20_000
"""Rows looked at along the order, before all that the indexes know is asked instead."""
WALKED_READING: Final = 10_000
"""The same where the messages of each have to be looked into."""

_INDEXED: Final = frozenset(
    {
        "status", "outcome", "agent", "channel", "visitor", "form", "language", "created_at",
        "started_at", "accepted_at", "ended_at", "last_at", "value",
    }
)  # fmt: skip


@frozen
class Way:
    """How the rows that are meant are found, in the order wanted."""

    holds: tuple[Holds, ...]
    by_id: bool
    """Whether the order of their ids is the order wanted."""
    sorted: bool = False
    """Whether they are put into order, since no index has them in it."""
    walked: int | None = None
    """How many rows are looked at, where it is not all of them."""


@frozen
class Choice:
    """What is known of a filter: a few candidates, or that no part of it means only few."""

    of: WorkspaceId
    which: Filter
    dialect: str
    few: tuple[int, ...] | None
    is_said: bool
    """Whether the few are those who said the words."""

    @property
    def reads(self) -> bool:
        """Say whether messages have to be looked into."""
        return self.which.words is not None and not self.is_said

    def ways(self, sort: Sort) -> Iterator[Way]:
        """Yield how to go about it; where one way ends too soon, the next one is gone."""
        names = [each.field.name for each in self.which.conditions]
        by_id = sort.field == "created_at" and "created_at" not in names
        if self.few is not None:
            few = _among(self.few, self.dialect)
            yield Way((*self._holds(frozenset()), few), by_id, sorted=True)
            return
        usable = self._single() if by_id else frozenset({sort.field})
        alone = set(names) <= usable and len(usable) == 1 and not self.reads
        if alone or not (names or self.reads):
            yield Way(self._holds(usable), by_id)
            return
        yield Way(self._holds(usable), by_id, walked=WALKED_READING if self.reads else WALKED)
        known = [each for _, each in _sets(self.of, self.which, self.dialect)]
        both = (CONVERSATION.id.in_(intersect(*known)),) if known else ()
        yield Way((*self._compared(frozenset()), *both), by_id, sorted=True)

    def _single(self) -> frozenset[str]:
        """Return the fields whose index has the rows that are meant in the order of their ids."""
        return frozenset(
            each.field.name
            for each in self.which.conditions
            if each.operator is Operator.EQ and len(each.values) == 1
        )

    def _holds(self, usable: Container[str]) -> tuple[Holds, ...]:
        compared, words = self._compared(usable), self.which.words
        if words is None or not self.reads:
            return compared
        return (*compared, saying(self.of, words, self.dialect))

    def _compared(self, usable: Container[str]) -> tuple[Holds, ...]:
        allowed = usable if self.dialect == "sqlite" else None
        holds = (holding(self.of, each, allowed) for each in self.which.conditions)
        return (CONVERSATION.workspace == self.of, *holds)


def choose(connection: Connection, of: WorkspaceId, which: Filter) -> Choice:
    """Look at how many rows each part of a filter means."""
    dialect = connection.dialect.name
    found: list[tuple[bool, tuple[int, ...]]] = []
    for is_said, ids in _sets(of, which, dialect):
        some = tuple(row[0] for row in connection.execute(ids.limit(FEW + 1)))
        if len(some) <= FEW:
            found.append((is_said, some))
    is_said, few = min(found, key=lambda each: len(each[1]), default=(False, None))
    return Choice(of, which, dialect, few, is_said)


def _among(few: tuple[int, ...], dialect: str) -> Holds:
    if dialect == "sqlite":
        listed = func.json_each(f"[{','.join(map(str, few))}]").table_valued("value")
        return CONVERSATION.id.in_(select(listed.c.value))
    return CONVERSATION.id == any_(bindparam("few", list(few), ARRAY(BigInteger), unique=True))


def _sets(of: WorkspaceId, which: Filter, dialect: str) -> Iterator[tuple[bool, Ids]]:
    """Yield the conversations of each field that has an index, and (True) of the words."""
    named: dict[str, list[Condition]] = {}
    for each in which.conditions:
        if not is_absence(each):
            named.setdefault(each.field.name, []).append(each)
    for name, conditions in named.items():
        field = conditions[0].field
        if isinstance(field, MetadataKey):
            for each in conditions:
                of_key = (LABEL.workspace == of, LABEL.key == field.key)
                yield False, select(LABEL.conversation).where(*of_key, *labelled(each))
        elif name in _INDEXED:
            holds = (compared(CONVERSATION[name], each) for each in conditions)
            yield False, select(CONVERSATION.id).where(CONVERSATION.workspace == of, *holds)
    if which.words is not None:
        yield True, said_in(of, which.words, dialect)
