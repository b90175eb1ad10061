"""The demo's text messages: what its provider takes, and what of them is a problem."""

import httpx
import pytest
from attrs import evolve

from kaisa_relay.cli.demo.outreach import ONCE, Outreach, Recovery, way_back
from kaisa_relay.cli.demo.people import Missing, Person
from kaisa_relay.cli.demo.relay import RelayApi
from kaisa_relay.cli.demo.text_messages import Provider, TextMessage, texting

LINNEA = Person("Linnea Later", "+46701740612", "sv")
URL = "https://wa.me/46701740601?text=Hej%21%20p6vh3h2qtp"
SENT = TextMessage(
    LINNEA.number, f"Hej Linnea! Har du kvar din fråga? Fortsätt här: {URL}", "dlv_1"
)
GOOD = Recovery("trg_1", 1, (ONCE,))


async def test_a_message_that_is_handed_in_again_is_one() -> None:
    """By its id, as providers do it; what is no message is refused."""
    asked = {"to": SENT.to, "text": SENT.text, "id": SENT.id}
    async with texting() as provider, httpx.AsyncClient(trust_env=False) as http:
        for _ in range(2):
            answer = await http.post(provider.url, json=asked)
            assert answer.json() == {"status": "queued"}
        assert (await http.post(provider.url, json={"to": 1})).status_code == 400
        assert await provider.wait(LINNEA.number) == SENT
    assert provider.sent_to(LINNEA.number) == (SENT,)
    assert provider.sent_to("+46701740613") == ()


def test_a_link_is_found_in_its_words() -> None:
    assert way_back(SENT.text) == "Hej! p6vh3h2qtp"
    with pytest.raises(Missing):
        way_back("Hej Linnea!")


async def problems(*sent: TextMessage, counted: Recovery = GOOD) -> int:
    """Return how many problems the demo finds in what was sent and counted."""
    provider = Provider(taken={each.id: each for each in sent})
    async with httpx.AsyncClient() as http:
        outreach = Outreach(RelayApi(http, "key"), provider, "trg_1")
        return len(outreach.problems(LINNEA, counted))


async def test_whoever_is_not_won_back_just_once_is_a_problem() -> None:
    """Written to twice, with other words, to somebody else, or counted differently."""
    assert await problems(SENT) == 0
    assert await problems(evolve(SENT, text="Hej!")) == 1
    assert await problems(evolve(SENT, to="+46701740613")) == 1
    assert (
        await problems(SENT, evolve(SENT, id="dlv_2"), counted=evolve(GOOD, text_messages=2)) == 1
    )
    for counted in ((), (evolve(ONCE, accepted=0),), (evolve(ONCE, recovered=2),), (ONCE, ONCE)):
        assert await problems(SENT, counted=evolve(GOOD, counted=counted)) == 1
