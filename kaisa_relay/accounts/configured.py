"""The accounts as configured now: read from memory, refreshed when somebody changes them.

Rule 1: every question is answered without waiting; the database is asked in `reload` and `run`.
Rule 2: while the database is away, what was known last holds.
"""

import hmac
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final, Self

import structlog
import trio
from sqlalchemy import Connection

from kaisa_relay.accounts import rows
from kaisa_relay.accounts.cipher import TokenCipher, WrongSecretKey
from kaisa_relay.accounts.configuration import Configuration, configuration, read_rows
from kaisa_relay.accounts.key_text import read_key
from kaisa_relay.accounts.transactions import Transactions
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.ids import ChannelId, WorkspaceId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.ports import ChannelAccess, StoreUnavailable, Workspace
from kaisa_relay.ports.keys import ApiKey
from kaisa_relay.runtime.clock import WallClock, system_clock

LOOK_EVERY: Final = 0.5
"""Seconds; a revoked key must stop within one."""
USED_EVERY: Final = 60.0
"""Seconds between two notes of when a key was last used."""

logger = structlog.get_logger()


class ConfiguredAccounts:
    """Implements `ports.Accounts` and `ports.Keys` on the store. Make one with `load`."""

    def __init__(
        self, store: Transactions, cipher: TokenCipher, clock: WallClock, now: Configuration
    ) -> None:
        self._store = store
        self._cipher = cipher
        self._clock = clock
        self._now = now
        self._used: dict[int, datetime] = {}
        self._subscribers: list[Callable[[], None]] = []
        self._prepare: Callable[[], Awaitable[object]] = trio.lowlevel.checkpoint

    @classmethod
    async def load(
        cls, store: Transactions, cipher: TokenCipher, clock: WallClock = system_clock
    ) -> Self:
        """Read the configuration; raises `WrongSecretKey` when a token or secret does not open."""
        loaded = configuration(await store.read(read_rows), cipher)
        if loaded.unreadable or loaded.shut_apps:
            raise WrongSecretKey
        return cls(store, cipher, clock, loaded)

    def prepare_with(self, prepare: Callable[[], Awaitable[object]]) -> None:
        """Have `prepare` awaited before each change is shown: a workspace is owned, then seen."""
        self._prepare = prepare

    def subscribe(self, changed: Callable[[], None]) -> None:
        """Have `changed` called, without waiting, after every change to the configuration."""
        self._subscribers.append(changed)

    async def reload(self) -> None:
        """Read the configuration again; raises `StoreUnavailable`."""
        read = configuration(await self._store.read(read_rows), self._cipher)
        if read.version <= self._now.version:
            return  # another reload was faster
        for channel in read.unreadable:
            logger.error("channel token cannot be decrypted", channel=channel)
        for app in read.shut_apps:
            logger.error("app secrets cannot be decrypted", app=app)
        await self._prepare()
        if read.version <= self._now.version:
            return  # another reload was faster, while this one prepared
        self._now = read
        for changed in self._subscribers:
            changed()

    async def run(
        self,
        look_every: float = LOOK_EVERY,
        used_every: float = USED_EVERY,
        task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED,
    ) -> None:
        """Follow changes that other processes make, and note when keys are used; for ever."""
        noted_at = trio.current_time()
        task_status.started()
        while True:
            await trio.sleep(look_every)
            try:
                await self._follow()
                if trio.current_time() >= noted_at + used_every:
                    noted_at = trio.current_time()
                    await self.note_used()
            except StoreUnavailable:
                continue  # the store says so itself, once

    async def _follow(self) -> None:
        if await self._store.read(rows.version) != self._now.version:
            await self.reload()

    async def note_used(self) -> None:
        """Write down when each key was last used; raises `StoreUnavailable`."""
        used, self._used = self._used, {}
        touched = [(self._now.keys[id].workspace, id, at) for id, at in used.items()]

        def note(connection: Connection) -> None:
            for workspace, id, at in touched:
                rows.touch_key(connection, workspace, id, at)

        try:
            if touched:
                await self._store.write(note)
        except StoreUnavailable:
            self._used = used | self._used
            raise

    async def authenticate(self, bearer: str) -> ApiKey | None:
        """Return the key behind a bearer's text, or None when it opens nothing now."""
        presented = read_key(bearer)
        row = self._now.keys.get(presented.id) if presented else None
        if presented is None or row is None or not hmac.compare_digest(row.hash, presented.hash):
            return None
        at = self._clock()
        if not row.usable(at):
            return None
        self._used[row.id] = at
        return ApiKey(row.id, row.workspace, frozenset(row.scopes))

    def valid(self, key: ApiKey) -> bool:
        """Say whether a key that was authenticated once is valid still, with all its scopes."""
        row = self._now.keys.get(key.id)
        return row is not None and row.usable(self._clock()) and key.scopes <= set(row.scopes)

    def workspaces(self) -> Sequence[WorkspaceId]:
        """Return the workspaces that this process owns."""
        return tuple(self._now.workspaces)

    def workspace(self, workspace: WorkspaceId) -> Workspace:
        """Return one workspace's settings."""
        return self._now.workspaces[workspace]

    def channels(self, workspace: WorkspaceId) -> Sequence[Channel]:
        """Return the channels of a workspace, by id."""
        return self._now.channels.get(workspace, ())

    def channel(self, workspace: WorkspaceId, channel: ChannelId) -> Channel | None:
        """Return one channel of this workspace."""
        found = self._now.by_id.get(channel)
        return found if found and found.workspace == workspace else None

    def by_phone_number_id(self, app: str, phone_number_id: str) -> Channel | None:
        """Return the channel with Meta's id, if it belongs to this app."""
        return self._now.by_meta.get((app, phone_number_id))

    def of_app(self, app: str) -> Sequence[Channel]:
        """Return the channels that belong to this app, by id."""
        return [each for each in self._now.by_id.values() if each.app == app]

    def app_secrets(self, app: str) -> Sequence[bytes]:
        """Return the secrets of an app beside the default one; none of one we do not have."""
        return self._now.apps.get(app, ())

    def by_phone(self, workspace: WorkspaceId, phones: Sequence[Phone]) -> Channel | None:
        """Return the channel of this workspace that has one of these numbers."""
        found = (self._now.by_phone.get((workspace, phone)) for phone in phones)
        return next((channel for channel in found if channel), None)

    def access(self, channel: ChannelId) -> ChannelAccess:
        """Return the channel's Meta id and its token; raises `WrongSecretKey` if that is shut."""
        if channel in self._now.access:
            return self._now.access[channel]
        raise WrongSecretKey
