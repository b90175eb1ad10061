"""How a command reaches the accounts: through a running `serve`, or on its own."""

import time
from typing import Final, TypeVar

import click
import structlog
import trio

from kaisa_relay.accounts.administration import Administration
from kaisa_relay.accounts.cipher import PURPOSE, TokenCipher
from kaisa_relay.accounts.commands import Command, Refused, Result
from kaisa_relay.accounts.socket import BrokenOff, ask_admin
from kaisa_relay.accounts.transactions import open_alone
from kaisa_relay.accounts.wire import NotUnderstood
from kaisa_relay.cli.options import Options
from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.runtime.id_source import IdSource
from kaisa_relay.settings import Settings
from kaisa_relay.store import LockedByOther, NewerDatabase

R = TypeVar("R", bound=Result)

PATIENCE: Final = 5.0
"""Seconds to wait for a `serve` that is starting or stopping, or for another command."""
LOOK_AGAIN: Final = 0.1
NODE: Final = 255
"""The node number in the ids that commands give, apart from any serve's."""


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
    # The log of this process is of no interest: what matters is said by the command itself.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    deadline = trio.current_time() + PATIENCE
    while True:
        try:
            return await _try(settings, command)
        except LockedByOther as holder:
            if trio.current_time() >= deadline:
                raise Failed(f"{holder}, but it does not answer; try again") from None
        except (NewerDatabase, NotUnderstood, BrokenOff, StoreUnavailable) as reason:
            raise Failed(str(reason)) from None
        except trio.TooSlowError:
            raise Failed("the running serve is too busy to answer; try again") from None
        except OSError as reason:
            raise Failed(f"{reason.strerror or reason}: {reason.filename or ''}") from None
        await trio.sleep(LOOK_AGAIN)


async def _try(settings: Settings, command: Command) -> Result:
    if settings.admin_socket is not None:
        answered = await ask_admin(settings.admin_socket, command)
        if answered is not None:
            return answered
    async with open_alone(settings.database_url) as store:
        administration = Administration(
            store=store,
            cipher=lambda: TokenCipher.of(settings.derived_key(PURPOSE)),
            new_id=IdSource(time.time, NODE),
        )
        return await administration.execute(command)
