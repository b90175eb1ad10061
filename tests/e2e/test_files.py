"""Large files through the real process: killed in the middle of one, and as large as any may be."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
import trio

from kaisa_relay.settings import Settings
from tests.e2e.chatting import AGENT, VISITOR, Bubble, Chatting, chatting
from tests.e2e.house import House

pytestmark = [pytest.mark.timeout(180)]

MEGABYTE = 1024 * 1024
LARGEST = 100 * MEGABYTE
SLOW = 0.02
"""Seconds that the road to WhatsApp takes for each chunk: some 3 MB a second."""
MOST_GROWTH = 40
"""Megabytes that the relay's memory may grow by while the largest file passes."""


async def send_file(chat: Chatting, data: bytes) -> None:
    """Have the visitor send a document."""
    answer = await chat.house.clients.graph.post(
        f"/_sim/people/{VISITOR.number}/media",
        files={"file": ("contract.pdf", data, "application/pdf")},
        data={"channel": chat.channel},
        timeout=60,
    )
    answer.raise_for_status()


def lies(house: House, pattern: str) -> bool:
    """Say whether the relay keeps such a file now."""
    folder = Settings(database_url=house.config.database_url).files_dir
    try:
        return any(each.stat().st_size for each in folder.glob(f"*/{pattern}"))
    except FileNotFoundError:
        return False  # just given its name for good; whoever waits looks again


async def comes_true(condition: Callable[[], bool]) -> None:
    """Return as soon as it is so."""
    with trio.fail_after(30):
        while not condition():  # noqa: ASYNC110 - files ring no bell
            await trio.sleep(0.005)


def documents(seen: list[Bubble]) -> list[Bubble]:
    """Return the documents among what somebody sees."""
    return [each for each in seen if each["type"] == "document"]


async def arrived(chat: Chatting, text: str) -> list[dict[str, Any]]:
    """Return what the agent has, once they have this text."""
    await chat.sees(AGENT, lambda bubble: bool(bubble["text"] == text), text)
    return await chat.bubbles(AGENT)


async def test_a_relay_killed_in_the_middle_of_a_file_brings_it_once_and_in_its_place(
    tmp_path: Path,
) -> None:
    """Killed while it comes down, while it goes up, and when it is about to be sent."""
    data = b"%PDF-1.7\n" + Random(7).randbytes(4 * MEGABYTE)
    async with chatting(tmp_path) as chat:
        chat.house.gate.delay = SLOW
        await send_file(chat, data)
        await chat.send(VISITOR, text="that was the contract")
        await comes_true(lambda: lies(chat.house, "msg_*.part"))
        await chat.house.crash()
        await comes_true(lambda: lies(chat.house, "msg_?????????????"))
        await chat.house.crash()
        await trio.sleep(1.5)
        await chat.house.crash()
        chat.house.gate.delay = 0.0
        seen = await arrived(chat, "that was the contract")
        (document,) = documents(seen)
        assert seen.index(document) < [each["text"] for each in seen].index("that was the contract")
        assert await chat.bytes_of(AGENT, document) == data


@pytest.mark.crash
async def test_the_largest_document_passes_in_little_memory(tmp_path: Path) -> None:
    data = b"%PDF-1.7\n" + Random(8).randbytes(LARGEST - 9)
    async with chatting(tmp_path) as chat:
        await chat.exchange(VISITOR, "here it comes")
        before = resident(chat.house)
        await send_file(chat, data)
        await chat.send(VISITOR, text="that was all of it")
        highest = before
        async with trio.open_nursery() as nursery:

            async def watch() -> None:
                nonlocal highest
                while True:
                    highest = max(highest, resident(chat.house))
                    await trio.sleep(0.02)

            nursery.start_soon(watch)
            (document,) = documents(await arrived(chat, "that was all of it"))
            nursery.cancel_scope.cancel()
        assert await chat.bytes_of(AGENT, document) == data
        assert highest - before < MOST_GROWTH


def resident(house: House) -> float:
    """Return the relay's resident memory in megabytes."""
    status = Path(f"/proc/{house.child.process.pid}/status").read_text(encoding="utf-8")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
