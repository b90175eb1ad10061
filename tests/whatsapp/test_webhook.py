"""The lane: nothing stored before the signature, nothing answered before the commit."""

import hashlib
import hmac
from collections.abc import Sequence

import pytest
from attrs import define, field

from kaisa_relay.domain.channel import Channel
from kaisa_relay.ports import NewItem, StoreUnavailable
from kaisa_relay.runtime.callback import Callback, OnAnswer
from kaisa_relay.whatsapp.webhook import WebhookLane, dedup_of
from tests.whatsapp.bodies import CHANNELS, golden

SECRETS = {"app": [b"old", b"new"], "other": [b"theirs"], "unset": []}
KEY = b"k" * 32


@define
class MemoryInbox:
    """Keeps rows, drops repeats by their dedup, and can be out of order."""

    rows: list[NewItem] = field(factory=list)
    broken: bool = False

    def store_nowait(self, rows: Sequence[NewItem], on_stored: OnAnswer[int]) -> None:
        """Keep what is new."""
        if self.broken:
            on_stored(StoreUnavailable())
            return
        known = {(row.channel, row.dedup) for row in self.rows if row.dedup}
        new = [row for row in rows if (row.channel, row.dedup) not in known]
        self.rows += new
        on_stored(len(new))


class TwoChannels:
    """The accounts of one workspace with two channels of the app `app`."""

    def by_phone_number_id(self, app: str, phone_number_id: str) -> Channel | None:
        """Return one of them, to its own app only."""
        return CHANNELS.get(phone_number_id) if app == "app" else None

    def of_app(self, app: str) -> Sequence[Channel]:
        """Return both, to their own app only."""
        return list(CHANNELS.values()) if app == "app" else []


@define
class Counts:
    """Remembers what the lane reported."""

    seen: list[tuple[str, int]] = field(factory=list)

    def on_webhook(self, outcome: str, items: int) -> None:
        """Remember."""
        self.seen.append((outcome, items))


@pytest.fixture
def inbox() -> MemoryInbox:
    """An empty inbox."""
    return MemoryInbox()


@pytest.fixture
def counts() -> Counts:
    """Nothing seen yet."""
    return Counts()


@pytest.fixture
def lane(inbox: MemoryInbox, counts: Counts) -> WebhookLane:
    """A lane for two apps."""
    return WebhookLane(inbox, TwoChannels(), lambda app: SECRETS.get(app, []), "hello", KEY, counts)


async def receive(
    lane: WebhookLane, app: str, signature: str | None, body: bytes
) -> tuple[int, bytes]:
    """Hand one POST to the lane, and wait for its answer."""
    answer = Callback[tuple[int, bytes]]()
    lane.receive_nowait(app, signature, body, answer)
    return await answer.wait()


def signed(body: bytes, secret: bytes) -> str:
    """Sign as Meta does."""
    return "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("secret", [b"old", b"new"])
async def test_stored_before_200(
    lane: WebhookLane, inbox: MemoryInbox, counts: Counts, secret: bytes
) -> None:
    """Any of the app's secrets will do; the rows are there when the answer is."""
    body = golden("batch")
    assert await receive(lane, "app", signed(body, secret), body) == (200, b"")
    assert len(inbox.rows) == 5
    assert all(row.workspace == 1 for row in inbox.rows)
    assert counts.seen == [("stored", 5)]


async def test_a_repeat_is_harmless(lane: WebhookLane, inbox: MemoryInbox, counts: Counts) -> None:
    """The second delivery is answered like the first and stores nothing new."""
    body = golden("text")
    for _ in range(2):
        assert (await receive(lane, "app", signed(body, b"new"), body))[0] == 200
    assert len(inbox.rows) == 1
    assert counts.seen == [("stored", 1), ("stored", 0)]


@pytest.mark.parametrize(
    ("app", "secret"),
    [("app", b"wrong"), ("app", b"theirs"), ("unset", b""), ("missing", b""), ("missing", b"new")],
)
async def test_a_bad_signature_stores_nothing(
    lane: WebhookLane, inbox: MemoryInbox, counts: Counts, app: str, secret: bytes
) -> None:
    """Another secret, another app's secret, or an app that has none: 401."""
    body = golden("text")
    assert (await receive(lane, app, signed(body, secret), body))[0] == 401
    assert (await receive(lane, app, None, body))[0] == 401
    assert inbox.rows == []
    assert counts.seen == [("refused", 0)] * 2


async def test_one_app_cannot_write_for_another(lane: WebhookLane, inbox: MemoryInbox) -> None:
    """A good signature of another app's is stored, and delivered to nobody."""
    body = golden("text")
    assert (await receive(lane, "other", signed(body, b"theirs"), body))[0] == 200
    (row,) = inbox.rows
    assert (row.workspace, row.reason, row.item) == (None, "unknown_channel", None)


async def test_no_store_no_200(lane: WebhookLane, inbox: MemoryInbox, counts: Counts) -> None:
    """What cannot be committed is asked for again."""
    inbox.broken = True
    body = golden("text")
    assert (await receive(lane, "app", signed(body, b"new"), body))[0] == 503
    assert counts.seen == [("unavailable", 0)]


async def test_nothing_to_store(lane: WebhookLane, inbox: MemoryInbox) -> None:
    """A POST without entries needs no commit, even while the store is away."""
    inbox.broken = True
    body = golden("no_entries")
    assert (await receive(lane, "app", signed(body, b"new"), body))[0] == 200


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ({"hub.mode": "subscribe", "hub.verify_token": "hello", "hub.challenge": "42"}, 200),
        ({"hub.mode": "subscribe", "hub.verify_token": "hallo", "hub.challenge": "42"}, 403),
        ({"hub.mode": "subscribe", "hub.verify_token": "", "hub.challenge": "42"}, 403),
        ({"hub.mode": "unsubscribe", "hub.verify_token": "hello", "hub.challenge": "42"}, 403),
        ({"hub.challenge": "42"}, 403),
        ({}, 403),
    ],
)
def test_handshake(lane: WebhookLane, query: dict[str, str], answer: int) -> None:
    """The challenge comes back verbatim, to whoever knows the token."""
    status, body = lane.handshake(query)
    assert status == answer
    assert (body == b"42") == (status == 200)


def test_an_empty_token_lets_nobody_in(inbox: MemoryInbox) -> None:
    """A lane without a verify token refuses everybody."""
    lane = WebhookLane(inbox, TwoChannels(), lambda app: [], "", KEY)
    assert lane.handshake({"hub.mode": "subscribe", "hub.verify_token": ""})[0] == 403


def test_dedup_keys() -> None:
    """32 hexadecimal digits that depend on the wamid and on the key, and show neither."""
    key = dedup_of(KEY, "wamid.A")
    assert len(key) == 32
    assert int(key, 16) >= 0
    assert key == dedup_of(KEY, "wamid.A")
    assert key != dedup_of(KEY, "wamid.B")
    assert key != dedup_of(b"x" * 32, "wamid.A")


@pytest.mark.parametrize("key", [b"", b"x" * 15, b"x" * 65])
def test_a_bad_dedup_key_is_refused_at_once(inbox: MemoryInbox, key: bytes) -> None:
    """Too short to be a secret, or too long for the hash: no lane, rather than a late crash."""
    with pytest.raises(ValueError, match="dedup_key"):
        WebhookLane(inbox, TwoChannels(), lambda app: [], "hello", key)


def test_secrets_are_not_shown(lane: WebhookLane) -> None:
    """A lane in a log shows neither key nor token."""
    assert "hello" not in repr(lane)
    assert repr(KEY) not in repr(lane)
