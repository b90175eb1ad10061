"""`kaisa-relay watch`: events in the terminal, through every interruption, each once."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
import trio
from attrs import define, field
from trio_websocket import ConnectionClosed, WebSocketRequest, serve_websocket

from kaisa_relay.cli.event_lines import event_line
from kaisa_relay.cli.feed_frames import Asked, feed_address
from kaisa_relay.cli.watching import Refused, Watch
from kaisa_relay.runtime.supervise import RestartPolicy
from tests.cli.conftest import CommandLine

AT_ONCE = RestartPolicy(intensity=0, period=1.0, first_delay=0.0, max_delay=0.0)


def event(number: int) -> dict[str, Any]:
    """One event as the feed tells it."""
    return {
        "specversion": "1.0", "id": f"evt_{number}", "type": "conversation.closed",
        "time": "2026-11-23T02:00:00Z", "subject": "cnv_1", "data": {"number": number},
    }  # fmt: skip


@define
class Relay:
    """A feed that plays a part for each connection and keeps what it was asked."""

    parts: list[Callable[["Relay", Any, dict[str, Any]], Any]]
    asked: list[dict[str, Any]] = field(factory=list)

    async def answer(self, request: WebSocketRequest) -> None:
        """Play the next part."""
        socket = await request.accept()
        asked = json.loads(await socket.get_message())
        self.asked.append(asked)
        play = self.parts[min(len(self.asked), len(self.parts)) - 1]
        try:
            await play(self, socket, asked)
        except ConnectionClosed:
            return


async def tell(socket: Any, **frame: Any) -> None:
    """Send a frame."""
    await socket.send_message(json.dumps(frame))


async def tell_events(socket: Any, first: int, last: int) -> None:
    """Send events with these numbers in one frame."""
    events = [event(number) for number in range(first, last + 1)]
    await tell(socket, type="events", position=str(last), events=events)


@asynccontextmanager
async def played(*parts: Any) -> AsyncIterator[tuple[Relay, str]]:
    """Serve these parts on loopback."""
    relay = Relay(list(parts))
    async with trio.open_nursery() as nursery:
        server = await nursery.start(serve_websocket, relay.answer, "127.0.0.1", 0, None)
        with trio.fail_after(20):
            yield relay, f"ws://127.0.0.1:{server.port}/feed"
        nursery.cancel_scope.cancel()


@define
class Screen:
    """What a watch shows; it is left after so many events."""

    room: int
    events: list[int] = field(factory=list)
    remarks: list[str] = field(factory=list)

    def show(self, shown: bytes) -> bool:
        """Take one event."""
        self.events.append(json.loads(shown)["data"]["number"])
        return len(self.events) < self.room

    async def watch(self, address: str, after: str | None = None) -> tuple[Refused | None, Watch]:
        """Watch until nobody reads or the relay refuses."""
        asked = Asked(address, "kr_key", ("conversation.*",))
        watch = Watch(asked, self.show, self.remarks.append, Random(1), after, AT_ONCE)
        return await watch.run(), watch


async def test_it_goes_on_after_every_kind_of_interruption() -> None:
    """Goodbye, cut off in the middle, a gap, a database that is away: each event once."""

    async def begin(relay: Relay, socket: Any, asked: dict[str, Any]) -> None:
        await tell(
            socket, type="snapshot", position="2", conversations=[{}], agents=[], channels=[]
        )
        await tell_events(socket, 3, 4)
        await socket.aclose(1001)

    async def cut_off(relay: Relay, socket: Any, asked: dict[str, Any]) -> None:
        await tell_events(socket, 5, 5)
        await trio.aclose_forcefully(socket._stream)

    async def gap(relay: Relay, socket: Any, asked: dict[str, Any]) -> None:
        await tell(socket, type="gap", position="5")
        relay.asked.append(json.loads(await socket.get_message()))
        await tell_events(socket, 6, 7)
        await tell(socket, type="error", code="unavailable", message="the database is away")
        await socket.aclose(1013)

    async def end(relay: Relay, socket: Any, asked: dict[str, Any]) -> None:
        await tell_events(socket, 8, 9)
        await socket.get_message()

    screen = Screen(7)
    async with played(begin, cut_off, gap, end, end) as (relay, address):
        refused, _ = await screen.watch(address)
    assert refused is None
    assert screen.events == [3, 4, 5, 6, 7, 8, 9]
    assert [asked.get("after") for asked in relay.asked] == [None, "4", "5", "5", "7"]
    assert all(asked["types"] == ["conversation.*"] for asked in relay.asked)
    assert screen.remarks[0] == "Watching. Live conversations: 1; agents: 0."
    assert "Reconnecting in 0.0 s: the relay is going away" in screen.remarks
    assert "Reconnecting in 0.0 s: the database is away" in screen.remarks
    assert screen.remarks.count("Connected again.") == 3


async def test_what_waiting_cannot_mend_ends_it() -> None:
    async def refuse(relay: Relay, socket: Any, asked: dict[str, Any]) -> None:
        await tell(socket, type="error", code="bad_types", message="no type is called 'x'")
        await socket.aclose(1008)

    async def close(relay: Relay, socket: Any, asked: dict[str, Any]) -> None:
        await socket.aclose(4401)

    for part, said in (
        (refuse, "no type is called 'x'"),
        (close, "The relay closed the connection (code 4401)."),
    ):
        async with played(part) as (_, address):
            refused, _ = await Screen(1).watch(address, "7")
        assert refused == Refused(said)


async def test_no_relay_at_the_start_is_said_at_once() -> None:
    refused, watch = await Screen(1).watch("ws://127.0.0.1:1/feed", "7")
    assert refused == Refused("nobody answers at ws://127.0.0.1:1/feed")
    assert watch.position == "7"


def test_an_event_as_a_line() -> None:
    told = event(1) | {
        "data": {"reason": "done", "agent": None, "legs": [], "note": "a b", "odd": "\x1b[2J"}
    }
    assert event_line(json.dumps(told).encode()) == (
        "02:00:00Z  conversation.closed               cnv_1  "
        'reason=done note="a b" odd="\\\\x1b[2J"'
    )


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://127.0.0.1:8000", "ws://127.0.0.1:8000/feed"),
        ("https://relay.example.com/", "wss://relay.example.com/feed"),
        ("https://example.com/relay", "wss://example.com/relay/feed"),
        ("relay.example.com", None),
        ("ftp://relay.example.com", None),
        ("https://relay.example.com?x=1", None),
    ],
)
def test_where_the_feed_is(url: str, address: str | None) -> None:
    assert feed_address(url) == address


def test_the_command_says_why_it_ends(run: CommandLine, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("kr_secret\n")
    nobody = run("watch", "--key-file", str(key), "--after", "pos_1-1")
    assert nobody.exit_code == 1
    assert "nobody answers at ws://127.0.0.1:1/feed" in nobody.stderr
    assert "Go on from here" not in nobody.stderr  # it has got no further
    assert "kr_secret" not in nobody.output
    assert run("watch", "--key-file", str(key), "--url", "relay").exit_code == 2
    assert run("watch", "--key-file", str(key), "--metadata", "plan").exit_code == 2
    key.write_text("")
    assert run("watch", "--key-file", str(key)).exit_code == 2
    assert "--after" in run.ok("watch", "--help").stdout
