"""Templates of triggers over the simulated WhatsApp, while the relay dies."""

from pathlib import Path

import httpx
import pytest
import trio

from kaisa_relay.cli.demo.answers import body
from tests.e2e.house import House, house
from tests.e2e.play import pairs, reserve
from tests.e2e.test_webhooks_out import asked
from tests.store.databases import FRESH

pytestmark = [pytest.mark.timeout(240)]

WORDS = {
    "template": "kaisa_offer",
    "language": "{{ visitor.language }}",
    "parameters": ["{{ visitor.first_name }}", "{{ event.type }}"],
}


async def states(built: House) -> list[str]:
    """Return how the deliveries stand."""
    headers = {"Authorization": f"Bearer {built.clients.key}"}
    try:
        found = await built.clients.http.get("/deliveries", headers=headers)
    except httpx.TransportError:
        return []
    return [each["state"] for each in body(found, dict)["items"]]


async def all_delivered(built: House, count: int) -> None:
    """Return when so many deliveries have arrived, and no other is there."""
    with trio.fail_after(150):
        while await states(built) != ["delivered"] * count:  # noqa: ASYNC110 - over HTTP
            await trio.sleep(0.2)


async def test_every_template_arrives_once(tmp_path: Path) -> None:
    """At the visitor of a conversation that nobody scanned, whose relay is killed meanwhile."""
    wanted = pairs(3)
    with FRESH["sqlite"]() as url:
        async with house(url, tmp_path) as built:
            steps = [{"after": "5s", "actions": [WORDS]}]
            await asked(built, "/triggers", name="n", on=["conversation.created"], steps=steps)
            phones = [await built.phone(each.visitor) for each in wanted]
            for each in wanted:
                await reserve(built, each)
            await built.crash()
            await all_delivered(built, len(wanted))
            for phone in phones:
                (arrival,) = phone.arrivals
                assert "conversation.created" in arrival.text
