"""WhatsApp takes a call and says nothing: it is given up in time, and nothing is sent twice."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.house import House, house
from tests.e2e.play import Chat, Voice, begin_all
from tests.e2e.verdict import ask_again, message_problems, quiet, verdict
from tests.store.databases import sqlite_database

pytestmark = [pytest.mark.timeout(240)]

SHORT: Final = {"KAISA_GRAPH_TIMEOUT": "3"}
"""Far more than an answer takes on a busy machine. That it is kept to, by both transports and with
real sockets, is tested in `contracts/test_transport.py`."""
FOR_EVER: Final = 3600
"""Seconds for which WhatsApp keeps a connection open without a word."""


@pytest.fixture
async def built(tmp_path: Path) -> AsyncIterator[House]:
    with sqlite_database() as url:
        async with house(url, tmp_path, more=SHORT) as opened:
            yield opened


async def stall(built: House, chat: Chat, voice: Voice, fault: str) -> None:
    """Have the next send meet it, and one more message behind that."""
    await quiet(built)
    await built.clients.simulator.set_faults({fault: {"times": 1, "seconds": FOR_EVER}})
    await voice.write(built, f"{voice.sign}.{fault}")
    await voice.all_ticked(built)
    await voice.write(built, f"{voice.sign}.next")
    await chat.other(voice).phone.wait_text(f"{voice.sign}.next")
    assert await quiet(built) == []


async def calls(built: House) -> Counter[str]:
    """Return how often each send was tried."""
    answer = await built.clients.graph.get("/_sim/log", params={"kind": "send"})
    return Counter(entry["opaque"] for entry in answer.json()["entries"])


async def test_what_was_taken_without_a_word_is_settled_by_its_status(built: House) -> None:
    """It arrived, is not sent again, and nobody is asked about it."""
    (chat,) = await begin_all(built, 1)
    for voice in chat.voices:
        await stall(built, chat, voice, "slow_answer")
    messages = await built.clients.api.messages(chat.conversation.id)
    assert {each.status for each in messages if each.author != "system"} == {"read"}
    assert not [each for each in chat.agent.phone.arrivals[1:] if each.buttons]
    assert set((await calls(built)).values()) == {1}
    assert await verdict(built, [chat]) == []


async def test_what_was_not_taken_either_goes_again_when_a_person_says_so(built: House) -> None:
    """Each direction; what is behind it goes on, and the agent is asked."""
    (chat,) = await begin_all(built, 1)
    for voice in chat.voices:
        await stall(built, chat, voice, "stall")
        messages = await built.clients.api.messages(chat.conversation.id)
        shown = {each.text: each.status for each in messages}
        assert shown[f"{voice.sign}.stall"] == "unconfirmed"
        assert shown[f"{voice.sign}.next"] == "read"
        assert set((await calls(built)).values()) == {1}
        assert await message_problems(built, [chat]) == []
        assert await ask_again(built, [chat]) == []
        voice.written.clear()  # the lost one is out of order from here on, as was wished
    assert await verdict(built, [chat]) == []
