"""The accounts in memory: what is configured is found, what changes is heard, keys open or not."""

from datetime import timedelta

import pytest
import trio
from sqlalchemy import Connection

from kaisa_relay.accounts import rows
from kaisa_relay.accounts.administration import Administration
from kaisa_relay.accounts.apps import AddApp
from kaisa_relay.accounts.changes import TextOverride
from kaisa_relay.accounts.cipher import TokenCipher, WrongSecretKey
from kaisa_relay.accounts.commands import (
    AddChannel,
    AddKey,
    AddWorkspace,
    KeyAdded,
    RevokeKey,
    WorkspaceSettings,
)
from kaisa_relay.accounts.configured import ConfiguredAccounts
from kaisa_relay.accounts.key_text import new_key as make_key
from kaisa_relay.accounts.key_text import read_key
from kaisa_relay.domain.ids import ChannelId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.ports import Accounts, ChannelAccess, StoreUnavailable
from kaisa_relay.ports.keys import Keys
from kaisa_relay.store import Store, tables
from tests.accounts.conftest import WallClock

TOKEN = "EAAcanarytoken"
SETTINGS = WorkspaceSettings(
    language="sv",
    offer_time=timedelta(seconds=90),
    agent_fields=("topic",),
    texts=(TextOverride("seeking", "sv", "Ett ögonblick"),),
)


async def new_key(
    administration: Administration, *scopes: str, lasts: timedelta | None = None
) -> KeyAdded:
    added = await administration.execute(
        AddKey("acme", scopes or ("conversations:read",), lasts=lasts)
    )
    assert isinstance(added, KeyAdded)
    return added


async def test_it_is_what_the_ports_ask_for(accounts: ConfiguredAccounts) -> None:
    """mypy reads the assignments."""
    as_accounts: Accounts = accounts
    as_keys: Keys = accounts
    assert as_accounts.workspaces() == ()
    assert await as_keys.authenticate("") is None


async def test_a_change_is_known_at_once_here(
    accounts: ConfiguredAccounts, administration: Administration
) -> None:
    """Workspace and channel are found by everything that finds them."""
    await administration.execute(AddWorkspace("acme", SETTINGS))
    await administration.execute(AddChannel("acme", "1001", "+46700000001", TOKEN))
    (workspace,) = accounts.workspaces()
    (channel,) = accounts.channels(workspace)
    assert accounts.channel(workspace, channel.id) == channel
    assert accounts.by_phone_number_id("", "1001") == channel
    assert accounts.by_phone(workspace, [Phone("+1"), Phone("+46700000001")]) == channel
    assert accounts.access(channel.id) == ChannelAccess("1001", TOKEN)
    assert accounts.workspace(workspace).terms.offer_time == timedelta(seconds=90)
    assert accounts.workspace(workspace).texts == {("seeking", "sv"): "Ett ögonblick"}
    assert accounts.workspace(workspace).language == "sv"


async def test_a_workspace_is_owned_before_it_is_seen(
    accounts: ConfiguredAccounts, administration: Administration
) -> None:
    """Whoever sees it may write for it at once; and what cannot be owned now is seen later."""
    seen: list[int] = []
    away = [True]

    async def own() -> None:
        await trio.lowlevel.checkpoint()
        seen.append(len(accounts.workspaces()))
        if away.pop():
            raise StoreUnavailable

    away.insert(0, False)
    accounts.prepare_with(own)
    with pytest.raises(StoreUnavailable):
        await administration.execute(AddWorkspace("acme", SETTINGS))
    assert accounts.workspaces() == ()
    await accounts.reload()
    assert seen == [0, 0]
    assert len(accounts.workspaces()) == 1


async def test_what_belongs_to_others_is_not_found(
    accounts: ConfiguredAccounts, administration: Administration
) -> None:
    """Another workspace, another app, another number."""
    await administration.execute(AddWorkspace("acme"))
    await administration.execute(AddWorkspace("other"))
    await administration.execute(AddChannel("acme", "1001", "+46700000001", TOKEN))
    acme, other = accounts.workspaces()
    (channel,) = accounts.channels(acme)
    assert accounts.channels(other) == ()
    assert accounts.channel(other, channel.id) is None
    assert accounts.by_phone(other, [Phone("+46700000001")]) is None
    assert accounts.by_phone_number_id("another-app", "1001") is None
    assert accounts.by_phone(acme, []) is None


async def test_a_key_opens_its_workspace(
    accounts: ConfiguredAccounts, administration: Administration
) -> None:
    """With its scopes, and nothing else."""
    await administration.execute(AddWorkspace("acme"))
    added = await new_key(administration, "conversations:read", "conversations:write")
    key = await accounts.authenticate(added.text)
    assert key is not None
    assert key.workspace == accounts.workspaces()[0]
    assert key.scopes == {"conversations:read", "conversations:write"}


async def test_a_revoked_an_expired_and_a_foreign_key_open_nothing(
    accounts: ConfiguredAccounts, administration: Administration, clock: WallClock
) -> None:
    """Each for its own reason."""
    await administration.execute(AddWorkspace("acme"))
    revoked = await new_key(administration)
    expiring = await new_key(administration, lasts=timedelta(hours=1))
    await administration.execute(RevokeKey(revoked.key.id))
    assert await accounts.authenticate(revoked.text) is None
    clock.pass_(minutes=59)
    assert await accounts.authenticate(expiring.text) is not None
    clock.pass_(minutes=1)
    assert await accounts.authenticate(expiring.text) is None
    presented = read_key(expiring.text)
    assert presented is not None
    forged = make_key(presented.id, lambda n: b"f" * n)
    assert await accounts.authenticate(forged.text) is None
    assert await accounts.authenticate("Bearer nonsense") is None


async def test_a_key_revoked_elsewhere_stops_within_a_second(
    accounts: ConfiguredAccounts, administration: Administration, store: Store, clock: WallClock
) -> None:
    """Another process changed the tables and raised the version; here `run` looks."""
    await administration.execute(AddWorkspace("acme"))
    added = await new_key(administration)
    (row,) = await store.read(rows.keys)
    changed = trio.Event()
    accounts.subscribe(changed.set)
    async with trio.open_nursery() as nursery:
        await nursery.start(accounts.run)
        await store.write(lambda connection: rows.revoke_key(connection, row, clock()))
        with trio.fail_after(1):
            await changed.wait()
        nursery.cancel_scope.cancel()
    assert await accounts.authenticate(added.text) is None


async def test_when_a_key_was_used_is_noted_now_and_then(
    accounts: ConfiguredAccounts,
    administration: Administration,
    store: Store,
    clock: WallClock,
) -> None:
    """The last use counts, and nobody reads the configuration again for it."""
    await administration.execute(AddWorkspace("acme"))
    added = await new_key(administration)
    version = await store.read(rows.version)
    await accounts.authenticate(added.text)
    clock.pass_(seconds=30)
    await accounts.authenticate(added.text)
    async with trio.open_nursery() as nursery:
        await nursery.start(accounts.run, 0.01, 0.0)
        with trio.fail_after(5):
            while (await store.read(rows.keys))[0].last_used_at != clock():
                await trio.lowlevel.checkpoint()
        nursery.cancel_scope.cancel()
    assert await store.read(rows.version) == version


async def unavailable(work: object) -> None:
    """Stand for a database that is away."""
    raise StoreUnavailable


async def test_a_stop_notes_the_last_use(
    accounts: ConfiguredAccounts, administration: Administration, store: Store, clock: WallClock
) -> None:
    """And a database that is away costs no note."""
    await administration.execute(AddWorkspace("acme"))
    added = await new_key(administration)
    clock.pass_(seconds=30)
    await accounts.authenticate(added.text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "write", unavailable)
        with pytest.raises(StoreUnavailable):
            await accounts.note_used()
    await accounts.note_used()
    assert (await store.read(rows.keys))[0].last_used_at == clock()


async def test_a_wrong_secret_refuses_the_start(
    administration: Administration, store: Store
) -> None:
    """Without the token no message could leave."""
    await administration.execute(AddWorkspace("acme"))
    await administration.execute(AddChannel("acme", "1001", "+46700000001", TOKEN))
    with pytest.raises(WrongSecretKey):
        await ConfiguredAccounts.load(store, TokenCipher.of(b"x" * 32))


async def test_an_app_whose_secrets_are_shut_refuses_the_start_too(
    accounts: ConfiguredAccounts, administration: Administration, store: Store
) -> None:
    """Its webhooks would be refused one by one; while it runs, others go on."""
    await administration.execute(AddApp("partner", ("partner-secret", "and-another")))
    assert accounts.app_secrets("partner") == (b"partner-secret", b"and-another")
    assert accounts.app_secrets("other") == accounts.app_secrets("") == ()
    with pytest.raises(WrongSecretKey):
        await ConfiguredAccounts.load(store, TokenCipher.of(b"x" * 32))

    def spoil(connection: Connection) -> None:
        connection.execute(tables.app.update().values(secrets=b"spoilt"))
        rows.raise_version(connection)

    await store.write(spoil)
    await accounts.reload()
    assert accounts.app_secrets("partner") == ()


async def test_a_token_that_somebody_spoilt_concerns_its_channel_only(
    accounts: ConfiguredAccounts, administration: Administration, store: Store
) -> None:
    """The other channel goes on, and so does the process."""
    await administration.execute(AddWorkspace("acme"))
    await administration.execute(AddChannel("acme", "1001", "+46700000001", TOKEN))
    await administration.execute(AddChannel("acme", "1002", "+46700000002", TOKEN))
    good, bad = accounts.channels(accounts.workspaces()[0])
    await store.write(lambda connection: _spoil(connection, bad.id))
    await accounts.reload()
    assert accounts.access(good.id).token == TOKEN
    with pytest.raises(WrongSecretKey):
        accounts.access(bad.id)


def _spoil(connection: Connection, channel: ChannelId) -> None:
    sealed = TokenCipher.of(b"x" * 32).seal(TOKEN)
    table = tables.channel
    connection.execute(table.update().where(table.c.id == channel).values(token=sealed))
    rows.raise_version(connection)


async def test_a_late_reload_does_not_bring_the_past_back(
    accounts: ConfiguredAccounts, administration: Administration
) -> None:
    """Reloads may overtake each other; nobody is told twice."""
    heard: list[None] = []
    await administration.execute(AddWorkspace("acme"))
    accounts.subscribe(lambda: heard.append(None))
    await accounts.reload()
    assert not heard
