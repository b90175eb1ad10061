"""What the demo configures: a workspace with its numbers, one API key, maybe a supervisor."""

import secrets
from functools import partial
from typing import TypeVar

import trio
from attrs import field, frozen

from kaisa_relay.accounts.administration import Administration
from kaisa_relay.accounts.cipher import PURPOSE, TokenCipher
from kaisa_relay.accounts.commands import (
    AddChannel,
    AddKey,
    AddWorkspace,
    ChannelFacts,
    Command,
    Facts,
    Inspect,
    KeyAdded,
    Refused,
    Result,
    WorkspaceFacts,
    WorkspaceSettings,
)
from kaisa_relay.accounts.passwords import hash_password
from kaisa_relay.accounts.transactions import open_alone
from kaisa_relay.accounts.users import AddUser, UserFacts
from kaisa_relay.cli.alone import NODE
from kaisa_relay.cli.demo.programs import CHANNEL_TOKEN, Line
from kaisa_relay.ports.keys import Scope
from kaisa_relay.ports.users import Role
from kaisa_relay.runtime.clock import system_clock
from kaisa_relay.runtime.id_source import IdSource
from kaisa_relay.settings import Settings

R = TypeVar("R", bound=Result)


class NotEmpty(Exception):
    """The database already holds somebody's workspaces; the text says what to do."""


class CannotConfigure(Exception):
    """The relay refused what the demo wants; the text is its reason."""


@frozen
class Login:
    """What a supervisor signs in to the dashboard with."""

    name: str
    password: str = field(factory=partial(secrets.token_urlsafe, 9), repr=False)


@frozen
class Customer:
    """A workspace to make, and maybe a supervisor who may do everything there."""

    name: str
    settings: WorkspaceSettings
    lines: tuple[Line, ...]
    login: Login | None = None


@frozen
class Key:
    """An API key's text, kept out of every repr."""

    text: str = field(repr=False)


async def open_account(settings: Settings, customer: Customer) -> Key:
    """Make the workspace in an empty database and return a key that may do everything.

    No `serve` may run on it. Raises `NotEmpty`, and what opening the database raises.
    """
    async with open_alone(settings.database_url) as transactions:
        administration = Administration(
            store=transactions,
            cipher=lambda: TokenCipher.of(*settings.derived_keys(PURPOSE)),
            new_id=IdSource(_seconds, NODE),
        )
        desk = _Desk(administration)
        if (await desk.get(Inspect(), Facts)).workspaces:
            raise NotEmpty("the database holds workspaces already: give the demo an empty one")
        return await desk.add(customer)


def _seconds() -> float:
    return system_clock().timestamp()


async def _account(workspace: str, login: Login) -> AddUser:
    hashed = await trio.to_thread.run_sync(hash_password, login.password)
    return AddUser(workspace, login.name, Role.ADMIN, hashed)


@frozen
class _Desk:
    administration: Administration

    async def get(self, command: Command, expected: type[R]) -> R:
        result = await self.administration.execute(command)
        if isinstance(result, Refused):
            raise CannotConfigure(result.reason)
        if not isinstance(result, expected):
            raise TypeError(f"{type(command).__name__} gave {type(result).__name__}")
        return result

    async def add(self, customer: Customer) -> Key:
        await self.get(AddWorkspace(customer.name, customer.settings), WorkspaceFacts)
        for line in customer.lines:
            channel = AddChannel(customer.name, line.phone_number_id, line.number, CHANNEL_TOKEN)
            await self.get(channel, ChannelFacts)
        if customer.login is not None:
            await self.get(await _account(customer.name, customer.login), UserFacts)
        added = await self.get(AddKey(customer.name, tuple(Scope), "demo"), KeyAdded)
        return Key(added.text)
