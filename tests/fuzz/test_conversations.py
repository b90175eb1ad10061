"""Whatever people's phones send in the middle of a talk: no actor crashes, and the talk goes on."""

import json
from random import Random
from typing import Any

import pytest
from structlog.testing import capture_logs
from trio.testing import MockClock

from kaisa_relay.journal.memory.rows import InboxState
from kaisa_relay.ports import NewItem
from kaisa_relay.whatsapp.inbound import split
from tests.actors.house import AGENT, VISITOR, House, open_house
from tests.fuzz.mutating import CORPUS, mutated
from tests.whatsapp.bodies import NAMES, dedup, golden

MANY = 30
"""Webhooks in one talk."""


def about_the_talk(rng: Random, house: House) -> bytes:
    """Return a golden body that one of the two sent, or that is about the last message to them."""
    who = rng.choice((VISITOR, AGENT)).phone.removeprefix("+")
    sent = house.gateway.accepted[-1]
    whole = json.loads(golden(rng.choice(NAMES)))
    _rewrite(whole, {"from": who, "wa_id": who, "recipient_id": who}, rng)
    text = json.dumps(whole).replace("wamid.OUT", rng.choice((sent.wamid, "wamid.OUT")))
    return mutated(text.encode(), rng) if rng.random() < 0.8 else text.encode()


def _rewrite(value: Any, texts: dict[str, str], rng: Random) -> None:
    """Put the two people, and ids that were never seen, into a body."""
    pairs = list(value.items() if isinstance(value, dict) else enumerate(value))
    for key, inner in pairs:
        if isinstance(inner, dict | list):
            _rewrite(inner, texts, rng)
        elif key in texts:
            value[key] = texts[str(key)]
        elif key == "id" and str(inner).startswith("wamid.IN"):
            value[key] = f"{inner}-{rng.randrange(10**9)}"


def rows_of(house: House, body: bytes) -> list[NewItem]:
    """Split it as the lane does; what belongs to nobody never reaches an actor."""
    channel = next(iter(house.accounts.numbers.values()))
    find = {channel.phone_number_id: channel}.get
    return [row for row in split(body, find, dedup, lambda: (channel,)) if row.item is not None]


BROKE = {path.stem: path.read_bytes() for path in CORPUS.iterdir()}


@pytest.mark.parametrize("name", sorted(BROKE))
async def test_what_broke_a_talk_once(autojump_clock: MockClock, name: str) -> None:
    """The agent gets it, or its writer hears why not."""
    async with open_house() as house:
        await house.talking()
        whole = json.loads(BROKE[name])
        _rewrite(whole, {"from": VISITOR.phone.removeprefix("+")}, Random(1))
        before = len(house.sent(AGENT)) + len(house.sent(VISITOR))
        await house.arrive(*rows_of(house, json.dumps(whole).encode()))
        await house.pass_time(700)
        assert len(house.sent(AGENT)) + len(house.sent(VISITOR)) > before
        assert house.waiting(InboxState.PARKED) == []
        house.check_finished()


@pytest.mark.parametrize("number", range(8))
async def test_no_webhook_crashes_an_actor(autojump_clock: MockClock, number: int) -> None:
    """Played anew by its number."""
    rng = Random(number)
    async with open_house() as house:
        await house.talking()
        with capture_logs() as logged:
            for _ in range(MANY):
                body = about_the_talk(rng, house)
                await house.arrive(*rows_of(house, body))
                await house.pass_time(1)
                crashes = [each for each in logged if "crash" in each["event"]]
                assert crashes == [], body
            await house.pass_time(700)
        assert house.waiting(InboxState.PARKED) == []
