"""A real database of either kind with an open store, and what administers it."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import trio
from attrs import define

from kaisa_relay.accounts.administration import Administration
from kaisa_relay.accounts.cipher import TokenCipher
from kaisa_relay.accounts.configured import ConfiguredAccounts
from kaisa_relay.store import Store, open_store
from tests.store.databases import FRESH

EPOCH = datetime(2026, 11, 22, 12, tzinfo=UTC)
CIPHER = TokenCipher.of(b"k" * 32)


@define
class WallClock:
    """A wall clock that a test moves."""

    now: datetime = EPOCH

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> WallClock:
    return WallClock()


@pytest.fixture(params=sorted(FRESH))
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    with FRESH[request.param]() as fresh:
        yield fresh


@pytest.fixture
async def store(url: str, clock: WallClock) -> AsyncIterator[Store]:
    async with open_store(url, wall=clock) as opened, trio.open_nursery() as nursery:
        await nursery.start(opened.run)
        yield opened
        nursery.cancel_scope.cancel()


@pytest.fixture
async def accounts(store: Store, clock: WallClock) -> ConfiguredAccounts:
    return await ConfiguredAccounts.load(store, CIPHER, clock)


@pytest.fixture
def administration(store: Store, accounts: ConfiguredAccounts, clock: WallClock) -> Administration:
    return Administration(
        store=store,
        cipher=lambda: CIPHER,
        new_id=store.new_id,
        clock=clock,
        random=lambda n: b"r" * n,
        serving=True,
        changed=accounts.reload,
    )
