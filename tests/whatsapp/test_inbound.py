"""Rows of a webhook: whose they are, who wrote, and that nothing spoils its neighbours."""

from datetime import UTC, datetime

import pytest

from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.content import Empty, Text
from kaisa_relay.domain.inbound import (
    ChannelNotice,
    IdentityChange,
    Inbound,
    StatusBatch,
    StatusUpdate,
)
from kaisa_relay.domain.sending import Rank
from kaisa_relay.ports import ItemKind, NewItem
from kaisa_relay.whatsapp.items import NO_TIME
from kaisa_relay.whatsapp.rows import UnreadableRow, read_item
from tests.whatsapp.bodies import NAMES, dedup, golden, rows_of

AT = datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)
PHONE = "46701234567"
BSUID = "SE.13491208655302741918"


def inbound(row: NewItem) -> Inbound:
    """Return the message that a row holds."""
    assert isinstance(row.item, Inbound)
    return row.item


@pytest.mark.parametrize("name", NAMES)
def test_what_is_stored_can_be_read_again(name: str) -> None:
    """A row with an item gives the same item from its body; one without says why."""
    for row in rows_of(golden(name)):
        if row.item is None:
            assert (row.workspace, row.channel, row.kind) == (None, None, ItemKind.UNROUTED)
            assert row.reason
        else:
            assert row.reason is None
            assert read_item(row.kind, row.body) == row.item


def test_a_message_row() -> None:
    """It belongs to its channel, is known by its wamid, and keeps its own slice only."""
    (row,) = rows_of(golden("text"))
    assert (row.workspace, row.channel, row.kind) == (1, 1, ItemKind.MESSAGE)
    assert row.dedup == dedup("wamid.IN-text")
    assert inbound(row).sent_at == AT
    assert b"phone_number_id" not in row.body


@pytest.mark.parametrize(
    ("name", "sender"),
    [
        ("text", Sender(PHONE, BSUID, "Ana Lind")),
        ("text_username_only", Sender(None, BSUID, "Ana")),
        ("text_empty_phone", Sender(None, BSUID, "Ana")),
        ("text_without_user_id", Sender(PHONE, None, "Ana Lind")),
        ("text_without_contacts", Sender(PHONE, BSUID, None)),
        ("text_without_ids", Sender(PHONE, BSUID, "Ana Lind")),
    ],
)
def test_senders(name: str, sender: Sender) -> None:
    """An id that is absent or empty is None; the contact fills in what the message lacks."""
    assert inbound(rows_of(golden(name))[0]).sender == sender


@pytest.mark.parametrize(
    ("name", "quotes", "forwarded"),
    [
        ("text", None, False),
        ("text_quoting", "wamid.OUT-1", False),
        ("text_forwarded", None, True),
        ("text_frequently_forwarded", None, True),
        ("text_about_product", "wamid.OUT-2", False),
        ("text_from_ad", None, False),
        ("button", "wamid.OUT-3", False),
        ("button_without_context", None, False),
        ("edit", None, False),
    ],
)
def test_contexts(name: str, quotes: str | None, forwarded: bool) -> None:
    """A context may quote, or say that the message was forwarded, or neither."""
    item = inbound(rows_of(golden(name))[0])
    assert (item.quotes, item.forwarded) == (quotes, forwarded)


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("system_number", Sender(PHONE, BSUID), Sender("46709999999", "SE.2")),
        ("system_user_id", Sender(None, BSUID), Sender(None, "SE.2")),
    ],
)
def test_identity_changes(name: str, before: Sender, after: Sender) -> None:
    """Both kinds of `system` item move an identity, with or without a number."""
    (row,) = rows_of(golden(name))
    assert row.kind is ItemKind.MESSAGE
    assert row.item == IdentityChange("wamid.IN-system", before, after, AT)


@pytest.mark.parametrize(
    ("name", "update"),
    [
        ("status_sent", StatusUpdate("wamid.OUT-9", Rank.SENT, AT, "1.2.33", PHONE, BSUID)),
        (
            "status_delivered",
            StatusUpdate("wamid.OUT-9", Rank.DELIVERED, AT, "1.2.33", PHONE, BSUID),
        ),
        ("status_read", StatusUpdate("wamid.OUT-9", Rank.READ, AT, "1.2.33", PHONE, BSUID)),
        ("status_played", StatusUpdate("wamid.OUT-9", Rank.PLAYED, AT, "1.2.33", PHONE, BSUID)),
        (
            "status_failed",
            StatusUpdate("wamid.OUT-9", Rank.FAILED, AT, "1.2.33", PHONE, None, 131047),
        ),
        ("status_to_bsuid", StatusUpdate("wamid.OUT-9", Rank.SENT, AT, None, None, BSUID)),
    ],
)
def test_statuses(name: str, update: StatusUpdate) -> None:
    """A status is a rank at an instant, with a code when it failed; its row has no dedup."""
    (row,) = rows_of(golden(name))
    assert (row.kind, row.dedup, row.channel) == (ItemKind.STATUSES, None, 1)
    assert row.item == StatusBatch((update,))


@pytest.mark.parametrize("code", [1 << 31, 1 << 63, 10**30, -1])
def test_a_code_that_no_column_holds(code: int) -> None:
    """The send failed all the same; only the number is lost."""
    (row,) = rows_of(golden("status_failed").replace(b"131047", b"%d" % code))
    assert isinstance(row.item, StatusBatch)
    assert [(each.rank, each.code) for each in row.item.updates] == [(Rank.FAILED, 0)]


@pytest.mark.parametrize(
    ("name", "reasons"),
    [
        ("unknown_channel", ["unknown_channel"]),
        ("standby", ["standby"]),
        ("account_update", ["account_field"]),
        ("calls", ["other_field"]),
        ("messages_without_metadata", ["no_channel"]),
        ("page_object", ["other_object"]),
        ("entry_not_a_list", ["malformed"]),
        ("group", ["group"]),
        ("no_message_id", ["no_message_id"]),
        ("no_sender", ["no_sender"]),
        ("system_identity", ["system_notice"]),
        ("request_welcome", ["request_welcome"]),
        ("no_entries", []),
    ],
)
def test_what_belongs_to_nobody(name: str, reasons: list[str]) -> None:
    """It is kept with a reason and never handed on."""
    rows = rows_of(golden(name))
    assert [row.reason for row in rows] == reasons
    assert all(row.kind is ItemKind.UNROUTED and row.item is None for row in rows)


@pytest.mark.parametrize("body", [b"", b"{", b"hello", b"\xff\xfe", b"[" * 100_000, b"{}{}"])
def test_not_json(body: bytes) -> None:
    """The whole body is one row."""
    (row,) = rows_of(body)
    assert (row.reason, row.body) == ("not_json", body)


def test_notices() -> None:
    """An error of the number itself is a row for its channel."""
    (row,) = rows_of(golden("errors_only"))
    assert (row.kind, row.dedup) == (ItemKind.NOTICE, None)
    assert row.item == ChannelNotice(130429, "Too many messages")


def test_an_error_beside_a_message_is_a_notice_of_its_own() -> None:
    """The message without its object is kept, and so is what Meta says of it."""
    message, error = rows_of(golden("interactive_without_object"))
    assert isinstance(inbound(message).content, Empty)
    assert error.item == ChannelNotice(131000, "Could not be read")


def test_unknown_statuses_are_kept_apart() -> None:
    """A status that we do not know does not hold up the one after it."""
    unknown, known = rows_of(golden("status_unknown"))
    assert unknown.reason == "unknown_status"
    assert isinstance(known.item, StatusBatch)
    assert [update.rank for update in known.item.updates] == [Rank.READ]


def test_a_batch() -> None:
    """Every entry, change and item counts; statuses are one row per channel."""
    rows = rows_of(golden("batch"))
    messages = [row for row in rows if row.kind is ItemKind.MESSAGE]
    assert [(row.channel, inbound(row).content) for row in messages] == [
        (1, Text("one")),
        (1, Text("two")),
        (2, Text("three")),
    ]
    assert [inbound(row).sender.name for row in messages] == ["Ana Lind", "Bo", "Ana Lind"]
    batches = [(r.channel, len(r.item.updates)) for r in rows if isinstance(r.item, StatusBatch)]
    assert batches == [(1, 3), (2, 1)]


def test_a_malformed_item_spoils_none_of_its_neighbours() -> None:
    """What can be read is read, whatever stands around it."""
    rows = rows_of(golden("spoiled_neighbours"))
    read = [row.item for row in rows if row.item is not None]
    first, second, notice, statuses = read
    assert isinstance(first, Inbound)
    assert isinstance(second, Inbound)
    assert first.content == Empty("image", "malformed object")
    assert (second.content, second.quotes, second.sent_at) == (Text("fine"), None, AT)
    assert notice == ChannelNotice(130429, "")
    assert isinstance(statuses, StatusBatch)
    assert [update.rank for update in statuses.updates] == [Rank.SENT, Rank.READ]
    reasons = sorted(row.reason for row in rows if row.reason)
    assert reasons == ["malformed"] * 8 + ["no_message_id"]


def test_a_time_that_cannot_be_read_opens_no_window() -> None:
    """The message is kept; its time is so long ago that no window opens."""
    assert inbound(rows_of(golden("no_timestamp"))[0]).sent_at == NO_TIME
    far = golden("text").replace(b'"1790000000"', b'"99999999999999999999"')
    assert inbound(rows_of(far)[0]).sent_at == NO_TIME


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb"half \ud83d of one", "half \ufffd of one"),
        (rb"\ude00\ud83d", "\ufffd\ufffd"),
        (rb"whole \ud83d\ude00", "whole \U0001f600"),
        (rb"nul \u0000!", "nul \ufffd!"),
        (rb"typed \\u0000!", r"typed \u0000!"),
        (rb"typed \\ud83d!", r"typed \ud83d!"),
        (b"bad \xff!", "bad \ufffd!"),
    ],
)
def test_broken_characters_are_replaced(written: bytes, read: str) -> None:
    """A character cut in half costs itself, not the message and not the POST."""
    body = golden("text").replace("Hej, är den blå kvar? 👋".encode(), written)
    (row,) = rows_of(body)
    assert inbound(row).content == Text(read)
    assert read_item(row.kind, row.body) == row.item


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (ItemKind.OUTCOME, b"{}"),
        (ItemKind.UNROUTED, b"{}"),
        (ItemKind.MESSAGE, b"{}"),
        (ItemKind.MESSAGE, b'{"message":{},"contact":null}'),
        (ItemKind.STATUSES, b"{}"),
        (ItemKind.NOTICE, b"[]"),
    ],
)
def test_rows_that_we_did_not_write(kind: ItemKind, body: bytes) -> None:
    """They are refused by name."""
    with pytest.raises(UnreadableRow):
        read_item(kind, body)
