"""WhatsApp away, silent or half-answering: messages wait in order, and doubt is owned up to."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
import trio

from kaisa_relay.cli.demo.relay import Message
from tests.e2e.house import House, house
from tests.e2e.kills import carry_out, kills
from tests.e2e.play import Chat, Steps, Voice, begin_all, talk
from tests.e2e.verdict import ask_again, message_problems, quiet, verdict
from tests.store.databases import FRESH, sqlite_database

pytestmark = [pytest.mark.timeout(240)]

STOPPED: Final = frozenset({"channel stopped", "channel down"})
"""What the log may say at error level: a number that does not answer is news."""

MODERATE: Final[Mapping[str, float]] = {
    "duplicate_webhook": 0.1,
    "reorder_webhook": 0.1,
    "drop_first_attempt": 0.1,
    "malformed_extra_fields": 0.1,
    "value_errors": 0.05,
    "missing_context": 0.1,
    "empty_phone": 0.1,
    "status_before_answer": 0.1,
    "drop_answer": 0.05,
    "error_before_accept": 0.02,
    "error_after_accept": 0.05,
    "downtime": 0.03,
    "throughput": 0.02,
    "pair_limit": 0.02,
}
"""Every knob that does not need an operator to mend what it does, and the slow ones below."""
SLOW: Final = {
    "delay_webhook": {"probability": 0.1, "seconds": 0.3},
    "slow_answer": {"probability": 0.1, "seconds": 0.3},
}


@pytest.fixture
async def built(tmp_path: Path) -> AsyncIterator[House]:
    with sqlite_database() as url:
        async with house(url, tmp_path) as opened:
            yield opened


async def test_what_whatsapp_cannot_take_now_goes_out_in_order_later(built: House) -> None:
    """Nobody listens where Graph was, for a while; nothing is lost, doubled or out of order."""
    chats = await begin_all(built, 2)
    await quiet(built)
    for voice in (voice for chat in chats for voice in chat.voices):
        await voice.phone.refresh()  # what has arrived may not have been looked at
    before = {voice.sign: len(voice.phone.arrivals) for chat in chats for voice in chat.voices}
    built.gate.close()
    await talk(built, chats, Random(1), Steps(), 5)
    for voice in (voice for chat in chats for voice in chat.voices):
        assert len(voice.phone.arrivals) == before[voice.sign]
    await built.gate.open()
    assert await verdict(built, chats, STOPPED) == []


async def test_a_lost_answer_is_settled_by_its_status(built: House) -> None:
    """WhatsApp took it and did not say so: it is not sent again, and nobody is alarmed."""
    (chat,) = await begin_all(built, 1)
    for fault in ("drop_answer", "error_after_accept", "status_before_answer"):
        await built.clients.simulator.set_faults({fault: {"times": 1}})
        for voice in chat.voices:
            await say(built, chat, voice, f"{voice.sign}.{fault}")
    await quiet(built)
    messages = await built.clients.api.messages(chat.conversation.id)
    assert not [each for each in chat.agent.phone.arrivals[1:] if each.buttons]
    assert {each.status for each in messages if each.author != "system"} == {"read"}
    assert await verdict(built, [chat]) == []


async def test_what_may_be_lost_is_shown_and_sent_again_on_request(built: House) -> None:
    """Once for each direction; whoever comes later in the lane goes on after the grace."""
    (chat,) = await begin_all(built, 1)
    for voice in chat.voices:
        await quiet(built)  # so that the fault strikes this message
        await built.clients.simulator.set_faults({"error_before_accept": {"times": 1}})
        await voice.write(built, f"{voice.sign}.lost")
        await voice.all_ticked(built)
        await say(built, chat, voice, f"{voice.sign}.next")
        assert await quiet(built) == []
        shown = statuses(await built.clients.api.messages(chat.conversation.id), voice)
        assert shown[f"{voice.sign}.lost"] == "unconfirmed"
        assert shown[f"{voice.sign}.next"] == "read"
        assert await message_problems(built, [chat]) == []
        assert await ask_again(built, [chat]) == []
        voice.written.clear()  # the lost one is out of order from here on, as was wished
    assert await verdict(built, [chat]) == []


@pytest.mark.crash
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("engine", sorted(FRESH))
async def test_everything_at_once(engine: str, seed: int, tmp_path: Path) -> None:
    """Every knob turned on moderately, and kills on top."""
    rng, steps = Random(seed), Steps()
    with FRESH[engine]() as url:
        async with house(url, tmp_path) as built:
            chats = await begin_all(built, 4)
            # The simulator begins with seed 0; the same one again would repeat its wamids.
            await built.clients.simulator.set_faults({**MODERATE, **SLOW, "seed": 1 + seed})
            async with trio.open_nursery() as nursery:
                nursery.start_soon(carry_out, built, kills(rng, 80, 2), steps)
                await talk(built, chats, rng, steps, 10)
            await quiet(built)
            await built.clients.simulator.set_faults(dict.fromkeys([*MODERATE, *SLOW]))
            assert await verdict(built, chats, STOPPED) == [], f"log {built.log}"


async def say(house: House, chat: Chat, voice: Voice, text: str) -> None:
    """Write one message and wait until the other side has it."""
    listener = chat.other(voice).phone
    await voice.write(house, text)
    await listener.wait_text(text)


def statuses(messages: tuple[Message, ...], voice: Voice) -> dict[Any, str]:
    """Return the status of every message of one voice, by text."""
    mine = set(voice.written.values())
    return {each.text: each.status for each in messages if each.text in mine}
