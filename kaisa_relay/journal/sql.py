"""The journal's adapters on a SQL store, sharing the tails of what is committed."""

from attrs import frozen

from kaisa_relay.journal.accepting import Accepting
from kaisa_relay.journal.archive import SqlArchive
from kaisa_relay.journal.arriving import Arriving
from kaisa_relay.journal.boards import SqlBoards
from kaisa_relay.journal.events import SqlJournal
from kaisa_relay.journal.files import SqlFiles
from kaisa_relay.journal.following import SqlFollowing
from kaisa_relay.journal.inbox import ReadItem, SqlInbox
from kaisa_relay.journal.sends import SqlSends
from kaisa_relay.journal.settling import Settling, Tails
from kaisa_relay.journal.tail import Tail
from kaisa_relay.ports import InboxItem, Recorded, Send
from kaisa_relay.store import Store


@frozen
class SqlRooms:
    """What the rest of the program is given."""

    inbox: SqlInbox
    journal: SqlJournal
    sends: SqlSends
    files: SqlFiles
    archive: SqlArchive
    following: SqlFollowing
    boards: SqlBoards


def on_store(store: Store, read_item: ReadItem) -> SqlRooms:
    """Build the adapters; `read_item` reads a raw slice of the inbox again."""
    events: Tail[Recorded] = Tail()
    items: Tail[InboxItem] = Tail()
    ended: Tail[Send] = Tail()
    settling = Settling(store.epochs, Tails(events, items, ended))
    accepting = Accepting(store, Arriving(items), settling)
    journal = SqlJournal(store, events, items)
    return SqlRooms(
        inbox=SqlInbox(accepting, items, read_item, journal.append),
        journal=journal,
        sends=SqlSends(store, settling, ended),
        files=SqlFiles(store),
        archive=SqlArchive(store),
        following=SqlFollowing(store),
        boards=SqlBoards(store),
    )
