"""The door for operators while `serve` holds the database: a Unix socket, one line per request.

Rule 1: the file's mode is the lock: who runs the relay, and root, may administer it.
Rule 2: a client that sends nonsense or nothing costs itself its connection, nobody else.
"""

import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import structlog
import trio

from kaisa_relay.accounts.commands import Command, Refused, Result, Why
from kaisa_relay.accounts.wire import (
    LONGEST_LINE,
    NotUnderstood,
    decode_command,
    decode_result,
    encode,
)
from kaisa_relay.ports import StoreUnavailable

Execute = Callable[[Command], Awaitable[Result]]

PATIENCE: Final = 30.0
"""Seconds that either end waits for the other."""
_BACKLOG: Final = 64
_CHUNK: Final = 65536

logger = structlog.get_logger()


class SocketUnusable(Exception):
    """The admin socket cannot be made here; the message says why."""


class BrokenOff(Exception):
    """The running `serve` took the request and gave no answer: what it did is unknown."""

    def __init__(self) -> None:
        super().__init__("the running serve gave no answer: see its log, and look before you retry")


async def serve_admin(
    path: Path,
    execute: Execute,
    task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Answer admin commands on `path`, mode 0600, until cancelled; the file goes when it ends.

    The caller holds the database's lock, so a file that is there already is a dead process's.
    """
    with _listening(path) as listener:
        async with trio.open_nursery() as nursery:
            await nursery.start(trio.serve_listeners, partial(_converse, execute), [listener])
            task_status.started()


async def ask_admin(path: Path, command: Command) -> Result | None:
    """Have a running `serve` execute the command; None when none is listening there.

    Raises `BrokenOff` when the connection ends before the answer, `TooSlowError` after `PATIENCE`.
    """
    try:
        stream = await trio.open_unix_socket(path)
    except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
        return None
    async with stream:
        with trio.fail_after(PATIENCE):
            await stream.send_all(encode(command))
            line = await _Lines(stream).next()
    if line is None:
        raise BrokenOff
    return decode_result(line)


@contextmanager
def _listening(path: Path) -> Iterator[trio.SocketListener]:
    listening = _bind(path)
    listening.setblocking(False)
    try:
        yield trio.SocketListener(trio.socket.from_stdlib_socket(listening))
    finally:
        listening.close()
        path.unlink(missing_ok=True)


def _bind(path: Path) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        path.unlink(missing_ok=True)
        listening.bind(str(path))
        # Until `listen` nobody can connect, so there is no moment with a wider mode.
        path.chmod(0o600)
        listening.listen(_BACKLOG)
    except OSError as problem:
        listening.close()
        raise SocketUnusable(f"cannot listen on {path}: {problem.strerror or problem}") from None
    return listening


async def _converse(execute: Execute, stream: trio.SocketStream) -> None:
    lines = _Lines(stream)
    try:
        while (line := await lines.next()) is not None:
            await stream.send_all(encode(await _answer(execute, line)))
    except (trio.BrokenResourceError, trio.TooSlowError):
        logger.info("admin client went away")
    except NotUnderstood as problem:
        logger.warning("admin client refused", reason=str(problem))


async def _answer(execute: Execute, line: bytes) -> Result:
    try:
        command = decode_command(line)
    except NotUnderstood as problem:
        return Refused(Why.INVALID, f"the running serve does not understand: {problem}")
    logger.info("admin command", command=type(command).__name__)
    try:
        return await execute(command)
    except StoreUnavailable as problem:
        return Refused(Why.UNAVAILABLE, f"the database cannot be used: {problem}")


class _Lines:
    """Reads lines with a limit to their length and to the wait for each."""

    def __init__(self, stream: trio.SocketStream) -> None:
        self._stream = stream
        self._buffer = bytearray()

    async def next(self) -> bytes | None:
        """Return the next line without its end, or None when there is no whole one any more."""
        with trio.fail_after(PATIENCE):
            while (end := self._buffer.find(b"\n")) < 0:
                if len(self._buffer) > LONGEST_LINE:
                    raise NotUnderstood("the line is too long")
                chunk = await self._stream.receive_some(_CHUNK)
                if not chunk:
                    return None
                self._buffer += chunk
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line
