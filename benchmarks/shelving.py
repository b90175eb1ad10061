"""Explore's read model filled with so many conversations of a seeded year, without a relay.

Rule 1: the same seed and number make the same rows on either database.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from random import Random
from typing import Any, Final

from attrs import fields, frozen
from sqlalchemy import Connection, Table

from kaisa_relay.explore.model import tables
from kaisa_relay.explore.projecting.rows import (
    ConversationRow,
    MessageRow,
    OfferRow,
    RecoveryRow,
    Row,
)

CHANNELS: Final = 8
AGENTS: Final = 200
VISITORS_PER: Final = 3
"""Conversations per visitor, on average."""
SPOKEN: Final = 26
"""Messages of a conversation in which somebody speaks are fewer, after the first."""
MESSAGES: Final = 10
"""Messages per conversation, on average: of 100, 85 begin and 73 have an agent who speaks."""
BEGIN: Final = 1_764_547_200_000_000
"""2025-12-01T00:00:00Z, in microseconds."""
YEAR: Final = 365 * 86_400_000_000
MINUTE: Final = 60_000_000
AT_ONCE: Final = 20_000
"""Rows per statement."""

_PHRASES: Final = (
    "is the blue one still there yes it can you come today tomorrow price final what about "
    "winter tyres included service book two owners trade in finance black white red estate "
    "test drive after lunch thanks see you then where is your shop open until six"
)
_WORDS: Final = tuple(_PHRASES.split())
_RARE: Final = ("towbar", "panorama", "gearbox", "ceramic", "leasing")
_MODELS: Final = ("Volvo", "Saab", "Tesla", "Kia", "Seat", "Audi", "Skoda", "Fiat")

Words = tuple[int, int, int, int, str]
"""message, workspace, conversation, contact, body"""
Member = tuple[int, str, str, int, float | None]
"""workspace, key, value, conversation, number"""


@frozen
class Talk:
    """One conversation, and all that goes with it."""

    row: ConversationRow
    messages: list[MessageRow]
    offers: list[OfferRow]
    recoveries: list[RecoveryRow]
    said: list[Words]
    labels: list[Member]


def talks(workspace: int, number: int, seed: int = 1, above: int = 0) -> Iterator[Talk]:
    """Yield so many conversations, the oldest first, ids rising with time from `above` on."""
    rng = Random(seed)
    visitors = max(1, number // VISITORS_PER)
    for n in range(number):
        at = BEGIN + YEAR * n // number
        yield _talk(workspace, above + ((n + 1) << 12), at, rng, 1_000 + rng.randrange(visitors))


def _talk(workspace: int, id: int, at: int, rng: Random, visitor: int) -> Talk:
    row = ConversationRow(
        workspace=workspace,
        id=id,
        status="reserved",
        channel=1 + rng.randrange(CHANNELS),
        visitor=visitor,
        form=visitor,
        language=rng.choice(("sv", "sv", "sv", "en", "es")),
        strategy="broadcast",
        created_at=at,
        last_at=at,
    )
    talk = Talk(row, [], [], [], [], _labels(workspace, id, rng))
    steps: tuple[tuple[float, Callable[[Talk, Random], None]], ...] = (
        (0.85, _start),
        (0.9, _accept),
        (0.95, _speak),
        (0.97, _close),
    )
    for share, step in steps:
        if rng.random() >= share:
            break
        step(talk, rng)
    if row.status == "reserved" and rng.random() < 0.9:
        row.status, row.reason, row.ended_at = "abandoned", "no_message", at + 60 * MINUTE
    row.last_at = max(row.last_at, row.ended_at or 0)
    return talk


def _labels(workspace: int, id: int, rng: Random) -> list[Member]:
    year = 2000 + rng.randrange(26)
    return [
        (workspace, "car.model", rng.choice(_MODELS), id, None),
        (workspace, "car.year", str(year), id, float(year)),
        (workspace, "lead", f"L{id}", id, None),
    ]


def _start(talk: Talk, rng: Random) -> None:
    row = talk.row
    row.status, row.started_at = "seeking", row.created_at + rng.randrange(10 * MINUTE)
    row.last_at = row.started_at
    _says(talk, rng, "visitor", row.visitor)


def _accept(talk: Talk, rng: Random) -> None:
    row = talk.row
    for number in range(1, 2 + (rng.random() < 0.3)):
        at = row.last_at + rng.randrange(MINUTE)
        agent = 1 + int(AGENTS * rng.random() ** 2)
        offer = OfferRow(row.workspace, row.id, number, agent, rng.randrange(2), row.created_at, at)
        offer.sent_at, offer.ended_at, offer.end = at, at + rng.randrange(MINUTE), "expired"
        row.offers, row.missed = row.offers + 1, row.missed + 1
        row.offered_at, row.last_at = row.offered_at or at, offer.ended_at
        talk.offers.append(offer)
    talk.offers[-1].end, row.missed = "accepted", row.missed - 1
    row.status, row.agent, row.accepted_at = "active", talk.offers[-1].agent, row.last_at


def _speak(talk: Talk, rng: Random) -> None:
    row = talk.row
    for number in range(rng.randrange(SPOKEN)):
        if number % 2:
            _says(talk, rng, "visitor", row.visitor)
        else:
            _says(talk, rng, "agent", row.agent or 0)
            row.replied_at = row.replied_at or row.last_at


def _close(talk: Talk, rng: Random) -> None:
    row = talk.row
    row.status, row.reason = "closed", rng.choice(("agent", "agent", "visitor", "idle"))
    row.ended_at = row.last_at + rng.randrange(60 * MINUTE)
    if row.reason == "agent":
        row.outcome = rng.choices(("sold", "not_sold", "callback", "spam"), (20, 60, 18, 2))[0]
        if row.outcome == "sold":
            row.value, row.currency = float(rng.randrange(1_000, 400_000)), "SEK"
    if rng.random() < 0.02:
        row.links, row.recovered = 1, 1
        origin = (rng.randrange(5), 1, 1)
        talk.recoveries.extend(
            RecoveryRow(row.workspace, row.id, 1, stage, row.ended_at, *origin)
            for stage in ("made", "wrote")
        )


def _says(talk: Talk, rng: Random, writer: str, contact: int) -> None:
    row = talk.row
    at = row.last_at + rng.randrange(2 * MINUTE)
    id = row.id + 100 + len(talk.messages)
    counted = f"from_{writer}"
    setattr(row, counted, getattr(row, counted) + 1)
    row.last_at = at
    message = MessageRow(row.workspace, row.id, id, writer, "text", at, contact, id)
    message.sent_at, message.delivered_at = at, at + 1_000_000
    message.read_at = at + MINUTE if rng.random() < 0.7 else None
    talk.messages.append(message)
    words = [_WORDS[int(len(_WORDS) * rng.random())] for _ in range(6)]
    if rng.random() < 0.0005:
        words.append(rng.choice(_RARE))
    talk.said.append((id, row.workspace, row.id, contact, " ".join(words)))


# --- into the tables -----------------------------------------------------------------------


def shelve(connection: Connection, made: Iterable[Talk]) -> int:
    """Insert conversations and all that goes with them; return how many messages they have."""
    stream, messages = iter(made), 0
    while some := list(islice(stream, AT_ONCE // MESSAGES)):
        messages += sum(len(each.messages) for each in some)
        _put(connection, tables.conversation, _tuples([each.row for each in some]))
        for table, of in (
            (tables.message, [row for each in some for row in each.messages]),
            (tables.offer, [row for each in some for row in each.offers]),
            (tables.recovery, [row for each in some for row in each.recoveries]),
        ):
            _put(connection, table, _tuples(of))
        _put(connection, tables.said, [row for each in some for row in each.said])
        _put(connection, tables.label, [row for each in some for row in each.labels])
    return messages


def _tuples(rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    if not rows:
        return []
    of = type(rows[0])
    columns = tables.METADATA.tables[f"{tables.SCHEMA}.{_TABLES[of]}"].c
    order = {each.name: n for n, each in enumerate(fields(of))}
    names = sorted(order, key=[each.name for each in columns].index)
    return [tuple(getattr(row, name) for name in names) for row in rows]


_TABLES: Final[dict[type, str]] = {
    ConversationRow: "conversation",
    MessageRow: "message",
    OfferRow: "offer",
    RecoveryRow: "recovery",
}


def _put(connection: Connection, table: Table, rows: list[tuple[Any, ...]]) -> None:
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        names = [
            "rowid" if each == "message" and table is tables.said else each
            for each in table.columns.keys()  # noqa: SIM118  it is no dict
        ]
        marks = ", ".join("?" * len(names))
        name = table.name
        connection.exec_driver_sql(
            f"insert into {name} ({', '.join(names)}) values ({marks})", rows
        )
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor().copy(f"copy {table.fullname} from stdin") as copy:
        for row in rows:
            copy.write_row(row)
