"""A client of the relay's HTTP API, as a customer's backend would write one."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, Generic, TypeVar
from urllib.parse import parse_qs, urlsplit

import httpx
import trio
from attrs import frozen
from msgspec import Struct

from kaisa_relay.cli.demo.answers import body
from kaisa_relay.cli.demo.people import Missing, Person
from kaisa_relay.domain.durations import write_duration

T = TypeVar("T")

READY_WITHIN: Final = 20.0
LOOK_AGAIN: Final = 0.05
PER_PAGE: Final = 200


@frozen
class Channel:
    """The business number of a conversation."""

    id: str
    phone: str


@frozen
class Conversation:
    """A conversation as the API shows it, with what the demo looks at."""

    id: str
    status: str
    reason: str | None
    url: str | None
    channel: Channel

    @property
    def first_text(self) -> str:
        """The sentence that the link puts into the visitor's phone."""
        return prefilled(self.url or "")


class Message(Struct, frozen=True, rename={"author": "from"}):
    """One line of the transcript."""

    id: str
    author: str
    type: str
    status: str
    text: str | None = None
    to: str | None = None


@frozen
class Event:
    """Something that happened; `data` as it came."""

    type: str
    data: dict[str, Any]


@frozen
class StepCounts:
    """What a step (from 0) of a trigger's version has led to, as the API counts it."""

    version: int
    step: int
    started: int
    delivered: int
    links: int
    recovered: int
    accepted: int


@frozen
class _Added:
    id: str


@frozen
class _Counted:
    items: tuple[StepCounts, ...]


class _Page(Struct, Generic[T], frozen=True):
    items: tuple[T, ...]
    next: str | None


class RelayApi:
    """The API with one key; `http` has its URL. Its calls raise `Unexpected` if refused."""

    def __init__(self, http: httpx.AsyncClient, key: str) -> None:
        self._http = http
        self._headers = {"Authorization": f"Bearer {key}"}

    async def wait_ready(self) -> None:
        """Return once `/readyz` says so. Raises `Missing`."""
        with trio.move_on_after(READY_WITHIN):
            while not await self._is_ready():  # noqa: ASYNC110 - it is another process
                await trio.sleep(LOOK_AGAIN)
            return
        raise Missing(f"the relay was not ready in {READY_WITHIN:.0f} s")

    async def _is_ready(self) -> bool:
        return (await self._http.get("/readyz")).is_success

    async def create(
        self, visitor: Person, agents: Sequence[Person], metadata: dict[str, Any]
    ) -> Conversation:
        """Ask for a conversation."""
        asked = {
            "visitor": _form(visitor),
            "agents": [_form(agent) for agent in agents],
            "metadata": metadata,
        }
        path = "/conversations/whatsapp?qr=none"
        answer = await self._http.post(path, json=asked, headers=self._headers)
        return body(answer, Conversation)

    async def conversation(self, id: str) -> Conversation:
        """Read a conversation."""
        return await self._get(f"/conversations/{id}?qr=none", Conversation)

    async def close(self, id: str) -> None:
        """End a conversation."""
        answer = await self._http.post(f"/conversations/{id}/close", headers=self._headers)
        body(answer, Conversation)

    async def set_times(self, **times: timedelta) -> None:
        """Change times of the workspace, such as `offer_time`, for conversations from now on."""
        settings = {name: write_duration(time) for name, time in times.items()}
        path, asked = "/workspace", {"settings": settings}
        answer = await self._http.patch(path, json=asked, headers=self._headers)
        body(answer, dict[str, Any])

    async def add(self, path: str, asked: dict[str, Any]) -> str:
        """Add an endpoint or a trigger, and return its id."""
        answer = await self._http.post(path, json=asked, headers=self._headers)
        return body(answer, _Added).id

    async def recoveries(self, trigger: str) -> tuple[StepCounts, ...]:
        """Return what each step of a trigger has led to."""
        return (await self._get(f"/triggers/{trigger}/recoveries", _Counted)).items

    async def messages(self, id: str) -> tuple[Message, ...]:
        """Return all that was said, the oldest first."""
        return await self._pages(f"/conversations/{id}/messages", _Page[Message])

    async def events(self, id: str) -> tuple[Event, ...]:
        """Return all that happened, the oldest first."""
        return await self._pages(f"/conversations/{id}/events", _Page[Event])

    async def _pages(self, path: str, shape: type[_Page[T]]) -> tuple[T, ...]:
        page = await self._get(f"{path}?limit={PER_PAGE}", shape)
        items = page.items
        while page.next:
            page = await self._get(f"{path}?limit={PER_PAGE}&cursor={page.next}", shape)
            items += page.items
        return items

    async def _get(self, path: str, shape: type[T]) -> T:
        return body(await self._http.get(path, headers=self._headers), shape)


def prefilled(url: str) -> str:
    """Return the sentence that a wa.me link puts into a phone."""
    return parse_qs(urlsplit(url).query)["text"][0]


def _form(person: Person) -> dict[str, str]:
    return {"name": person.name, "phone": person.number, "language": person.language}
