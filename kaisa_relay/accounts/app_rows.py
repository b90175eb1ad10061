"""Meta's apps as the table holds them. These functions run inside a transaction of the store's.

Rule 1: secrets stay sealed in a row; whoever opens them holds the cipher.
Rule 2: the verify token is the settings' for every app: it says whose address this is, no more.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from attrs import field, frozen
from sqlalchemy import Connection, insert, select, update

from kaisa_relay.accounts import rows
from kaisa_relay.accounts.apps import AddApp, AppFacts, Apps, SetApp
from kaisa_relay.accounts.cipher import TokenCipher, WrongSecretKey
from kaisa_relay.accounts.commands import Why
from kaisa_relay.accounts.refusal import Refusal, require_valid
from kaisa_relay.store import tables

MOST_SECRETS: Final = 5
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)
_SECRET: Final = re.compile(r"[!-+\--~]{8,200}", re.ASCII)
"""What can be read: no comma, which stands between them."""


@frozen
class AppRow:
    """One app with its sealed secrets, which are joined by commas."""

    name: str
    sealed: bytes = field(repr=False)


def apps(connection: Connection) -> tuple[AppRow, ...]:
    """Return every app, by name."""
    found = connection.execute(select(tables.app).order_by(tables.app.c.id))
    return tuple(AppRow(row.id, row.secrets) for row in found)


def opened(found: tuple[AppRow, ...], cipher: TokenCipher) -> Mapping[str, tuple[bytes, ...]]:
    """Return the secrets by app; one whose secrets do not open is left out: nobody signs for it."""
    secrets = {}
    for row in found:
        try:
            secrets[row.name] = tuple(cipher.open(row.sealed).encode().split(b","))
        except WrongSecretKey:
            continue
    return secrets


def list_apps(connection: Connection) -> Apps:
    """Return what may be seen of the apps."""
    return Apps(tuple(_facts(row.name, connection) for row in apps(connection)))


def put_app(command: AddApp | SetApp, cipher: TokenCipher, connection: Connection) -> AppFacts:
    """Add an app whose name is new, or give one that is there other secrets."""
    require_valid(_problems(command))
    rows.version(connection, lock=True)
    _require_same_secret(command, cipher, connection)
    known = {row.name for row in apps(connection)}
    values = {"secrets": cipher.seal(",".join(command.secrets)), "verify_token": b""}
    match command:
        case AddApp(name=name) if name in known:
            raise Refusal(Why.DUPLICATE, f"there is an app {name!r}: kaisa-relay app set")
        case AddApp(name=name):
            connection.execute(insert(tables.app).values(id=name, **values))
        case SetApp(name=name) if name not in known:
            raise Refusal(Why.UNKNOWN, f"there is no app {name!r}: see kaisa-relay app list")
        case _:
            changed = update(tables.app).where(tables.app.c.id == command.name)
            connection.execute(changed.values(**values))
    rows.raise_version(connection)
    return _facts(command.name, connection)


def reseal(cipher: TokenCipher, connection: Connection) -> int:
    """Seal every app's secrets anew with the cipher's first key; returns how many apps."""
    found = apps(connection)
    _open_all(found, cipher)
    for row in found:
        changed = update(tables.app).where(tables.app.c.id == row.name)
        connection.execute(changed.values(secrets=cipher.seal(cipher.open(row.sealed))))
    return len(found)


def _require_same_secret(
    command: AddApp | SetApp, cipher: TokenCipher, connection: Connection
) -> None:
    """Sealed with another key than serve's, the secrets would be of no use to it."""
    others = [each for each in apps(connection) if each.name != command.name]
    tokens = [AppRow("", each.sealed_token) for each in rows.channels(connection)]
    _open_all((*others, *tokens), cipher)


def _open_all(found: Iterable[AppRow], cipher: TokenCipher) -> None:
    try:
        for row in found:
            cipher.open(row.sealed)
    except WrongSecretKey as reason:
        raise Refusal(Why.INVALID, str(reason)) from None


def _facts(name: str, connection: Connection) -> AppFacts:
    channels = [row.channel for row in rows.channels(connection)]
    return AppFacts(name, sum(each.app == name for each in channels))


def _problems(command: AddApp | SetApp) -> Iterator[str]:
    if not _NAME.fullmatch(command.name):
        yield "an app's name has 1 to 32 small letters, digits and -, and begins with no -"
    if not 1 <= len(command.secrets) <= MOST_SECRETS:
        yield f"an app has 1 to {MOST_SECRETS} secrets"
    if not all(_SECRET.fullmatch(each) for each in command.secrets):
        yield "a secret has 8 to 200 characters, none of them a space or a comma"
