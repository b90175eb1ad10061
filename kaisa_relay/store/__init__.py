"""One database for everything durable: SQLite embedded, PostgreSQL in production.

Rule 1: there is one writer per process; whatever waits is committed together.
Rule 2: what is lost to a race is a value, what is lost to the database is `StoreUnavailable`.
"""

from kaisa_relay.store.beside import Beside, Browsing, read_beside
from kaisa_relay.store.concealing import Concealing
from kaisa_relay.store.engine import Statistics, Store, open_store
from kaisa_relay.store.faults import BrokenStorage
from kaisa_relay.store.lock import LockedByOther
from kaisa_relay.store.migrate import NewerDatabase, migrate
from kaisa_relay.store.ownership import Displaced
from kaisa_relay.store.writer import Away, OnOutage

__all__ = [
    "Away",
    "Beside",
    "BrokenStorage",
    "Browsing",
    "Concealing",
    "Displaced",
    "LockedByOther",
    "NewerDatabase",
    "OnOutage",
    "Statistics",
    "Store",
    "migrate",
    "open_store",
    "read_beside",
]
