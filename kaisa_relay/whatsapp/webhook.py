"""The webhook lane: signature, split, commit, 200. Any HTTP listener can mount it.

Rule 1: nothing is read, and nothing stored, before the signature is good.
Rule 2: 200 means committed; anything else makes Meta deliver again, for up to 7 days.
"""

import hmac
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from typing import Final, Protocol

from attrs import field, frozen
from attrs.validators import max_len, min_len

from kaisa_relay.domain.channel import Channel
from kaisa_relay.ports import NewItem, StoreUnavailable
from kaisa_relay.runtime.callback import OnAnswer
from kaisa_relay.whatsapp.inbound import split
from kaisa_relay.whatsapp.signature import verify

MAX_BODY: Final = 3 * 1024 * 1024
"""Bytes of the largest webhook (Meta, "Webhooks overview"); listeners refuse more with 413."""


class Inbox(Protocol):
    """What the lane needs of `ports.Inbox`."""

    def store_nowait(self, rows: Sequence[NewItem], on_stored: OnAnswer[int]) -> None:
        """Commit the rows; `on_stored` hears how many were new, or `StoreUnavailable`."""
        ...


class Accounts(Protocol):
    """What the lane needs of `ports.Accounts`."""

    def by_phone_number_id(self, app: str, phone_number_id: str) -> Channel | None:
        """Return the channel with Meta's id, if it belongs to this app."""
        ...

    def of_app(self, app: str) -> Sequence[Channel]:
        """Return the channels that belong to this app."""
        ...


class Observer(Protocol):
    """Counts what the lane does."""

    def on_webhook(self, outcome: str, items: int) -> None:
        """One POST ended as `stored`, `refused` or `unavailable`, with so many new rows."""
        ...


class Unobserved:
    """Counts nothing."""

    def on_webhook(self, outcome: str, items: int) -> None:
        """Do nothing."""


@frozen
class WebhookLane:
    """Takes what Meta posts; `secrets` gives an app's secrets, none for an app we do not have."""

    inbox: Inbox
    accounts: Accounts
    secrets: Callable[[str], Sequence[bytes]] = field(repr=False)
    verify_token: str = field(repr=False)
    dedup_key: bytes = field(repr=False, validator=[min_len(16), max_len(64)])
    observer: Observer = field(factory=Unobserved)

    def receive_nowait(
        self, app: str, signature: str | None, body: bytes, on_answer: OnAnswer[tuple[int, bytes]]
    ) -> None:
        """Store one POST for this app; `on_answer` hears the status and body of the answer."""
        if not verify(body, signature, self.secrets(app)):
            self.observer.on_webhook("refused", 0)
            on_answer((401, b"bad signature"))
            return
        find_channel = partial(self.accounts.by_phone_number_id, app)
        dedup = partial(dedup_of, self.dedup_key)
        rows = split(body, find_channel, dedup, partial(self.accounts.of_app, app))
        if rows:
            self.inbox.store_nowait(rows, partial(self._stored, on_answer))
        else:
            self._stored(on_answer, 0)

    def _stored(self, on_answer: OnAnswer[tuple[int, bytes]], new: int | Exception) -> None:
        if isinstance(new, StoreUnavailable):
            self.observer.on_webhook("unavailable", 0)
            on_answer((503, b"try again later"))
        elif isinstance(new, Exception):
            on_answer(new)
        else:
            self.observer.on_webhook("stored", new)
            on_answer((200, b""))

    def handshake(self, query: Mapping[str, str]) -> tuple[int, bytes]:
        """Answer Meta's verification GET: the challenge when it knows our token."""
        given = query.get("hub.verify_token", "").encode("utf-8", "replace")
        known = bool(given) and hmac.compare_digest(given, self.verify_token.encode())
        if query.get("hub.mode") != "subscribe" or not known:
            return 403, b"wrong verify token"
        return 200, query.get("hub.challenge", "").encode("utf-8", "replace")


def dedup_of(key: bytes, wamid: str) -> str:
    """Return what a wamid is known by: it holds a phone number, so a keyed hash of it is kept."""
    return blake2b(wamid.encode(), digest_size=16, key=key).hexdigest()
