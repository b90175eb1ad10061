"""A PostgreSQL that does not let us in says why; a start shows it to whoever set the address."""

from collections.abc import Iterator

import pytest
from sqlalchemy import make_url

from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.store import migrate
from kaisa_relay.store.faults import translated
from tests.store.databases import bare_postgres_database, execute, url_of


@pytest.fixture
def weak() -> Iterator[str]:
    """A role that owns nothing."""
    execute("create role kaisa_weak login")
    yield "kaisa_weak"
    execute("drop role kaisa_weak")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql://kaisa:canary@127.0.0.1:1/kaisa", "(Connection refused)"),
        ("postgresql://kaisa:canary@/kaisa?host=/nowhere", "(No such file or directory)"),
    ],
)
def test_a_server_that_is_not_there(url: str, why: str) -> None:
    with pytest.raises(StoreUnavailable) as caught, translated():
        migrate(url)
    assert why in str(caught.value)
    assert "canary" not in str(caught.value)


def test_a_database_that_is_not_there() -> None:
    missing = pytest.raises(StoreUnavailable, match=r'\(database "kaisa_none" does not exist\)')
    with missing, translated():
        migrate(url_of("kaisa_none"))


def test_a_role_that_is_not_there() -> None:
    missing = pytest.raises(StoreUnavailable, match=r'\(role "kaisa_nobody" does not exist\)')
    with missing, translated():
        migrate(url_of("postgres").replace("//postgres", "//kaisa_nobody"))


def test_a_role_that_may_not_make_tables(weak: str) -> None:
    """What PostgreSQL 15 and later begin with, for a role that does not own the database."""
    with bare_postgres_database() as url:
        database = make_url(url).database or ""
        execute("revoke create on schema public from public", database=database)
        refused = pytest.raises(StoreUnavailable, match="alter database NAME owner to ROLE")
        with refused, translated():
            migrate(url.replace("//postgres", f"//{weak}"))
