"""Supervisors' accounts on a real database of either kind, and signing in with them."""

import pytest
import trio
from attrs import evolve
from sqlalchemy import select

from kaisa_relay.accounts.administration import Administration
from kaisa_relay.accounts.commands import AddWorkspace, Command, Refused, Why
from kaisa_relay.accounts.devices import known_device, new_device
from kaisa_relay.accounts.guessing import Guessing
from kaisa_relay.accounts.passwords import NOBODYS, hash_password, is_hash, verify_password
from kaisa_relay.accounts.sessions import LASTS, StoredUsers
from kaisa_relay.accounts.users import AddUser, ListUsers, RemoveUser, SetUser, UserFacts, Users
from kaisa_relay.ports.users import LockedOut, Role, SignedIn, WrongSignIn
from kaisa_relay.store import Store, tables
from tests.accounts.conftest import WallClock

PASSWORD, OTHER = "correct horse battery", "staple staple staple"
HASH, OTHER_HASH = hash_password(PASSWORD), hash_password(OTHER)
MARIA = AddUser("acme", "Maria", "supervisor", HASH)


@pytest.fixture
async def users(store: Store, administration: Administration, clock: WallClock) -> StoredUsers:
    """Accounts of a workspace with one of them."""
    for command in (AddWorkspace("acme"), MARIA):
        assert not isinstance(await administration.execute(command), Refused)
    guessing = Guessing(lambda: clock.now.timestamp())
    return StoredUsers(store, guessing, clock, verify=opens)


def opens(stored: str, password: str) -> bool:
    """What `verify_password` says of the two passwords here, without its 50 ms of CPU each time."""
    return {HASH: PASSWORD, OTHER_HASH: OTHER}.get(stored) == password


async def signed_in(users: StoredUsers, password: str = PASSWORD) -> SignedIn:
    done = await users.sign_in("maria", password, "10.0.0.1")
    assert isinstance(done, SignedIn)
    return done


async def test_an_account_signs_in_and_out(users: StoredUsers, clock: WallClock) -> None:
    """However its name is capitalised; the session says who it is."""
    done = await users.sign_in("MARIA", PASSWORD, "10.0.0.1")
    assert isinstance(done, SignedIn)
    assert (done.session.name, done.session.role) == ("maria", Role.SUPERVISOR)
    assert await users.session(done.token) == done.session
    await users.sign_out(done.token)
    await users.sign_out(done.token)
    assert await users.session(done.token) is None


async def test_the_password_is_checked_for_real(users: StoredUsers) -> None:
    """By argon2id, unless a test says otherwise."""
    real = evolve(users, verify=StoredUsers(users.store).verify)
    await signed_in(real)
    assert isinstance(await real.sign_in("maria", OTHER, "10.0.0.1"), WrongSignIn)


async def test_a_session_ends_by_itself(users: StoredUsers, clock: WallClock) -> None:
    done = await signed_in(users)
    clock.pass_(seconds=LASTS.total_seconds() - 1)
    assert await users.session(done.token)
    clock.pass_(seconds=1)
    assert await users.session(done.token) is None


async def test_a_session_that_is_over_leaves_no_row(
    users: StoredUsers, store: Store, clock: WallClock
) -> None:
    await signed_in(users)
    clock.pass_(hours=13)
    await signed_in(users)
    rows = await store.read(lambda c: c.execute(select(tables.user_session)).all())
    assert len(rows) == 1


async def test_neither_token_nor_password_is_stored(users: StoredUsers, store: Store) -> None:
    token = (await signed_in(users)).token
    both = select(tables.user_session), select(tables.user_account)
    rows = await store.read(lambda c: [c.execute(each).all() for each in both])
    assert all(rows)
    assert token not in repr(rows)
    assert PASSWORD not in repr(rows)


async def test_two_sessions_are_two(users: StoredUsers) -> None:
    one, two = await signed_in(users), await signed_in(users)
    assert one.token != two.token
    await users.sign_out(one.token)
    assert await users.session(two.token)


@pytest.mark.parametrize(
    "change",
    [
        SetUser("maria", password_hash=OTHER_HASH),
        SetUser("maria", disabled=True),
        RemoveUser("maria"),
    ],
    ids=lambda each: type(each).__name__,
)
async def test_who_loses_power_is_out_at_once(
    users: StoredUsers, administration: Administration, change: Command
) -> None:
    token = (await signed_in(users)).token
    assert isinstance(await administration.execute(change), UserFacts)
    assert await users.session(token) is None
    assert isinstance(await users.sign_in("maria", PASSWORD, "10.0.0.1"), WrongSignIn)


async def test_a_new_role_holds_at_once(users: StoredUsers, administration: Administration) -> None:
    token = (await signed_in(users)).token
    await administration.execute(SetUser("maria", "viewer"))
    session = await users.session(token)
    assert session
    assert session.role is Role.VIEWER


async def test_a_password_that_changes_while_it_is_checked_opens_nothing(
    users: StoredUsers, administration: Administration, store: Store
) -> None:
    """The check takes 50 ms; what was true before it may not be after."""
    async with trio.open_nursery() as nursery:
        for _ in range(3):
            nursery.start_soon(users.sign_in, "maria", PASSWORD, "10.0.0.1", name="sign in")
        await administration.execute(SetUser("maria", password_hash=OTHER_HASH))
    rows = await store.read(lambda c: c.execute(select(tables.user_session)).all())
    assert rows == []
    await signed_in(users, OTHER)


async def test_a_guesser_is_locked_out_for_longer_and_longer(
    users: StoredUsers, clock: WallClock
) -> None:
    """With the right password too, and from wherever it comes; a lock ends by itself."""
    for number in range(5):
        wrong = await users.sign_in("maria", "guess", f"10.0.0.{number}")
        assert isinstance(wrong, WrongSignIn)
    locked = await users.sign_in("maria", PASSWORD, "10.0.9.9")
    assert isinstance(locked, LockedOut)
    assert 0 < locked.seconds <= 30
    clock.pass_(seconds=31)
    assert isinstance(await users.sign_in("maria", "guess", "10.0.0.1"), WrongSignIn)
    again = await users.sign_in("maria", PASSWORD, "10.0.0.1")
    assert isinstance(again, LockedOut)
    assert again.seconds > 30
    clock.pass_(seconds=61)
    await signed_in(users)
    await signed_in(users)


async def test_guesses_from_elsewhere_do_not_lock_a_known_device(
    users: StoredUsers, administration: Administration
) -> None:
    """Whoever knows a name could keep its owner out otherwise, from anywhere and for ever."""
    mine = (await signed_in(users)).device
    for number in range(8):
        await users.sign_in("maria", "guess", f"10.3.0.{number}")
    assert isinstance(await users.sign_in("maria", PASSWORD, "10.0.0.1"), LockedOut)
    again = await users.sign_in("maria", PASSWORD, "10.0.0.1", mine)
    assert isinstance(again, SignedIn)
    assert isinstance(await users.sign_in("maria", PASSWORD, "10.0.0.1"), LockedOut)
    await administration.execute(AddUser("acme", "otto", "viewer", OTHER_HASH))
    assert isinstance(await users.sign_in("maria", PASSWORD, "10.0.0.1", "made.up"), LockedOut)
    ottos = await users.sign_in("otto", OTHER, "10.0.0.1")
    assert isinstance(ottos, SignedIn)
    assert isinstance(await users.sign_in("maria", PASSWORD, "10.0.0.1", ottos.device), LockedOut)


async def test_a_stolen_device_is_no_better_for_guessing(users: StoredUsers) -> None:
    """It has its own lock; and its owner, elsewhere, hears nothing of it."""
    stolen = (await signed_in(users)).device
    for number in range(5):
        wrong = await users.sign_in("maria", "guess", f"10.4.0.{number}", stolen)
        assert isinstance(wrong, WrongSignIn)
    assert isinstance(await users.sign_in("maria", "guess", "10.4.1.1", stolen), LockedOut)
    await signed_in(users)


async def test_nobody_has_a_device(users: StoredUsers) -> None:
    """The hash that stands for nobody's is no secret: who knows it is locked out all the same."""
    made = new_device(NOBODYS, bytes)
    for _ in range(5):
        assert isinstance(await users.sign_in("nobody", "guess", "10.5.0.1", made), WrongSignIn)
    other = new_device(NOBODYS, lambda count: b"1" * count)
    assert isinstance(await users.sign_in("nobody", "guess", "10.5.0.2", other), LockedOut)


async def test_a_new_password_makes_every_device_a_stranger(
    users: StoredUsers, administration: Administration
) -> None:
    mine = (await signed_in(users)).device
    await administration.execute(SetUser("maria", password_hash=OTHER_HASH))
    for number in range(5):
        await users.sign_in("maria", "guess", f"10.3.0.{number}")
    assert isinstance(await users.sign_in("maria", OTHER, "10.0.0.1", mine), LockedOut)


@pytest.mark.parametrize("device", ["", ".", "a.b", "\0", "\xe9.x", "x" * 10_000, None])
def test_what_proves_nothing_is_no_device(device: str | None) -> None:
    assert known_device(HASH, device) is None


def test_a_device_is_of_one_account_alone() -> None:
    device = new_device(HASH, lambda count: bytes(count))
    assert known_device(HASH, device)
    assert known_device(OTHER_HASH, device) is None
    assert known_device(HASH, device[:-1]) is None


async def test_a_name_that_nobody_has_is_treated_alike(users: StoredUsers) -> None:
    """Enumeration: the same refusals, the same lock."""
    for name in ("maria", "nobody"):
        for number in range(5):
            wrong = await users.sign_in(name, "guess", f"10.1.{len(name)}.{number}")
            assert isinstance(wrong, WrongSignIn)
        locked = await users.sign_in(name, "guess", "10.2.0.1")
        assert isinstance(locked, LockedOut)


@pytest.mark.parametrize("name", ["ma\0ria", "x" * 65, ""])
async def test_what_can_be_no_name_opens_nothing_and_is_not_kept(
    users: StoredUsers, name: str
) -> None:
    """PostgreSQL takes no NUL; ten thousand long names would fill the memory."""
    for _ in range(5):
        assert isinstance(await users.sign_in(name, PASSWORD, "10.0.0.1"), WrongSignIn)
    assert isinstance(await users.sign_in(f"{name}\n", PASSWORD, "10.0.0.2"), LockedOut)
    assert len(users.guessing) == 3


def test_nobodys_hash_costs_what_anybodys_does() -> None:
    """Timing: the same parameters, so the same work; and no password opens it."""
    assert is_hash(NOBODYS)
    assert is_hash(HASH)
    assert (
        NOBODYS.rpartition("$")[0].rpartition("$")[0] == HASH.rpartition("$")[0].rpartition("$")[0]
    )
    assert not verify_password(NOBODYS, "")


def test_passwords_are_salted() -> None:
    assert hash_password(PASSWORD) != HASH
    assert verify_password(HASH, PASSWORD)
    assert not verify_password(HASH, PASSWORD + " ")
    assert not verify_password("nonsense", PASSWORD)


async def test_accounts_are_listed(users: StoredUsers, administration: Administration) -> None:
    await signed_in(users)
    listed = await administration.execute(ListUsers("acme"))
    assert isinstance(listed, Users)
    (maria,) = listed.users
    assert (maria.name, maria.role, maria.workspace) == ("maria", "supervisor", "acme")
    assert maria.signed_in_at
    assert "argon2" not in repr(listed)
    await administration.execute(AddWorkspace("beta"))
    assert await administration.execute(ListUsers("beta")) == Users(())


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (AddUser("acme", "MARIA", "viewer", HASH), Why.DUPLICATE),
        (AddUser("nowhere", "otto", "viewer", HASH), Why.UNKNOWN),
        (AddUser("acme", "otto", "king", HASH), Why.INVALID),
        (AddUser("acme", "", "viewer", HASH), Why.INVALID),
        (AddUser("acme", "otto", "viewer", PASSWORD), Why.INVALID),
        (AddUser("acme", "otto", "viewer", HASH.replace("m=65536", "m=8")), Why.INVALID),
        (SetUser("otto", "viewer"), Why.UNKNOWN),
        (SetUser("maria", "king"), Why.INVALID),
        (RemoveUser("otto"), Why.UNKNOWN),
        (ListUsers("nowhere"), Why.UNKNOWN),
    ],
)
async def test_what_cannot_be_is_refused(
    users: StoredUsers, administration: Administration, command: Command, why: Why
) -> None:
    refused = await administration.execute(command)
    assert isinstance(refused, Refused)
    assert refused.why is why
    assert PASSWORD not in refused.reason
    assert await users.sign_in("maria", PASSWORD, "10.0.0.1") != WrongSignIn()
