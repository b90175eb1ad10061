"""What Meta would post: messages, taps and statuses, signed, as whole HTTP requests."""

import hmac
import json
from collections.abc import Sequence
from itertools import count
from time import time
from typing import Any, Final

from attrs import frozen

from benchmarks.wire import request

APP_SECRET: Final = "benchmark-app-secret"
_wamids: Final = count(1)


@frozen
class Person:
    """Somebody with a phone, and the number of ours that they write to."""

    name: str
    digits: str
    phone_number_id: str

    @property
    def phone(self) -> str:
        """The number with its plus."""
        return f"+{self.digits}"


@frozen
class Signed:
    """A webhook's body and the signature that goes with it."""

    body: bytes
    signature: str


def text(sender: Person, body: str) -> dict[str, Any]:
    """Return a text message."""
    return _message(sender, {"type": "text", "text": {"body": body}})


def _message(sender: Person, content: dict[str, Any]) -> dict[str, Any]:
    return {
        "from": sender.digits,
        "from_user_id": f"SE.1349{sender.digits}",
        "id": f"wamid.HBgL{sender.digits}FQIAEhgUM0{next(_wamids):012d}AA==",
        "timestamp": str(int(time())),
        **content,
    }


def status(recipient: Person, name: str, wamid: str, opaque: str) -> dict[str, Any]:
    """Return a status (`sent`, `delivered`, `read`) of something that we were sent."""
    return {
        "id": wamid,
        "status": name,
        "timestamp": str(int(time())),
        "recipient_id": recipient.digits,
        "recipient_user_id": f"SE.1349{recipient.digits}",
        "biz_opaque_callback_data": opaque,
        "conversation": {"id": "d9b0a1f2c3e4", "origin": {"type": "service"}},
        "pricing": {"billable": False, "pricing_model": "PMP", "category": "service"},
    }


def _contact(person: Person) -> dict[str, Any]:
    return {
        "profile": {"name": person.name},
        "wa_id": person.digits,
        "user_id": f"SE.1349{person.digits}",
    }


def signed(people: Sequence[Person], kind: str, items: Sequence[dict[str, Any]]) -> Signed:
    """Return the body of these people's `messages` or `statuses`, all on one number."""
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": "46100000001",
            "phone_number_id": people[0].phone_number_id,
        },
        "contacts": [_contact(person) for person in people],
        kind: list(items),
    }
    change = {"value": value, "field": "messages"}
    envelope = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "100000000000001", "changes": [change]}],
    }
    body = json.dumps(envelope, separators=(",", ":")).encode()
    return Signed(body, "sha256=" + hmac.digest(APP_SECRET.encode(), body, "sha256").hex())


def posted(people: Sequence[Person], kind: str, items: Sequence[dict[str, Any]]) -> bytes:
    """Return the whole request that posts them."""
    given = signed(people, kind, items)
    return request(
        "POST",
        "/webhooks/whatsapp",
        given.body,
        Content_Type="application/json",
        X_Hub_Signature_256=given.signature,
    )
