"""Signing in and out: implements `ports.Users` on the store.

Rule 1: every request asks the database, so that what was ended is over at once, on every node.
Rule 2: only the SHA-256 of a cookie is stored; it has 256 random bits, so no salt is needed.
Rule 3: a sign-in takes as long and says as little for a name that nobody has.
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Final

import trio
from attrs import evolve, field, frozen
from sqlalchemy import Connection, delete, insert, select, update

from kaisa_relay.accounts.devices import known_device, new_device
from kaisa_relay.accounts.guessing import Attempt, Guessing
from kaisa_relay.accounts.passwords import LONGEST, NOBODYS, verify_password
from kaisa_relay.accounts.transactions import Transactions
from kaisa_relay.accounts.user_rows import UserRow, find_user
from kaisa_relay.accounts.validation import name_problems
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.ports.users import Account, LockedOut, Role, Session, SignedIn, WrongSignIn
from kaisa_relay.runtime.clock import WallClock, system_clock
from kaisa_relay.store import tables
from kaisa_relay.store.instants import from_micros, to_micros

LASTS: Final = timedelta(hours=12)
"""A working day; after that somebody signs in again, whatever they did meanwhile."""
TOKEN_BYTES: Final = 32
AT_ONCE: Final = 2
"""Passwords that are checked at the same time: 64 MiB and a core each."""

_USERS = tables.user_account
_SESSIONS = tables.user_session


@frozen
class StoredUsers:
    """Accounts and sessions in the database."""

    store: Transactions
    guessing: Guessing = field(factory=lambda: Guessing(trio.current_time))
    clock: WallClock = system_clock
    random: Callable[[int], bytes] = secrets.token_bytes
    verify: Callable[[str, str], bool] = verify_password
    _checking: trio.CapacityLimiter = field(factory=lambda: trio.CapacityLimiter(AT_ONCE))

    async def sign_in(
        self, name: str, password: str, address: str, device: str | None = None
    ) -> SignedIn | WrongSignIn | LockedOut:
        """Begin a session with a fresh token."""
        if any(name_problems(name)):
            name = ""  # nobody's, like it; as it is, it would be kept, and PostgreSQL takes no NUL
        user = await self.store.read(partial(find_user, name))
        stored = NOBODYS if user is None else user.password_hash
        # Nobody's hash is known to all: only an account has devices.
        known = known_device(stored, device) if user is not None else None
        whose = None if user is None else Account(user.id, user.workspace)
        attempt = Attempt(name.casefold(), address, known)
        if (wait := self.guessing.begin(attempt)) > 0:
            return LockedOut(wait, whose)
        check = partial(self.verify, stored, password[: LONGEST + 1])
        right = await trio.to_thread.run_sync(check, limiter=self._checking)
        if user is None or not right or user.disabled:
            return WrongSignIn(whose)
        self.guessing.was_right(attempt)
        return await self._begin(user)

    async def _begin(self, user: UserRow) -> SignedIn | WrongSignIn:
        device = new_device(user.password_hash, self.random)
        token = urlsafe_b64encode(self.random(TOKEN_BYTES)).decode().rstrip("=")
        at = self.clock()
        begun = await self.store.write(partial(_begin, user, _hash(token), at))
        return SignedIn(begun, token, device) if begun else WrongSignIn()

    async def session(self, token: str) -> Session | None:
        """Return the session of a token."""
        return await self.store.browse(partial(_session, _hash(token), self.clock()))

    async def sign_out(self, token: str) -> None:
        """End a session."""
        gone = delete(_SESSIONS).where(_SESSIONS.c.hash == _hash(token))
        await self.store.write(lambda connection: connection.execute(gone))


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()


def _begin(user: UserRow, hash: bytes, at: datetime, connection: Connection) -> Session | None:
    now = find_user(user.name, connection)
    if now is None or evolve(now, signed_in_at=user.signed_in_at, role=user.role) != user:
        return None  # the password changed while it was checked
    mine = (_SESSIONS.c.workspace == user.workspace, _SESSIONS.c.user_id == user.id)
    over = _SESSIONS.c.expires_at <= to_micros(at)
    connection.execute(delete(_SESSIONS).where(*mine, over))
    expires_at = at + LASTS
    connection.execute(
        insert(_SESSIONS).values(
            workspace=user.workspace,
            user_id=user.id,
            hash=hash,
            created_at=to_micros(at),
            expires_at=to_micros(expires_at),
        )
    )
    account = (_USERS.c.workspace == user.workspace, _USERS.c.id == user.id)
    connection.execute(update(_USERS).where(*account).values(signed_in_at=to_micros(at)))
    return Session(user.id, user.workspace, now.name, now.role, expires_at)


def _session(hash: bytes, at: datetime, connection: Connection) -> Session | None:
    together = (_USERS.c.workspace == _SESSIONS.c.workspace) & (_USERS.c.id == _SESSIONS.c.user_id)
    row = connection.execute(
        select(_USERS, _SESSIONS.c.expires_at)
        .join(_SESSIONS, together)
        .where(_SESSIONS.c.hash == hash, _SESSIONS.c.expires_at > to_micros(at))
    ).one_or_none()
    if row is None or row.disabled:
        return None
    expires_at = from_micros(row.expires_at)
    return Session(row.id, WorkspaceId(row.workspace), row.name, Role(row.role), expires_at)
