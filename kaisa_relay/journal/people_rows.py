"""What changes do to contacts and to what they said: the rows that erasure takes away."""

from typing import Final, assert_never

from kaisa_relay.journal.codec import encode_content
from kaisa_relay.journal.unit import Unit
from kaisa_relay.journal.writes import Part, Row, Write, last_wins
from kaisa_relay.ports import ForgetNumbers, SaveContact, SaveMetadata, StoreContent
from kaisa_relay.store.bulk import Bulk
from kaisa_relay.store.identities import bsuid_key, phone_key, wa_id_key

PeopleChange = StoreContent | SaveContact | ForgetNumbers | SaveMetadata


def people_parts(unit: Unit, change: PeopleChange) -> list[Part]:
    """Return the rows of a change."""
    match change:
        case StoreContent():
            return [Part(STORE_CONTENT, change, [_content_row(unit, change)])]
        case SaveContact():
            return [
                Part(SAVE_CONTACT, change, [_contact_row(unit, change)]),
                Part(ADD_IDENTITY, change, _identity_rows(unit, change)),
            ]
        case ForgetNumbers(contact=contact, phones=phones, wa_id=wa_id):
            keys = [phone_key(phone) for phone in phones]
            keys += [wa_id_key(wa_id)] if wa_id else []
            forgotten = [(unit.workspace, *key, contact) for key in keys]
            gone = [(unit.workspace, contact, phone) for phone in phones]
            return [
                Part(DROP_IDENTITY, change, forgotten),
                Part(DROP_PHONE, change, gone),
                Part(READDRESS, change, gone),
            ]
        case SaveMetadata(conversation=conversation, contact=contact, metadata=metadata):
            row = (unit.workspace, conversation, contact, metadata)
            return [Part(SAVE_METADATA, change, [row])]
        case _:
            assert_never(change)


def _content_row(unit: Unit, change: StoreContent) -> Row:
    return (
        unit.workspace,
        change.message,
        change.conversation,
        change.contact,
        change.author.value if change.author else None,
        change.wamid,
        encode_content(change.content),
    )


def _contact_row(unit: Unit, change: SaveContact) -> Row:
    person = change.person
    # PostgreSQL's text holds no NUL, and a name is whatever somebody's phone says.
    name = person.name.replace("\0", "")
    return (unit.workspace, person.contact, name, person.language, person.phone, person.bsuid)


def _identity_rows(unit: Unit, change: SaveContact) -> list[Row]:
    person = change.person
    keys = [phone_key(phone) for phone in change.phones]
    if person.phone:
        keys.append(phone_key(person.phone))
    if change.wa_id:
        keys.append(wa_id_key(change.wa_id))
    if person.bsuid:
        keys.append(bsuid_key(change.portfolio, person.bsuid))
    return [(unit.workspace, *key, person.contact) for key in dict.fromkeys(keys)]


STORE_CONTENT: Final = Write(
    Bulk(
        """insert into content (workspace, message, conversation, contact, author, wamid, data)
        select v.workspace, v.message, v.conversation, v.contact, v.author, v.wamid, v.data
        from {rows} where true on conflict (workspace, message) do update set
        conversation = excluded.conversation, contact = excluded.contact,
        author = excluded.author, wamid = excluded.wamid, data = excluded.data""",
        workspace=int,
        message=int,
        conversation=int,
        contact=int,
        author=str,
        wamid=str,
        data=str,
    ),
    squeeze=last_wins(2),
)

SAVE_CONTACT: Final = Write(
    Bulk(
        """insert into contact (workspace, id, name, language, phone, bsuid)
        select v.workspace, v.id, v.name, v.language, v.phone, v.bsuid from {rows} where true
        on conflict (workspace, id) do update set name = excluded.name,
        language = excluded.language, phone = coalesce(excluded.phone, contact.phone),
        bsuid = coalesce(excluded.bsuid, contact.bsuid)""",
        workspace=int,
        id=int,
        name=str,
        language=str,
        phone=str,
        bsuid=str,
    ),
    squeeze=last_wins(2),
)

ADD_IDENTITY: Final = Write(
    Bulk(
        """insert into identity (workspace, portfolio, kind, value, contact)
        select v.workspace, v.portfolio, v.kind, v.value, v.contact from {rows} where true
        on conflict (workspace, portfolio, kind, value) do nothing""",
        workspace=int,
        portfolio=str,
        kind=str,
        value=str,
        contact=int,
    )
)

DROP_IDENTITY: Final = Write(
    Bulk(
        """delete from identity where (workspace, portfolio, kind, value, contact) in
        (select v.workspace, v.portfolio, v.kind, v.value, v.contact from {rows})""",
        workspace=int,
        portfolio=str,
        kind=str,
        value=str,
        contact=int,
    )
)

DROP_PHONE: Final = Write(
    Bulk(
        """update contact set phone = null from {rows} where contact.workspace = v.workspace
        and contact.id = v.id and contact.phone = v.phone""",
        workspace=int,
        id=int,
        phone=str,
    )
)

# After the contact has its new number, if there is one: what was not begun goes there.
READDRESS: Final = Write(
    Bulk(
        """update send set
        phone = (select c.phone from contact c where c.workspace = v.workspace and c.id = v.id),
        bsuid = (select case when c.phone is null then c.bsuid end from contact c
            where c.workspace = v.workspace and c.id = v.id)
        from {rows} where send.workspace = v.workspace and send.contact = v.id
        and send.phone = v.phone and send.state = 'ready'""",
        workspace=int,
        id=int,
        phone=str,
    )
)

SAVE_METADATA: Final = Write(
    Bulk(
        """insert into metadata (workspace, conversation, contact, data)
        select v.workspace, v.conversation, v.contact, v.data from {rows} where true
        on conflict (workspace, conversation) do update set contact = excluded.contact,
        data = excluded.data""",
        workspace=int,
        conversation=int,
        contact=int,
        data=bytes,
    ),
    squeeze=last_wins(2),
)
