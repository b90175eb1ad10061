"""Somebody who never scanned is won back by a text message, while the relay dies at every step."""

from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import trio

from kaisa_relay.cli.demo.outreach import ONCE, Outreach, way_back
from kaisa_relay.cli.demo.people import Person
from kaisa_relay.cli.demo.text_messages import texting
from tests.e2e.house import House, house
from tests.e2e.play import pairs
from tests.store.databases import FRESH

pytestmark = [pytest.mark.timeout(240)]

AGAIN = 0.1


async def message_to(outreach: Outreach, person: Person) -> str:
    """Return the text message to somebody, however long the relay takes."""
    while not (sent := outreach.provider.sent_to(person.number)):  # noqa: ASYNC110 - over HTTP
        await trio.sleep(AGAIN)
    return sent[0].text


async def comes_back(built: House, person: Person, channel: str, text: str) -> None:
    """Somebody opens the link in a text message; returns when the relay has taken it."""
    phone = await built.phone(person)
    wamid = await phone.write(channel, way_back(text))
    await built.ticks.wait(wamid, "the way back")


async def counted(outreach: Outreach) -> None:
    """Return when the relay counts one recovery, all the way to the agent."""
    while True:
        with suppress(httpx.TransportError):
            if (await outreach.recovery()).counted == (ONCE,):
                return
        await trio.sleep(AGAIN)


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.crash)])
async def test_one_recovery_is_counted_through_four_kills(engine: str, tmp_path: Path) -> None:
    """With the link unused, the message sent, the visitor back, the agent found."""
    (pair,) = pairs(1)
    with FRESH[engine]() as url:
        async with texting() as provider, house(url, tmp_path) as built:
            outreach = await Outreach(built.clients.api, provider).opened()
            agent = await built.phone(pair.agent)
            created = await outreach.ask(pair.visitor, [pair.agent], {})
            await built.crash()
            text = await message_to(outreach, pair.visitor)
            await built.crash()
            await comes_back(built, pair.visitor, created.channel.phone, text)
            await built.crash()
            offer = await agent.wait_for(lambda arrival: bool(arrival.buttons))
            await built.ticks.wait(await agent.tap(offer, 0), "the tap")
            await built.crash()
            await counted(outreach)
            assert outreach.problems(pair.visitor, await outreach.recovery()) == ()
            shown = await built.clients.api.conversation(created.id)
            assert shown.status == "active"
