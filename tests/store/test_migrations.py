"""The migrations make the tables that the code speaks to, and no others."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url

from kaisa_relay import store
from kaisa_relay.store import NewerDatabase, migrate, postgres, sqlite
from kaisa_relay.store.migrate import newest
from kaisa_relay.store.tables import METADATA
from tests.store.databases import bare_postgres_database, bare_sqlite_database


@pytest.fixture(params=[bare_sqlite_database, bare_postgres_database])
def bare_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database without tables."""
    with request.param() as url:
        yield url


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    parsed = make_url(url)
    postgresql = parsed.get_backend_name() == "postgresql"
    engine = postgres.patient(parsed) if postgresql else sqlite.writer(sqlite.path_of(parsed))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def test_migrations_make_what_the_tables_say(bare_url: str) -> None:
    migrate(bare_url)
    with _connected(bare_url) as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_migrating_again_changes_nothing(bare_url: str) -> None:
    migrate(bare_url)
    with _connected(bare_url) as connection:
        before = connection.exec_driver_sql("select * from alembic_version").all()
    migrate(bare_url)
    with _connected(bare_url) as connection:
        assert connection.exec_driver_sql("select * from alembic_version").all() == before


def test_a_newer_database_is_refused(bare_url: str) -> None:
    migrate(bare_url)
    with _connected(bare_url) as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    with pytest.raises(NewerDatabase, match="newer kaisa-relay"):
        migrate(bare_url)


def test_files_are_named_by_their_revisions_in_their_order() -> None:
    """A start that has nothing to upgrade goes by their names, and loads none of them."""
    folder = Path(str(store.__file__)).parent / "migrations"
    scripts = ScriptDirectory(str(folder))
    files = sorted(path.name[:4] for path in folder.glob("versions/[0-9]*.py"))
    assert sorted(each.revision for each in scripts.walk_revisions()) == files
    assert scripts.get_heads() == [newest()] == files[-1:]
