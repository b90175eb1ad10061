"""Which channels `doctor` hears of, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, update

from kaisa_relay.accounts.administration import Administration
from kaisa_relay.accounts.ailing import Ailing, ailing
from kaisa_relay.accounts.commands import AddChannel, AddWorkspace, ChannelFacts, Facts, Inspect
from kaisa_relay.domain.ids import CHANNEL, from_text
from kaisa_relay.store import Store, tables
from kaisa_relay.store.instants import to_micros
from tests.accounts.conftest import EPOCH

SOON, LATE = to_micros(EPOCH + timedelta(hours=1)), to_micros(EPOCH - timedelta(hours=1))


async def stands(store: Store, administration: Administration, **how: Any) -> ChannelFacts:
    """Connect a number that stands so with WhatsApp."""
    await administration.execute(AddWorkspace("acme"))
    added = await administration.execute(AddChannel("acme", "1001", "+46701740603", "token"))
    assert isinstance(added, ChannelFacts)

    def note(connection: Connection) -> None:
        workspace = connection.scalars(tables.workspace.select()).one()
        known = {"workspace": workspace, "channel": from_text(CHANNEL, added.id), "version": 1}
        values = {"quality": "green", "limited": None, "limited_until": None, "down": None}
        connection.execute(insert(tables.channel_health).values(known | values | how))

    await store.write(note)
    return added


async def found(store: Store) -> tuple[Ailing, ...]:
    """Ask at the instant of the tests."""
    return await store.read(lambda connection: ailing(EPOCH, connection))


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({}, None),
        ({"quality": "unknown"}, None),
        ({"quality": "yellow"}, ("yellow", None, None)),
        ({"quality": "red"}, ("red", None, None)),
        ({"down": "account_deleted"}, ("green", None, "account_deleted")),
        ({"limited": "spam"}, ("green", "spam", None)),
        ({"limited": "spam", "limited_until": SOON}, ("green", "spam", None)),
        ({"limited": "spam", "limited_until": LATE}, None),
        ({"quality": "red", "limited": "spam", "limited_until": LATE}, ("red", None, None)),
    ],
    ids=str,
)
async def test_who_is_not_well(
    store: Store, administration: Administration, how: dict[str, Any], told: Any
) -> None:
    """A limit that is over counts no more, whatever the row still says."""
    channel = await stands(store, administration, **how)
    (facts,) = await found(store) or (None,)
    if told is None or facts is None:
        assert facts is told
        return
    assert (facts.quality, facts.limited, facts.down) == told
    assert facts.channel == channel.id
    assert (facts.limited_until is None) == (facts.limited is None or "limited_until" not in how)


async def test_a_number_that_is_gone_ails_nobody(
    store: Store, administration: Administration
) -> None:
    """And `Inspect` hands on what is found."""
    await stands(store, administration, down="unreachable")
    facts = await administration.execute(Inspect())
    assert isinstance(facts, Facts)
    assert [each.down for each in facts.ailing] == ["unreachable"]
    await store.write(
        lambda connection: connection.execute(update(tables.channel).values(active=False))
    )
    assert await found(store) == ()
