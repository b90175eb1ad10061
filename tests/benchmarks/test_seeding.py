"""The conversations that the database copies are those that the relay would have written."""

import json
from argparse import Namespace
from typing import Any

import pytest
from sqlalchemy import Connection, text

from benchmarks.databases import open_database
from benchmarks.seeding import seed
from benchmarks.serving import furnish, numbers, settings_of
from kaisa_relay.runtime.clock import system_clock
from kaisa_relay.store import open_store

COUNT, CHANNELS, FIRST = 7, 2, 30


def rows(connection: Connection, table: str, order: str) -> list[dict[str, Any]]:
    found = connection.execute(text(f"select * from {table} order by {order}"))
    return [dict(each) for each in found.mappings()]


async def read() -> dict[str, list[dict[str, Any]]]:
    """Seed a database and return what is in it."""
    tables = {
        "conversation": "id", "pair": "contact", "contact": "id", "identity": "value",
        "token": "conversation", "event": "seq", "metadata": "conversation", "workspace": "id",
    }  # fmt: skip
    with open_database(Namespace(database_url=None, postgresql=False)) as database:
        await furnish(database, numbers(CHANNELS))
        talks = list(await seed(database, COUNT, first=FIRST))
        assert [each.visitor.digits for each in talks] == [
            b"4670%d" % (1_000_000 + n) for n in range(FIRST, FIRST + COUNT)
        ]
        async with open_store(settings_of(database.url).database_url, wall=system_clock) as store:
            return await store.browse(
                lambda connection: {
                    name: rows(connection, name, order) for name, order in tables.items()
                }
            )


@pytest.fixture
async def found() -> dict[str, list[dict[str, Any]]]:
    return await read()


async def test_a_copy_differs_in_its_ids_and_numbers_alone(
    found: dict[str, list[dict[str, Any]]],
) -> None:
    conversations = found["conversation"]
    events = {each["stream"]: each for each in found["event"]}
    assert len(conversations) == len(events) == COUNT
    for row in conversations:
        event = events[row["id"]]
        snapshot, data = json.loads(row["snapshot"]), json.loads(event["data"])
        ids = (row["id"], row["visitor"], row["agent"], row["channel"])
        assert tuple(snapshot[k] for k in ("id", "visitor", "agent", "channel")) == ids
        assert tuple(data[k] for k in ("conversation", "visitor", "chosen", "channel")) == ids
    channels = [row["channel"] for row in conversations]
    assert channels[:2] != channels[1:3]
    assert channels[::2] == [channels[0]] * 4


async def test_people_are_found_in_every_way_they_were(
    found: dict[str, list[dict[str, Any]]],
) -> None:
    people = {each["id"]: each for each in found["contact"]}
    assert len(people) == 2 * COUNT
    assert len({each["phone"] for each in people.values()}) == 2 * COUNT
    for identity in found["identity"]:
        person = people[identity["contact"]]
        known = {"phone": person["phone"], "wa_id": person["phone"][1:], "bsuid": person["bsuid"]}
        assert identity["value"] == known[identity["kind"]]
    pairs = {(each["contact"], each["conversation"], each["role"]) for each in found["pair"]}
    assert pairs == {
        (row[role], row["id"], role)
        for row in found["conversation"]
        for role in ("visitor", "agent")
    }


async def test_the_journal_has_no_gap(found: dict[str, list[dict[str, Any]]]) -> None:
    (workspace,) = found["workspace"]
    sequence = [each["seq"] for each in found["event"]]
    assert sequence == list(range(sequence[0], workspace["head"] + 1))
    for name in ("token", "metadata"):
        assert [each["conversation"] for each in found[name]] == [
            each["id"] for each in found["conversation"]
        ]
