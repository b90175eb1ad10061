"""How a command reaches the accounts: through a running `serve`, or on its own.

Rule 1: only one process writes a SQLite file; a command asks it, or is it.
Rule 2: whatever goes wrong that an operator can mend is one line that says so.
"""

from typing import Final, TypeVar

import click
import trio

from kaisa_relay.accounts.commands import Command, Refused, Result
from kaisa_relay.accounts.socket import BrokenOff, ask_admin
from kaisa_relay.accounts.wire import NotUnderstood
from kaisa_relay.cli.options import Options
from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.settings import Settings

R = TypeVar("R", bound=Result)

PATIENCE: Final = 5.0
"""Seconds to wait for a `serve` that is starting or stopping, or for another command."""
LOOK_AGAIN: Final = 0.1


class Failed(Exception):
    """The command could not be executed; the message is for the operator."""


def administer(options: Options, command: Command, expected: type[R]) -> R:
    """Execute the command and return its result; a refusal is an error on standard error."""
    try:
        result = trio.run(execute, options.settings(), command)
    except Failed as reason:
        raise click.ClickException(str(reason)) from None
    if isinstance(result, Refused):
        raise click.ClickException(result.reason)
    if not isinstance(result, expected):
        raise TypeError(f"{type(command).__name__} gave {type(result).__name__}")
    return result


async def execute(settings: Settings, command: Command) -> Result:
    """Have the running `serve` execute the command, or do it here when none runs.

    Raises `Failed`, and `SettingsError` when a secret is needed here and missing.
    """
    try:
        answered = await _ask_serve(settings, command)
        return answered or await _open_and_execute(settings, command)
    except (NotUnderstood, BrokenOff, StoreUnavailable) as reason:
        raise Failed(str(reason)) from None
    except trio.TooSlowError:
        raise Failed("the running serve is too busy to answer; try again") from None
    except OSError as reason:
        raise Failed(f"{reason.strerror or reason}: {reason.filename or ''}") from None


async def _ask_serve(settings: Settings, command: Command) -> Result | None:
    if settings.admin_socket is None:
        return None
    return await ask_admin(settings.admin_socket, command)


async def _open_and_execute(settings: Settings, command: Command) -> Result:
    # Imported late: SQLAlchemy and Alembic are half the time of a command that needs neither.
    from kaisa_relay.cli.alone import execute_alone
    from kaisa_relay.store import LockedByOther, NewerDatabase

    deadline = trio.current_time() + PATIENCE
    while True:
        try:
            return await execute_alone(settings, command)
        except NewerDatabase as reason:
            raise Failed(str(reason)) from None
        except LockedByOther as holder:
            # A serve takes the lock a moment before it listens, and keeps it a moment longer.
            answered = await _ask_serve(settings, command)
            if answered is not None:
                return answered
            if trio.current_time() >= deadline:
                raise Failed(f"{holder}, but it does not answer; try again") from None
        await trio.sleep(LOOK_AGAIN)
