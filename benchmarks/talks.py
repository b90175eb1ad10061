"""Conversations made as customers make them: form, scan, offer.

Rule 1: nothing is put into the database from behind; every step is a request of the real API.
"""

import json
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import trio
from attrs import define, field

from benchmarks.bodies import Person, posted, text
from benchmarks.graph import Sent
from benchmarks.serving import Number
from benchmarks.wire import Caller, request

AT_ONCE: Final = 8
WITHIN: Final = 60.0
"""Seconds for one step of one conversation, before something must be wrong."""


@define(eq=False)
class Phones:
    """What arrived at everybody's phone while the conversations were made."""

    offers: dict[str, str] = field(factory=dict)
    received: dict[str, int] = field(factory=dict)
    _bell: trio.Event = field(factory=trio.Event)

    def take(self, sent: Sent) -> None:
        """Something arrived."""
        self.received[sent.to] = self.received.get(sent.to, 0) + 1
        if sent.payload is not None:
            self.offers[sent.to] = sent.payload
        self._bell.set()
        self._bell = trio.Event()

    async def offer(self, phone: str) -> str:
        """Wait for an offer and return what its Accept carries."""
        while phone not in self.offers:
            await self._bell.wait()
        return self.offers[phone]

    async def wait_received(self, phone: str, count: int) -> None:
        """Wait until so many messages have arrived at a phone."""
        while self.received.get(phone, 0) < count:
            await self._bell.wait()


@define(eq=False)
class Making:
    """Makes conversations whose agent has an offer and is silent, some at a time."""

    port: int
    key: str = field(repr=False)
    channels: Sequence[Number]
    phones: Phones

    async def visitors(self, count: int) -> list[Person]:
        """Return the visitors of so many; what they write is held."""
        send, receive = trio.open_memory_channel[int](count)
        for number in range(count):
            send.send_nowait(number)
        send.close()
        made: list[Person] = []
        async with trio.open_nursery() as nursery:
            for worker in range(AT_ONCE):
                nursery.start_soon(self._work, receive, made, name=f"making {worker}")
        return made

    async def _work(self, numbers: trio.MemoryReceiveChannel[int], made: list[Person]) -> None:
        async with Caller(self.port) as caller:
            async for number in numbers:
                with trio.fail_after(WITHIN):
                    made.append(await self._seeking(caller, number))

    async def _seeking(self, caller: Caller, number: int) -> Person:
        phone, agent = f"4670{1_000_000 + number}", f"4673{1_000_000 + number}"
        created = await self._create(caller, phone, agent)
        (channel,) = (c for c in self.channels if c.phone == created["channel"]["phone"])
        visitor = Person("Vera Visitor", phone, channel.phone_number_id)
        (scanned,) = parse_qs(urlsplit(created["url"]).query)["text"]
        await _post(caller, posted([visitor], "messages", [text(visitor, scanned)]))
        await self.phones.offer(f"+{agent}")
        await self.phones.wait_received(visitor.phone, 1)
        return visitor

    async def _create(self, caller: Caller, visitor: str, agent: str) -> dict[str, Any]:
        form = {
            "visitor": {"name": "Vera Visitor", "phone": f"+{visitor}"},
            "agents": [{"name": "Anna Agent", "phone": f"+{agent}"}],
        }
        asked = request(
            "POST",
            "/conversations/whatsapp?qr=none",
            json.dumps(form).encode(),
            Content_Type="application/json",
            Authorization=f"Bearer {self.key}",
        )
        while True:
            status, body = await caller.call(asked)
            if status == 201:
                created: dict[str, Any] = json.loads(body)
                return created
            if status != 429:
                raise RuntimeError(f"a conversation was refused with {status}: {body!r}")
            await trio.sleep(0.1)  # a key may make 100 requests a second


async def _post(caller: Caller, whole_request: bytes) -> None:
    """Post a webhook that must be stored."""
    status, body = await caller.call(whole_request)
    if status != 200:
        raise RuntimeError(f"a webhook was answered {status}: {body!r}")
