"""The people of the simulator: a typed client of its control API, and a phone that is followed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import httpx
import trio
from attrs import define, field, frozen

from kaisa_relay.cli.demo.answers import body, given

LONG_POLL: Final = 30.0
"""Seconds that one question for news may stay open; the simulator allows 60."""
PATIENCE: Final = 20.0
"""Seconds that anybody waits for anything before the play has failed."""
LOOK_AGAIN: Final = 0.025


class Missing(Exception):
    """Something that should have come did not; the text says what, and who waited for it."""


@frozen
class Person:
    """Somebody with a phone."""

    name: str
    number: str
    language: str = "en"

    @property
    def first_name(self) -> str:
        """What the others call them."""
        return self.name.split()[0]


@frozen
class Button:
    """A button of a message that arrived."""

    label: str
    payload: str


@frozen
class Arrival:
    """A message on somebody's phone; `index` counts from 1, `channel` is a phone_number_id."""

    index: int
    wamid: str = field(repr=False)
    channel: str
    type: str
    text: str
    at: datetime
    buttons: tuple[Button, ...] = ()


@frozen
class _Inbox:
    messages: tuple[Arrival, ...]


@frozen
class _Written:
    wamid: str


@frozen
class _Entry:
    index: int
    about: tuple[str, ...] = ()
    outcome: int | str = 0


@frozen
class _Queues:
    pending: int
    queued: int
    posting: int = 0
    retrying: int = 0
    planned: int = 0

    @property
    def coming(self) -> int:
        """How much comes without anybody doing anything, but for what was refused before."""
        return self.pending + self.queued + self.posting + self.planned


@frozen
class _Log:
    entries: tuple[_Entry, ...]
    queues: _Queues


@frozen
class _Knob:
    struck: int


@frozen
class _Faults:
    knobs: Mapping[str, _Knob]


@frozen
class _Known:
    number: str
    name: str
    messages: int


@frozen
class _People:
    people: tuple[_Known, ...]


class Simulator:
    """The simulator's `/_sim`; `http` has its URL. Its calls raise `Unexpected` if refused."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def add_person(self, person: Person) -> None:
        """Give somebody a phone."""
        await self._post("people", {"number": person.number, "name": person.name})

    async def set_webhook(self, url: str) -> None:
        """Send webhooks there, after the handshake."""
        await self._post("webhook", {"url": url})

    async def set_faults(self, knobs: Mapping[str, Any]) -> None:
        """Turn fault knobs."""
        body(await self._http.patch("/_sim/faults", json=dict(knobs)), dict)

    async def struck(self) -> dict[str, int]:
        """Return how often each fault struck."""
        faults = body(await self._http.get("/_sim/faults"), _Faults)
        return {name: knob.struck for name, knob in faults.knobs.items() if knob.struck}

    async def send(self, number: str, channel: str, text: str) -> str:
        """Have somebody write a text to a channel (its number or id), and return its wamid."""
        written = await self._post(f"people/{number}/send", {"channel": channel, "text": text})
        return body(written, _Written).wamid

    async def tap(self, number: str, message: str, index: int) -> str:
        """Have somebody tap a button of a message that arrived; 0 is the first."""
        tapped = await self._post(f"people/{number}/tap", given(message=message, index=index))
        return body(tapped, _Written).wamid

    async def inbox(self, number: str, after: int = 0, wait: float = 0.0) -> tuple[Arrival, ...]:
        """Return what arrived after an index; waits for something that long, in seconds."""
        asked = {"after": str(after), "wait": str(wait)}
        answer = await self._http.get(
            f"/_sim/people/{number}/inbox", params=asked, timeout=wait + PATIENCE
        )
        return body(answer, _Inbox).messages

    async def counts(self) -> dict[str, int]:
        """Return how many messages arrived on each phone there is, by number."""
        people = body(await self._http.get("/_sim/people"), _People).people
        return {each.number: each.messages for each in people}

    async def webhooks(self, after: int = 0) -> _Log:
        """Return the attempts to post a webhook after an entry of the record."""
        asked = {"after": str(after), "kind": "webhook"}
        return body(await self._http.get("/_sim/log", params=asked), _Log)

    async def _post(self, path: str, fields: Mapping[str, Any]) -> httpx.Response:
        answer = await self._http.post(f"/_sim/{path}", json=dict(fields))
        body(answer, dict)
        return answer


@define(eq=False)
class Ticks:
    """Which messages the relay has taken: it answered their webhook with 200."""

    simulator: Simulator
    patience: float = PATIENCE
    """Seconds that a message may take."""
    _taken: set[str] = field(factory=set)
    _news: trio.Event = field(factory=trio.Event)

    async def follow(self) -> None:
        """Keep up to date until cancelled."""
        last = 0
        while True:
            log = await self.simulator.webhooks(last)
            for entry in log.entries:
                last = entry.index
                if entry.outcome == 200:
                    self._taken |= set(entry.about)
            if log.entries:
                self._news.set()
                self._news = trio.Event()
            await trio.sleep(LOOK_AGAIN)

    async def wait(self, wamid: str, what: str) -> None:
        """Return once the relay has taken a message. Raises `Missing`."""
        with trio.move_on_after(self.patience):
            while f"message {wamid}" not in self._taken:
                await self._news.wait()
            return
        raise Missing(f"the relay did not take {what} in {self.patience:.0f} s")


@define(eq=False)
class Phone:
    """Somebody's phone with what has arrived; `heard` is called for each arrival, in order."""

    person: Person
    simulator: Simulator
    heard: Callable[[Person, Arrival], None]
    arrivals: list[Arrival] = field(factory=list)
    _news: trio.Event = field(factory=trio.Event)

    async def follow(self) -> None:
        """Keep up to date until cancelled."""
        while True:
            await self.refresh(LONG_POLL)

    async def refresh(self, wait: float = 0.0) -> None:
        """Look once for what has arrived, for at most so many seconds."""
        known = len(self.arrivals)
        for arrival in await self.simulator.inbox(self.person.number, known, wait):
            if arrival.index > len(self.arrivals):
                self.arrivals.append(arrival)
                self.heard(self.person, arrival)
        self._news.set()
        self._news = trio.Event()

    async def wait_for(self, wanted: Callable[[Arrival], bool], after: int = 0) -> Arrival:
        """Return the first arrival beyond index `after` that is wanted; waits for ever."""
        while True:
            for arrival in self.arrivals[after:]:
                if wanted(arrival):
                    return arrival
            await self._news.wait()

    async def wait_text(self, text: str, after: int = 0) -> Arrival:
        """Return the first arrival beyond `after` with exactly this text. Raises `Missing`."""
        with trio.move_on_after(PATIENCE):
            return await self.wait_for(lambda arrival: arrival.text == text, after)
        raise Missing(f"{self.person.name} did not get “{text}” in {PATIENCE:.0f} s")

    async def write(self, channel: str, text: str) -> str:
        """Write a text to a channel and return its wamid."""
        return await self.simulator.send(self.person.number, channel, text)

    async def tap(self, arrival: Arrival, index: int) -> str:
        """Tap a button, 0 is the first, and return the answer's wamid."""
        return await self.simulator.tap(self.person.number, arrival.wamid, index)
