"""Finding people by what WhatsApp or a form says of them.

Rule 1: the better identity decides alone: a BSUID before a wa_id, a wa_id before numbers.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, select, tuple_

from kaisa_relay.domain.contact import Person, Sender
from kaisa_relay.domain.ids import ContactId, WorkspaceId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.store.identities import Key, bsuid_key, phone_key, wa_id_key
from kaisa_relay.store.tables import contact, identity

Steps = Sequence[Sequence[Key]]


def steps(portfolio: str, sender: Sender, phones: Sequence[Phone]) -> Steps:
    """Return the keys to look for, the best first."""
    return (
        [bsuid_key(portfolio, sender.bsuid)] if sender.bsuid else [],
        [wa_id_key(sender.wa_id)] if sender.wa_id else [],
        [phone_key(phone) for phone in phones],
    )


def find(connection: Connection, workspace: WorkspaceId, steps: Steps) -> list[ContactId]:
    """Return the contacts of the first step that finds any."""
    table = identity.c
    keys = [key for step in steps for key in step]
    query = select(table.portfolio, table.kind, table.value, table.contact).where(
        table.workspace == workspace,
        tuple_(table.portfolio, table.kind, table.value).in_(keys),
    )
    rows = connection.execute(query) if keys else ()
    known = {(row.portfolio, row.kind, row.value): ContactId(row.contact) for row in rows}
    for step in steps:
        found = [known[key] for key in step if key in known]
        if found:
            return list(dict.fromkeys(found))
    return []


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
