"""People who talk through the relay: numbered messages both ways, at a steady pace.

Rule 1: every message is one of a kind, so that a lost or doubled one is found.
Rule 2: each step is counted, so that a seed can say after which one the relay dies.
"""

from collections.abc import Sequence
from random import Random
from typing import Final

import httpx
import trio
from attrs import define, evolve, field, frozen

from kaisa_relay.cli.demo.answers import body
from kaisa_relay.cli.demo.people import Arrival, Person, Phone
from kaisa_relay.cli.demo.relay import Conversation
from tests.e2e.house import House

CREATE: Final = "/conversations/whatsapp?qr=none"
AGAIN: Final = 0.05
"""Seconds between two tries of a customer's backend."""
SURNAME: Final = "Canaryson"
"""The second part of every name in the house: no visitor may ever read it."""
PACE: Final = 0.08
"""Seconds between two messages of one person, on average."""


@define(eq=False)
class Steps:
    """How many things people have done so far."""

    count: int = 0
    _news: trio.Event = field(factory=trio.Event)

    def take(self) -> None:
        """Count one."""
        self.count += 1
        self._news.set()
        self._news = trio.Event()

    async def wait(self, count: int) -> None:
        """Return once so many are taken."""
        while self.count < count:
            await self._news.wait()


@define(eq=False)
class Voice:
    """One person's side of a chat; `ahead` is how many messages they write before a tick."""

    phone: Phone
    channel: str
    sign: str
    ahead: int
    written: dict[str, str] = field(factory=dict)
    """Text by wamid, in the order of writing."""

    async def write(self, house: House, text: str) -> None:
        """Write one message, once enough of the earlier ones have their tick."""
        if len(self.written) >= self.ahead:
            wamid = list(self.written)[-self.ahead]
            await house.ticks.wait(wamid, f"{self.sign}’s {self.written[wamid]}")
        self.written[await self.phone.write(self.channel, text)] = text

    async def all_ticked(self, house: House) -> None:
        """Return once the relay has taken all that was written."""
        for wamid, text in self.written.items():
            await house.ticks.wait(wamid, f"{self.sign}’s {text}")


@frozen
class Pair:
    """A visitor and the agent they will talk to; `sign` begins all that they say."""

    sign: str
    visitor: Person
    agent: Person


@define(eq=False)
class Chat:
    """A conversation with its two people."""

    pair: Pair
    conversation: Conversation
    visitor: Voice
    agent: Voice

    @property
    def voices(self) -> tuple[Voice, Voice]:
        """Both sides."""
        return self.visitor, self.agent

    def other(self, voice: Voice) -> Voice:
        """Return who hears what this voice says."""
        return self.agent if voice is self.visitor else self.visitor


def pairs(number: int) -> tuple[Pair, ...]:
    """Return so many visitors, each with an agent of their own."""
    return tuple(
        Pair(
            f"c{at}",
            Person(f"Vera{at} {SURNAME}", f"+467017406{10 + at}"),
            Person(f"Aron{at} {SURNAME}", f"+467017406{30 + at}"),
        )
        for at in range(number)
    )


async def reserve(house: House, pair: Pair) -> Conversation:
    """Ask for a conversation until there is an answer, with one idempotency key."""
    headers = {
        "Authorization": f"Bearer {house.clients.key}",
        "Idempotency-Key": f"form {pair.visitor.number}",
    }
    asked = {"visitor": _form(pair.visitor), "agents": [_form(pair.agent)]}
    while True:
        try:
            answer = await house.clients.http.post(CREATE, json=asked, headers=headers)
        except httpx.TransportError:
            await trio.sleep(AGAIN)  # as long as the relay is down
            continue
        if answer.status_code != 503:
            return body(answer, Conversation)
        await trio.sleep(AGAIN)


async def begin(house: House, pair: Pair, steps: Steps, ahead: int = 1) -> Chat:
    """Take a visitor and an agent along the real road until the agent knows who it is."""
    visitor, agent = await house.phone(pair.visitor), await house.phone(pair.agent)
    conversation = await reserve(house, pair)
    steps.take()
    channel = conversation.channel.phone
    chat = Chat(
        pair,
        conversation,
        Voice(visitor, channel, f"{pair.sign}v", ahead),
        Voice(agent, channel, f"{pair.sign}a", ahead),
    )
    await visitor.write(channel, conversation.first_text)
    steps.take()
    await chat.visitor.write(house, f"{chat.visitor.sign}.000")  # somebody will read it
    steps.take()
    offer = await agent.wait_for(lambda arrival: bool(arrival.buttons))
    await agent.tap(offer, 0)
    steps.take()
    await agent.wait_for(lambda arrival: not arrival.buttons)
    return chat


async def begin_all(house: House, number: int, steps: Steps | None = None) -> list[Chat]:
    """Begin so many chats at once; every other one has people who do not wait for ticks."""
    chats: list[Chat] = []
    taken = steps or Steps()

    async def one(at: int, pair: Pair) -> None:
        chats.append(await begin(house, pair, taken, ahead=1 + 3 * (at % 2)))

    async with trio.open_nursery() as nursery:
        for at, pair in enumerate(pairs(number)):
            nursery.start_soon(one, at, pair)
    return sorted(chats, key=lambda chat: chat.conversation.id)


async def talk(house: House, chats: Sequence[Chat], rng: Random, steps: Steps, each: int) -> None:
    """Have everybody write `each` messages; returns when the relay has taken them all."""

    async def speak(voice: Voice, pauses: Sequence[float]) -> None:
        begun = len(voice.written)
        for at, pause in enumerate(pauses, begun + 1):
            await trio.sleep(pause)
            await voice.write(house, f"{voice.sign}.{at:03}")
            steps.take()
        await voice.all_ticked(house)

    async with trio.open_nursery() as nursery:
        for chat in chats:
            for voice in chat.voices:
                nursery.start_soon(speak, voice, [rng.uniform(0, 2 * PACE) for _ in range(each)])


def heard_of(voice: Voice, listener: Phone) -> list[Arrival]:
    """Return what of this voice has arrived on a phone, in order of arrival.

    Texts that had to wait for WhatsApp's limit come as the lines of one message.
    """
    said = set(voice.written.values())
    return [
        evolve(arrival, text=line)
        for arrival in listener.arrivals
        for line in arrival.text.split("\n")
        if line in said
    ]


def _form(person: Person) -> dict[str, str]:
    return {"name": person.name, "phone": person.number, "language": person.language}
