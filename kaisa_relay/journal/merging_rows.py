"""Two contacts become one: what leads to the absorbed one leads to its heir."""

from typing import Final

from kaisa_relay.journal.unit import Unit
from kaisa_relay.journal.writes import Part, Write, last_wins
from kaisa_relay.ports import MergeContacts
from kaisa_relay.store.bulk import Bulk


def merging_parts(unit: Unit, change: MergeContacts) -> list[Part]:
    """Return the rows of a merger."""
    row = [(unit.workspace, change.absorbed, change.heir)]
    return [Part(write, change, row) for write in MERGERS]


def _write(statement: str, guarded: bool = False) -> Write:
    bulk = Bulk(statement, workspace=int, absorbed=int, heir=int)
    return Write(bulk, guarded=guarded, squeeze=last_wins(2))


_HEIR: Final = """update contact set
    phone = coalesce(contact.phone, (select a.phone from contact a
        where a.workspace = v.workspace and a.id = v.absorbed)),
    bsuid = coalesce(contact.bsuid, (select a.bsuid from contact a
        where a.workspace = v.workspace and a.id = v.absorbed))
    from {rows} where contact.workspace = v.workspace and contact.id = v.heir
    and not exists (select 1 from pair p where p.workspace = v.workspace
        and p.contact = v.absorbed and p.conversation is not null)
    and not exists (select 1 from agent g where g.workspace = v.workspace
        and g.contact = v.absorbed)"""

_ABSORBED: Final = """update contact set
    phone = (select h.phone from contact h where h.workspace = v.workspace and h.id = v.heir),
    bsuid = (select h.bsuid from contact h where h.workspace = v.workspace and h.id = v.heir)
    from {rows} where contact.workspace = v.workspace and contact.id = v.absorbed"""

_IDENTITIES: Final = """update identity set contact = v.heir from {rows}
    where identity.workspace = v.workspace and identity.contact = v.absorbed"""

_PAIRS: Final = """insert into pair
    (workspace, contact, channel, role, last_conversation, inbound_at)
    select p.workspace, v.heir, p.channel, p.role, p.last_conversation, p.inbound_at
    from {rows} cross join pair p where p.workspace = v.workspace and p.contact = v.absorbed
    on conflict (workspace, contact, channel) do update set
    role = coalesce(pair.role, excluded.role),
    last_conversation = coalesce(pair.last_conversation, excluded.last_conversation),
    inbound_at = case when pair.inbound_at is null or pair.inbound_at < excluded.inbound_at
        then excluded.inbound_at else pair.inbound_at end"""

_NO_PAIRS: Final = """delete from pair where (workspace, contact) in
    (select v.workspace, v.absorbed from {rows})"""

_CONTENT: Final = """update content set contact = v.heir from {rows}
    where content.workspace = v.workspace and content.contact = v.absorbed"""

_METADATA: Final = """update metadata set contact = v.heir from {rows}
    where metadata.workspace = v.workspace and metadata.contact = v.absorbed"""

_BLOCKS: Final = """insert into block (workspace, contact, by, at, agent, conversation)
    select b.workspace, v.heir, b.by, b.at, b.agent, b.conversation
    from {rows} cross join block b where b.workspace = v.workspace and b.contact = v.absorbed
    on conflict (workspace, contact) do nothing"""

_NO_BLOCKS: Final = """delete from block where (workspace, contact) in
    (select v.workspace, v.absorbed from {rows})"""

MERGERS: Final = (
    _write(_HEIR, guarded=True),
    _write(_ABSORBED),
    _write(_IDENTITIES),
    _write(_PAIRS),
    _write(_NO_PAIRS),
    _write(_BLOCKS),
    _write(_NO_BLOCKS),
    _write(_CONTENT),
    _write(_METADATA),
)
"""In this order; the first is the one that may lose."""
