"""Explore's parts, put together: who keeps the read model, and who makes files of it."""

from datetime import timedelta

from kaisa_relay.accounts.configured import ConfiguredAccounts
from kaisa_relay.explore import Forgetting, JobFiles, JobLinks, Jobs, JobsGiven, Projector, Shelf
from kaisa_relay.journal.codec import decode_content
from kaisa_relay.journal.sql import SqlRooms
from kaisa_relay.privacy import Keeping
from kaisa_relay.settings import Settings
from kaisa_relay.store import Store


def projector(
    shelf: Shelf, store: Store, rooms: SqlRooms, accounts: ConfiguredAccounts
) -> Projector:
    """Return who keeps the read model; it hears of what is committed."""
    following = rooms.following
    made = Projector(shelf, store, following, decode_content, accounts.workspaces)
    rooms.journal.subscribe(made.take)
    return made


def exports(store: Store, shelf: Shelf, accounts: ConfiguredAccounts, settings: Settings) -> Jobs:
    """Return who makes files in the background."""
    links = JobLinks(settings.public_url, settings.derived_keys("export links"))
    files, kept = JobFiles(settings.exports_dir), timedelta(hours=settings.export_hours)
    return Jobs(JobsGiven(store, shelf, files, links, accounts.workspaces, kept))


def keeping(store: Store, rooms: SqlRooms, shelf: Shelf, accounts: ConfiguredAccounts) -> Keeping:
    """Return who takes out what is kept no longer, from the read model too."""
    mine, one = accounts.workspaces, accounts.workspace
    return Keeping(store, rooms.journal, Forgetting(shelf, store), mine, one)
