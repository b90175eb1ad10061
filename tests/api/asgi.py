"""One request spoken in ASGI itself, where the test decides what arrives and when."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from attrs import define, field
from quart_trio import QuartTrio

Event = dict[str, Any]


@define
class Spoken:
    """What the application sent."""

    events: list[Event] = field(factory=list)

    async def send(self, event: Event) -> None:
        """Take one event."""
        self.events.append(event)

    @property
    def status(self) -> int | None:
        """The status, once the answer began."""
        return self.events[0]["status"] if self.events else None

    @property
    def headers(self) -> dict[str, str]:
        """The answer's headers."""
        return {name.decode().lower(): text.decode() for name, text in self.events[0]["headers"]}


async def speak(
    app: QuartTrio,
    path: str,
    receive: Callable[[], Awaitable[Event]],
    headers: Mapping[str, str],
    client: tuple[str, int] | None = ("192.0.2.1", 5000),
) -> Spoken:
    """POST to the application and return what it sent when it was done."""
    scope: Event = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower().encode(), text.encode()) for name, text in headers.items()],
        "client": client,
        "server": ("testserver", 80),
        "extensions": {},
    }
    spoken = Spoken()
    await app(scope, receive, spoken.send)  # type: ignore[arg-type] # ASGI's events as plain dicts
    return spoken
