"""What must hold of any bytes that are posted as a webhook.

Rule 1: parsed, or set aside with a reason, never another exception.
Rule 2: what was parsed can be read again, kept, told of and passed on, whatever is in it.
"""

from datetime import UTC, datetime
from typing import Final

from attrs import evolve

from kaisa_relay.domain.channel_health import Health, decide
from kaisa_relay.domain.channel_health import evolve as folded
from kaisa_relay.domain.crossing import Labels, crosses, marks_of, outgoing
from kaisa_relay.domain.ids import MessageId
from kaisa_relay.domain.inbound import AccountReport, ChannelNotice, Inbound, StatusBatch
from kaisa_relay.domain.outgoing import Emoji, File, Outgoing, Quoting, Recipient
from kaisa_relay.domain.phone import Phone
from kaisa_relay.journal.codec import decode_content, decode_outgoing, encode_content, encode_event
from kaisa_relay.ports import NewItem
from kaisa_relay.whatsapp import outbound
from kaisa_relay.whatsapp.inbound import split
from kaisa_relay.whatsapp.rows import read_item
from tests.whatsapp.bodies import CHANNELS, dedup

ACCOUNT: Final = "100000000000001"
"""The business account of the golden bodies; both channels are of it."""
OURS: Final = tuple(evolve(each, waba=ACCOUNT) for each in CHANNELS.values())
FIND: Final = {each.phone_number_id: each for each in OURS}.get
AT: Final = datetime(2026, 10, 1, tzinfo=UTC)
QUOTED, HERE = MessageId(1), MessageId(2)
LABELS: Final = Labels("Forwarded:", "Edited:", "An earlier message was deleted.")
READER: Final = Recipient(Phone("+46701740601"), None)


def hold(body: bytes) -> tuple[NewItem, ...]:
    """Return the rows of a body; raises where a promise is broken."""
    rows = split(body, FIND, dedup, lambda: OURS)
    for row in rows:
        assert (row.item is None) == (row.reason is not None) == (row.workspace is None)
        if row.item is not None:
            assert read_item(row.kind, row.body) == row.item
            _goes_on(row)
    return rows


def _goes_on(row: NewItem) -> None:
    match row.item:
        case Inbound():
            _storable(row.item.wamid, row.item.sender.wa_id, row.item.sender.bsuid)
            _storable(row.item.sender.name, row.item.quotes)
            _passes_on(row.item)
        case AccountReport(report=report) if row.channel is not None:
            health = Health()
            for event in decide(health, row.channel, report, AT):
                encode_event(event)
                health = folded(health, event)
            assert decide(health, row.channel, report, AT) == () or health.version > 0
        case StatusBatch(updates=updates):
            for each in updates:
                _storable(each.wamid, each.opaque, each.recipient_wa_id, each.recipient_bsuid)
                assert each.code is None or 0 <= each.code < 1 << 31
        case ChannelNotice(code=code):
            assert 0 <= code < 1 << 31
        case _:
            pass


def _storable(*texts: str | None) -> None:
    """Texts stand in columns of their own, which take neither NUL nor half a character."""
    for each in texts:
        assert each is None or b"\0" not in each.encode()


def _passes_on(inbound: Inbound) -> None:
    """A message is kept, and what crosses of it can be kept and sent, in as many parts as said."""
    kept = encode_content(inbound.content)
    _storable(kept)
    assert decode_content(kept) == inbound.content
    for quotes in (None, QUOTED):
        if not crosses(inbound.content, quotes):
            continue
        marks = marks_of(inbound.content, quotes, inbound.forwarded)
        parts = outgoing(HERE, inbound.content, marks, LABELS)
        assert 1 <= len(parts) <= marks.parts
        for part in parts:
            assert decode_outgoing(encode_content(part)) == part
            outbound.encode(READER, _ready(part), "1.2.3")


def _ready(part: Outgoing) -> Outgoing:
    """Fill in what is only known once it goes out."""
    match part:
        case Emoji():
            return evolve(part, wamid="wamid.quoted")
        case File():
            return evolve(part, media_id="4711")
        case Quoting(outgoing=File() as file):
            return evolve(part, outgoing=evolve(file, media_id="4711"))
        case _:
            return part
