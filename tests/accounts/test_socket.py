"""The admin socket: a real one, with commands, nonsense and crashes."""

import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio

from kaisa_relay.accounts.commands import (
    Command,
    Inspect,
    ListWorkspaces,
    Refused,
    ReleaseConversation,
    Released,
    Result,
    Why,
    Workspaces,
)
from kaisa_relay.accounts.socket import (
    BrokenOff,
    Execute,
    SocketUnusable,
    ask_admin,
    serve_admin,
)
from kaisa_relay.accounts.wire import LONGEST_LINE, decode_result
from kaisa_relay.ports import StoreUnavailable


async def echo(command: Command) -> Result:
    match command:
        case ReleaseConversation(id):
            return Released(id, 3)
        case Inspect():
            raise StoreUnavailable("the disk is full")
        case _:
            return Workspaces(())


@asynccontextmanager
async def serving(path: Path, execute: Execute = echo) -> AsyncIterator[None]:
    async with trio.open_nursery() as nursery:
        await nursery.start(serve_admin, path, execute)
        yield
        nursery.cancel_scope.cancel()


def mode(path: Path) -> int | None:
    return stat.S_IMODE(path.stat().st_mode) if path.exists() else None


def move(path: Path, to: Path) -> None:
    path.rename(to)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kaisa.sock"


async def test_a_command_is_answered(path: Path) -> None:
    """One line there, one line back."""
    async with serving(path):
        assert await ask_admin(path, ReleaseConversation("cnv_1")) == Released("cnv_1", 3)


async def test_only_the_owner_may_use_the_socket_and_it_goes_at_the_end(path: Path) -> None:
    """Mode 0600, and no file is left behind."""
    async with serving(path):
        assert mode(path) == 0o600
    assert mode(path) is None


async def test_nobody_listens(path: Path) -> None:
    """Without a serve, or with a dead one's file, the answer is None."""
    left = path.with_name("left")
    assert await ask_admin(path, ListWorkspaces()) is None
    async with serving(path):
        move(path, left)
    assert await ask_admin(left, ListWorkspaces()) is None


async def test_a_dead_process_s_file_is_no_obstacle(path: Path) -> None:
    """Its lock is gone, so its socket goes too."""
    left = path.with_name("left")
    async with serving(path):
        move(path, left)
    move(left, path)
    async with serving(path):
        assert await ask_admin(path, ListWorkspaces()) == Workspaces(())


async def test_several_clients_at_once(path: Path) -> None:
    """Everybody gets the answer to their own question."""
    answers: dict[str, Result | None] = {}

    async def ask(id: str) -> None:
        answers[id] = await ask_admin(path, ReleaseConversation(id))

    async with serving(path), trio.open_nursery() as nursery:
        for n in range(20):
            nursery.start_soon(ask, f"cnv_{n}")
    assert answers == {f"cnv_{n}": Released(f"cnv_{n}", 3) for n in range(20)}


async def test_an_unavailable_database_is_said(path: Path) -> None:
    """The serve goes on."""
    async with serving(path):
        answer = await ask_admin(path, Inspect())
        assert isinstance(answer, Refused)
        assert answer.why is Why.UNAVAILABLE
        assert await ask_admin(path, ListWorkspaces()) == Workspaces(())


async def test_nonsense_is_refused_and_the_connection_goes_on(path: Path) -> None:
    """The next line may be better."""
    async with serving(path):
        stream = await trio.open_unix_socket(path)
        async with stream:
            await stream.send_all(b"nonsense\n")
            answer = decode_result(await stream.receive_some(4096))
            assert isinstance(answer, Refused)
            assert answer.why is Why.INVALID
            await stream.send_all(b'{"kind":"ListWorkspaces","body":{}}\n')
            assert decode_result(await stream.receive_some(4096)) == Workspaces(())


async def test_an_endless_line_costs_only_its_own_connection(path: Path) -> None:
    """Memory stays bounded."""
    async with serving(path):
        stream = await trio.open_unix_socket(path)
        async with stream:
            with pytest.raises(trio.BrokenResourceError):
                await stream.send_all(b"x" * (4 * LONGEST_LINE))
        assert await ask_admin(path, ListWorkspaces()) == Workspaces(())


async def test_a_crash_breaks_the_client_off(path: Path) -> None:
    """What was done is unknown, and that is what the client is told."""
    told: list[str] = []

    async def crash(command: Command) -> Result:
        raise ZeroDivisionError

    async def ask() -> None:
        with pytest.raises(BrokenOff) as caught:
            await ask_admin(path, ListWorkspaces())
        told.append(str(caught.value))

    async def serve(task_status: trio.TaskStatus[None]) -> None:
        with pytest.raises(ExceptionGroup):
            await serve_admin(path, crash, task_status)

    async with trio.open_nursery() as nursery:
        await nursery.start(serve)
        await ask()
    assert told


async def test_a_socket_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """With the path and the reason."""
    with pytest.raises(SocketUnusable, match="No such file or directory"):
        await serve_admin(tmp_path / "missing" / "kaisa.sock", echo)
    with pytest.raises(SocketUnusable, match="too long"):
        await serve_admin(tmp_path / ("x" * 200), echo)
