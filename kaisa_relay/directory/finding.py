"""Finding people by what WhatsApp or a form says of them.

Rule 1: what the identities found mean is `domain.identity`'s to say; here they are read.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from attrs import field, frozen
from sqlalchemy import Connection, select

from kaisa_relay.domain.contact import Person, Sender
from kaisa_relay.domain.identity import By, Match, Recognised, recognise
from kaisa_relay.domain.ids import ContactId, WorkspaceId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.store.bulk import Bulk
from kaisa_relay.store.identities import Key, bsuid_key, phone_key, wa_id_key
from kaisa_relay.store.tables import contact

Known = Mapping[tuple[WorkspaceId, str, str, str], ContactId]
Owned = Mapping[tuple[WorkspaceId, ContactId, str], frozenset[str]]


@frozen
class Asked:
    """Somebody to be found; `phones` are the numbers that they may be known by."""

    workspace: WorkspaceId
    portfolio: str
    sender: Sender = field(repr=False)
    phones: tuple[Phone, ...] = field(repr=False)

    def looked_for(self) -> Iterator[tuple[By, Key]]:
        """Yield what may lead to them, the best first."""
        if self.sender.bsuid:
            yield By.BSUID, bsuid_key(self.portfolio, self.sender.bsuid)
        if self.sender.wa_id:
            yield By.WA_ID, wa_id_key(self.sender.wa_id)
        for phone in self.phones:
            yield By.PHONE, phone_key(phone)


def find(connection: Connection, asked: Sequence[Asked]) -> list[Recognised]:
    """Return who each of them is."""
    keys = {(each.workspace, *key) for each in asked for _, key in each.looked_for()}
    rows = FIND.fetch(connection, sorted(keys))
    known = {tuple(row[:4]): ContactId(row[4]) for row in rows}
    led = [_led(each, known) for each in asked]
    owned = _owned(connection, asked, led)
    return [_recognised(each, to, owned) for each, to in zip(asked, led, strict=True)]


def _led(asked: Asked, known: Known) -> list[tuple[ContactId, By]]:
    found = ((known.get((asked.workspace, *key)), by) for by, key in asked.looked_for())
    return [(contact, by) for contact, by in found if contact is not None]


def _owned(
    connection: Connection, asked: Sequence[Asked], led: Sequence[Sequence[tuple[ContactId, By]]]
) -> Owned:
    """Return the BSUIDs of whom a number leads to; only a sender with a BSUID can differ."""
    rows = {
        (each.workspace, contact, each.portfolio)
        for each, to in zip(asked, led, strict=True)
        for contact, by in to
        if each.sender.bsuid and by is not By.BSUID
    }
    owned: dict[tuple[WorkspaceId, ContactId, str], frozenset[str]] = defaultdict(frozenset)
    for workspace, who, portfolio, bsuid in OWNED.fetch(connection, sorted(rows)) if rows else ():
        key = (WorkspaceId(workspace), ContactId(who), portfolio)
        owned[key] |= {bsuid}
    return owned


def _recognised(asked: Asked, led: Sequence[tuple[ContactId, By]], owned: Owned) -> Recognised:
    none: frozenset[str] = frozenset()
    matches = [
        Match(who, by, owned.get((asked.workspace, who, asked.portfolio), none)) for who, by in led
    ]
    return recognise(asked.sender, matches)


def people(
    connection: Connection, workspace: WorkspaceId, contacts: Sequence[ContactId]
) -> dict[ContactId, Person]:
    """Return the persons behind these contacts."""
    query = select(contact).where(contact.c.workspace == workspace, contact.c.id.in_(contacts))
    return {
        ContactId(row.id): Person(
            contact=ContactId(row.id),
            name=row.name,
            language=row.language,
            phone=None if row.phone is None else Phone(row.phone),
            bsuid=row.bsuid,
        )
        for row in connection.execute(query)
    }


# A cross join keeps SQLite from reading the table first and looking up what is asked.
FIND: Final = Bulk(
    """select i.workspace, i.portfolio, i.kind, i.value, i.contact
    from {rows} cross join identity i where i.workspace = v.workspace
    and i.portfolio = v.portfolio and i.kind = v.kind and i.value = v.value""",
    workspace=int,
    portfolio=str,
    kind=str,
    value=str,
)

OWNED: Final = Bulk(
    """select i.workspace, i.contact, i.portfolio, i.value
    from {rows} cross join identity i where i.workspace = v.workspace
    and i.contact = v.contact and i.portfolio = v.portfolio and i.kind = 'bsuid'""",
    workspace=int,
    contact=int,
    portfolio=str,
)
